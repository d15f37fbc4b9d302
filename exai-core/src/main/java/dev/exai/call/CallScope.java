package dev.exai.call;

import dev.exai.context.SessionId;
import java.util.concurrent.Executor;

/** What a call needs of its session. Implementations are safe for use by many threads. */
public interface CallScope {
    /** {@return the session's id} */
    SessionId id();

    /** {@return where tools of this session run: no more of them at once than the session's cap} */
    Tools tools();

    /** Runs the tools of one session. */
    interface Tools extends Executor {
        /**
         * Takes out a task that waits for its turn; one that has begun, or is not there, is left alone.
         *
         * @param task what was given to {@link #execute}
         */
        void remove(Runnable task);
    }

    /** {@return where listeners of this session's calls run: no more of them at once than the session's cap} */
    Executor listeners();

    /**
     * {@return where stages that depend on futures of this session's calls run} There is no cap: a stage may wait for
     * another call of the session, whose future must not have to wait for that stage. The calls bound them.
     */
    Executor continuations();

    /** {@return the options of calls that are made without any} */
    CallOptions defaults();

    /**
     * Takes a call into the session, which will cancel it when it closes.
     *
     * @param call the call
     * @throws dev.exai.error.SessionClosedException if the session is closed
     */
    void started(ToolCall<?> call);

    /**
     * Lets go of a call that has ended.
     *
     * @param call the call
     */
    void ended(ToolCall<?> call);

    /**
     * Counts bytes that replies of this session buffer.
     *
     * @param bytes how many more, or fewer if negative
     * @return whether the session's limit still holds; if false nothing was counted
     */
    boolean buffer(long bytes);

    /** {@return the session's limit of buffered bytes} */
    long bufferLimitBytes();
}
