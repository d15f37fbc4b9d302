package dev.exai.call;

import dev.exai.context.CallId;
import dev.exai.context.Deadline;
import dev.exai.context.Origin;
import dev.exai.context.SessionId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Something that was asked for and is under way. It is started already; there is no unstarted state.
 *
 * <p>A call reaches exactly one terminal state, once. Before anyone can see that it ended, by whatever means, it has
 * given back everything it held: wait for the call, then look at the pool, and it is free. It ends by its deadline
 * whatever else happens. Safe for use by many threads.
 *
 * @param <T> what it returns
 */
public sealed interface ToolCall<T> permits ChatCall, BaseCall {
    /** {@return the call's id} */
    CallId id();

    /** {@return the session that made it} */
    SessionId sessionId();

    /** {@return where it stands now} */
    CallState state();

    /** {@return whether it has ended} */
    default boolean isDone() {
        return state().isTerminal();
    }

    /** {@return the one limit over everything that it does} */
    Deadline deadline();

    /**
     * Cancels it, from any thread.
     *
     * <p>When this returns the call has ended (by this, or by something that came first), its permit is back, its
     * exchange is being aborted, and its place in the queue is gone. No delivery to a listener begins after it but
     * that of the end; one that is under way may still be running.
     *
     * @param reason why, for whoever waits for it
     * @return whether it is cancelled: false if it had ended otherwise before
     */
    boolean cancel(String reason);

    /**
     * Waits until it ends.
     *
     * @return what it returned
     * @throws InterruptedException if this thread is interrupted first; that cancels the call
     * @throws dev.exai.error.ExaiException if it ended in any other way
     * @throws IllegalStateException on the thread of a simulation, where waiting could never end
     */
    T await() throws InterruptedException;

    /** {@return how it ended, if it has} */
    Optional<CallOutcome<T>> outcome();

    /**
     * {@return a new future of it}
     *
     * <p>Cancelling the future cancels the call. A call that is cancelled completes its futures with
     * {@link dev.exai.error.CallCancelledException}. Completing the future by hand, {@code orTimeout}, or cancelling
     * a stage that depends on it changes nothing for the call. Stages that depend on it run on the library's executor
     * for user code, or on the thread that cancelled the future.
     */
    CompletableFuture<T> toCompletableFuture();

    /**
     * Adds a listener; one that is added after the end is told the end.
     *
     * @param listener who is told
     */
    void addListener(CallListener<? super T> listener);

    /** {@return the listeners that are still to be told its end; empty once it has ended} */
    List<CallListener<? super T>> listeners();

    /** {@return where it was asked for} */
    Origin origin();

    /** {@return what it has done so far, and when} */
    Timeline timeline();
}
