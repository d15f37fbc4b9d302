package dev.exai.event;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a call or a permit.
 *
 * <p>More kinds will come: an {@link ExaiListener} has a method for each, which does nothing by default. Immutable.
 */
public abstract class ExaiEvent {
    private final long nanoTime;
    private final @Nullable CallContext context;
    private final @Nullable ProviderId provider;
    private final String detail;

    ExaiEvent(long nanoTime, @Nullable CallContext context, @Nullable ProviderId provider, String detail) {
        this.nanoTime = nanoTime;
        this.context = context;
        this.provider = provider;
        this.detail = Objects.requireNonNull(detail, "detail");
    }

    /**
     * Hands this event to the listener's method for its kind.
     *
     * @param listener who is told
     */
    public abstract void tell(ExaiListener listener);

    /** {@return when it happened, on the clock of the library's scheduler} */
    public final long nanoTime() {
        return nanoTime;
    }

    /** {@return the call, if it happened to one} */
    public final Optional<CallId> callId() {
        return Optional.ofNullable(context).map(CallContext::callId);
    }

    /** {@return the call's session, if it happened to one} */
    public final Optional<SessionId> sessionId() {
        return Optional.ofNullable(context).map(CallContext::sessionId);
    }

    /** {@return what the call asks, in a word or two; empty if it happened to none} */
    public final String label() {
        return context == null ? "" : context.label();
    }

    /** {@return the provider, if there is one yet} */
    public final Optional<ProviderId> provider() {
        return Optional.ofNullable(provider);
    }

    /** {@return more about it in a few words, may be empty} */
    public final String detail() {
        return detail;
    }

    @Override
    public String toString() {
        return Stream.of(
                        context == null ? "" : context.callId().value(),
                        provider == null ? "" : provider.value(),
                        detail)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", ", getClass().getSimpleName() + "[", "]"));
    }

    /** A call began; its {@link CallEnded} follows. */
    public static final class CallStarted extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public CallStarted(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.callStarted(this);
        }
    }

    /** A call reached its terminal state; {@link #detail()} names it. */
    public static final class CallEnded extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public CallEnded(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.callEnded(this);
        }
    }

    /** A request for a permit began to wait; its {@link PermitLeft} follows. {@link #detail()} has the model, if it named one. */
    public static final class PermitQueued extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitQueued(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitQueued(this);
        }
    }

    /** A request left the queue; {@link #detail()} says how: granted, cancelled, timed out, closed. */
    public static final class PermitLeft extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitLeft(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitLeft(this);
        }
    }

    /** A permit went out; its {@link PermitReturned} follows. */
    public static final class PermitGranted extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitGranted(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitGranted(this);
        }
    }

    /** A permit came back; {@link #detail()} says how. */
    public static final class PermitReturned extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitReturned(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitReturned(this);
        }
    }

    /** A request for a permit was refused at once; {@link #detail()} says why. */
    public static final class PermitRefused extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitRefused(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitRefused(this);
        }
    }

    /** An attempt was opened at a provider; its {@link AttemptEnded} follows. */
    public static final class AttemptStarted extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public AttemptStarted(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.attemptStarted(this);
        }
    }

    /** An attempt ended; {@link #detail()} says how. */
    public static final class AttemptEnded extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public AttemptEnded(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.attemptEnded(this);
        }
    }

    /** An exchange was aborted before its provider reported the end: until the {@link ExchangeGone} that follows it counts as a zombie, which holds no permit. */
    public static final class ExchangeAborted extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public ExchangeAborted(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.exchangeAborted(this);
        }
    }

    /** An aborted exchange was reported ended by its provider. */
    public static final class ExchangeGone extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public ExchangeGone(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.exchangeGone(this);
        }
    }

    /** The pool's limits were changed while in use; {@link #detail()} has the new ones. */
    public static final class PoolResized extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param detail the new limits
         */
        public PoolResized(long nanoTime, String detail) {
            super(nanoTime, null, null, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.poolResized(this);
        }
    }

    /** A provider was paused: nothing is granted there until the {@link ProviderResumed} that follows. */
    public static final class ProviderPaused extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param provider the provider
         * @param detail more about it
         */
        public ProviderPaused(long nanoTime, ProviderId provider, String detail) {
            super(nanoTime, null, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.providerPaused(this);
        }
    }

    /** A provider that was paused takes requests again; {@link #detail()} says why. */
    public static final class ProviderResumed extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param provider the provider
         * @param detail more about it
         */
        public ProviderResumed(long nanoTime, ProviderId provider, String detail) {
            super(nanoTime, null, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.providerResumed(this);
        }
    }

    /** The limit of a provider or of a model was lowered because it refused, or raised again; {@link #detail()} has it. */
    public static final class ProviderAdapted extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param provider the provider
         * @param detail the limit that holds now, of the one that was configured
         */
        public ProviderAdapted(long nanoTime, ProviderId provider, String detail) {
            super(nanoTime, null, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.providerAdapted(this);
        }
    }

    /** A permit is out beyond its call's deadline, or untouched for too long; its owner is told. Its {@link PermitCleared} follows. */
    public static final class PermitSuspect extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitSuspect(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitSuspect(this);
        }
    }

    /** A suspect permit came back or was revoked; {@link #detail()} says which. */
    public static final class PermitCleared extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitCleared(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitCleared(this);
        }
    }

    /** The owner of a revoked permit gave it back after all. */
    public static final class PermitReturnedLate extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call
         * @param provider the provider, or null
         * @param detail more about it
         */
        public PermitReturnedLate(long nanoTime, CallContext context, @Nullable ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.permitReturnedLate(this);
        }
    }

    /** A model, or a provider out of balance, is no longer asked; {@link #detail()} says who, why and until when. Its {@link CircuitClosed} follows. */
    public static final class CircuitOpened extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call that brought it about, or null
         * @param provider the provider
         * @param detail more about it
         */
        public CircuitOpened(long nanoTime, @Nullable CallContext context, ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.circuitOpened(this);
        }
    }

    /** A call tried a model or provider that was not asked, and failed: it is not asked for longer. */
    public static final class CircuitProbeFailed extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call that brought it about, or null
         * @param provider the provider
         * @param detail more about it
         */
        public CircuitProbeFailed(long nanoTime, @Nullable CallContext context, ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.circuitProbeFailed(this);
        }
    }

    /** A model or provider that was not asked is asked again; {@link #detail()} says why. */
    public static final class CircuitClosed extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call that brought it about, or null
         * @param provider the provider
         * @param detail more about it
         */
        public CircuitClosed(long nanoTime, @Nullable CallContext context, ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.circuitClosed(this);
        }
    }

    /** A call goes on with another model, which {@link #detail()} names, because the one before failed. */
    public static final class FellBack extends ExaiEvent {
        /**
         * Creates the event.
         *
         * @param nanoTime when, on the scheduler's clock
         * @param context the call that brought it about, or null
         * @param provider the provider
         * @param detail more about it
         */
        public FellBack(long nanoTime, @Nullable CallContext context, ProviderId provider, String detail) {
            super(nanoTime, context, provider, detail);
        }

        @Override
        public void tell(ExaiListener listener) {
            listener.fellBack(this);
        }
    }
}
