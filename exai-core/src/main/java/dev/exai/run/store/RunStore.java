package dev.exai.run.store;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps runs and tasks.
 *
 * <p>No method blocks: each returns at once, and its stage completes when the store has done it, on whatever thread. What
 * was completed stays, also if the process dies in the next moment. The stages fail with {@link RunStoreException}; any
 * other failure is taken as one of kind {@link RunStoreException.Kind#DOWN}. Safe for use by many threads.
 *
 * <p>The library has one write of a run under way at a time. A write that failed is repeated as it was, also if nobody
 * knows whether it was done, so writing the same twice must be the same as once.
 */
public interface RunStore extends AutoCloseable {
    /** {@return a store in memory, which is gone with the process} */
    static RunStore inMemory() {
        return new MemoryRunStore();
    }

    /**
     * Writes the task and adds the records, all of it or nothing.
     *
     * <p>If the store does not have the task yet it is added, with its writer. If it has it with another writer, nothing is
     * written and the stage fails with {@link RunStoreException.Kind#TAKEN_OVER}. Records whose numbers the run has already
     * are left as they are.
     *
     * @param write what to write
     * @return completes when it is kept
     */
    CompletionStage<Void> write(RunWrite write);

    /**
     * Takes a run over: from now on only this writer may write it, and it is the owner's.
     *
     * @param id the run
     * @param writer the number of the one who takes it over
     * @param owner the session that takes it over
     * @return the run as it is then; empty if there is none
     */
    CompletionStage<Optional<StoredRun>> claim(RunId id, long writer, SessionId owner);

    /**
     * Reads a run, and leaves it to whoever has it.
     *
     * @param id the run
     * @return the run; empty if there is none
     */
    CompletionStage<Optional<StoredRun>> read(RunId id);

    /**
     * Lists tasks, runs and others, in the order in which they were first written.
     *
     * @param filter which
     * @return the tasks
     */
    CompletionStage<List<RunTask>> tasks(TaskFilter filter);

    /**
     * Forgets a task and its records; one that is not there is forgotten already.
     *
     * @param id the task
     * @return completes when it is gone
     */
    CompletionStage<Void> delete(RunId id);

    /** Ends what was begun, and lets go of connections and threads. May be called twice. */
    @Override
    void close();
}
