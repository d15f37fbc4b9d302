package dev.exai.event;

/**
 * Is told what happens. Each method does nothing unless overridden.
 *
 * <p>Events arrive in order, one at a time, on the library's executor for user code, some time after they happened.
 * A listener that throws or blocks harms only itself: its events queue up to a bound and are then dropped and
 * counted.
 */
public interface ExaiListener {
    /**
     * A call began; its {@link ExaiEvent.CallEnded} follows.
     *
     * @param event what happened
     */
    default void callStarted(ExaiEvent.CallStarted event) {}

    /**
     * A call reached its terminal state; {@link ExaiEvent#detail()} names it.
     *
     * @param event what happened
     */
    default void callEnded(ExaiEvent.CallEnded event) {}

    /**
     * A request for a permit began to wait; its {@link ExaiEvent.PermitLeft} follows.
     *
     * @param event what happened
     */
    default void permitQueued(ExaiEvent.PermitQueued event) {}

    /**
     * A request left the queue; {@link ExaiEvent#detail()} says how: granted, cancelled, timed out, closed.
     *
     * @param event what happened
     */
    default void permitLeft(ExaiEvent.PermitLeft event) {}

    /**
     * A permit went out; its {@link ExaiEvent.PermitReturned} follows.
     *
     * @param event what happened
     */
    default void permitGranted(ExaiEvent.PermitGranted event) {}

    /**
     * A permit came back; {@link ExaiEvent#detail()} says how.
     *
     * @param event what happened
     */
    default void permitReturned(ExaiEvent.PermitReturned event) {}

    /**
     * A request for a permit was refused at once; {@link ExaiEvent#detail()} says why.
     *
     * @param event what happened
     */
    default void permitRefused(ExaiEvent.PermitRefused event) {}

    /**
     * An attempt was opened at a provider; its {@link ExaiEvent.AttemptEnded} follows.
     *
     * @param event what happened
     */
    default void attemptStarted(ExaiEvent.AttemptStarted event) {}

    /**
     * An attempt ended; {@link ExaiEvent#detail()} says how.
     *
     * @param event what happened
     */
    default void attemptEnded(ExaiEvent.AttemptEnded event) {}

    /**
     * An exchange was aborted before its provider reported the end: until the {@link ExaiEvent.ExchangeGone} that follows it counts as a zombie, which holds no permit.
     *
     * @param event what happened
     */
    default void exchangeAborted(ExaiEvent.ExchangeAborted event) {}

    /**
     * An aborted exchange was reported ended by its provider.
     *
     * @param event what happened
     */
    default void exchangeGone(ExaiEvent.ExchangeGone event) {}

    /**
     * The pool's limits were changed while in use; {@link ExaiEvent#detail()} has the new ones.
     *
     * @param event what happened
     */
    default void poolResized(ExaiEvent.PoolResized event) {}

    /**
     * A provider was paused: nothing is granted there until the {@link ExaiEvent.ProviderResumed} that follows.
     *
     * @param event what happened
     */
    default void providerPaused(ExaiEvent.ProviderPaused event) {}

    /**
     * A provider that was paused takes requests again; {@link ExaiEvent#detail()} says why.
     *
     * @param event what happened
     */
    default void providerResumed(ExaiEvent.ProviderResumed event) {}

    /**
     * The limit of a provider or of a model was lowered because it refused, or raised again.
     *
     * @param event what happened
     */
    default void providerAdapted(ExaiEvent.ProviderAdapted event) {}

    /**
     * A permit is out beyond its call's deadline, or untouched for too long; its owner is told. Its {@link ExaiEvent.PermitCleared} follows.
     *
     * @param event what happened
     */
    default void permitSuspect(ExaiEvent.PermitSuspect event) {}

    /**
     * A suspect permit came back or was revoked; {@link ExaiEvent#detail()} says which.
     *
     * @param event what happened
     */
    default void permitCleared(ExaiEvent.PermitCleared event) {}

    /**
     * The owner of a revoked permit gave it back after all.
     *
     * @param event what happened
     */
    default void permitReturnedLate(ExaiEvent.PermitReturnedLate event) {}

    /**
     * A model, or a provider out of balance, is no longer asked; its {@link ExaiEvent.CircuitClosed} follows.
     *
     * @param event what happened
     */
    default void circuitOpened(ExaiEvent.CircuitOpened event) {}

    /**
     * A call tried a model or provider that was not asked, and failed: it is not asked for longer.
     *
     * @param event what happened
     */
    default void circuitProbeFailed(ExaiEvent.CircuitProbeFailed event) {}

    /**
     * A model or provider that was not asked is asked again; {@link ExaiEvent#detail()} says why.
     *
     * @param event what happened
     */
    default void circuitClosed(ExaiEvent.CircuitClosed event) {}

    /**
     * A call goes on with another model, because the one before failed.
     *
     * @param event what happened
     */
    default void fellBack(ExaiEvent.FellBack event) {}
}
