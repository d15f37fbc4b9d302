package dev.exai.run;

/**
 * Is told how a run goes on. Each method does nothing unless overridden.
 *
 * <p>Told one thing at a time, in order, on the library's executor for user code, outside every lock. A listener that throws or
 * blocks harms only itself: while it is slow, the latest {@link #progress} takes the place of those it has not seen, and beyond
 * a thousand of the others the oldest are left out; the end is always told, once and last.
 */
public interface RunListener {
    /**
     * Says how far the run has come; after each change.
     *
     * @param progress how far
     */
    default void progress(RunProgress progress) {}

    /**
     * Says that a function, or a step, begins.
     *
     * @param progress how far the run has come
     * @param function its name; for a step, that of the workflow
     */
    default void functionStarted(RunProgress progress, String function) {}

    /**
     * Says that a function, or a step, has ended.
     *
     * @param progress how far the run has come
     * @param function its name; for a step, that of the workflow
     * @param failed whether its result is an error
     */
    default void functionEnded(RunProgress progress, String function, boolean failed) {}

    /**
     * Says that the run goes in circles, and that the model or the next step is told so.
     *
     * @param progress how far the run has come
     * @param evidence what was found
     */
    default void repeating(RunProgress progress, Evidence evidence) {}

    /**
     * Says that the conversation was made shorter, to fit the model's context.
     *
     * @param progress how far the run has come
     * @param tokensBefore an estimate of what it had
     * @param tokensAfter an estimate of what it has now
     */
    default void compacted(RunProgress progress, long tokensBefore, long tokensAfter) {}

    /**
     * Says that the store keeps up no more, fails, was given up, or is well again.
     *
     * @param progress how far the run has come
     * @param state how the store does
     */
    default void storeChanged(RunProgress progress, StoreState state) {}

    /**
     * Says that the run has ended; exactly once, and last.
     *
     * @param progress how far it has come
     * @param outcome how it ended
     */
    default void ended(RunProgress progress, RunOutcome outcome) {}
}
