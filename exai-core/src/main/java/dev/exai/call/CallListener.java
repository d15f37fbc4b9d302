package dev.exai.call;

import dev.exai.message.Chunk;

/**
 * Is told how a call goes on. Each method does nothing unless overridden.
 *
 * <p>Told one thing at a time, in order, on the library's executor for user code, outside every lock. A listener that
 * throws or blocks harms only itself. Each piece of an answer is told before the end is, however slow the listener; of
 * a call that was cancelled nothing but the end is told. A listener that is added late is told the end.
 *
 * @param <T> what the call returns
 */
public interface CallListener<T> {
    /**
     * Says that the call is in another state, not a terminal one.
     *
     * @param state the state
     */
    default void stateChanged(CallState state) {}

    /**
     * Takes a piece of a chat call's answer. Taking one means that output has reached the caller: a failed attempt
     * is not repeated after that, unless the call {@linkplain CallOptions#restartAfterOutput() may start over}. A
     * listener that does not override this is given no piece and stands in no retry's way.
     *
     * @param chunk the piece
     */
    default void chunk(Chunk chunk) {}

    /**
     * Says how far a tool is. A listener that is slow is told the latest and not all.
     *
     * @param progress how far, as the tool's code says
     */
    default void progressed(ToolProgress progress) {}

    /**
     * Says that the call has ended; exactly once, and last.
     *
     * @param outcome how
     */
    default void ended(CallOutcome<? extends T> outcome) {}
}
