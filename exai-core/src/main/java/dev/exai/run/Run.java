package dev.exai.run;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Work of a {@link Workflow} that is under way, in a session. It goes on by itself, holds no thread, and nothing at all between
 * its calls. Safe for use by many threads.
 */
public interface Run {
    /** {@return its id, by which another process can take it up} */
    RunId id();

    /** {@return the session that it runs in} */
    SessionId sessionId();

    /** {@return its workflow} */
    Workflow workflow();

    /** {@return how far it has come} */
    RunProgress progress();

    /** {@return how it ended, if it has} */
    Optional<RunOutcome> outcome();

    /** {@return whether it has ended} */
    default boolean isDone() {
        return outcome().isPresent();
    }

    /**
     * Cancels it, for good. When this returns its calls have ended and it makes no more; one that is being made by another thread
     * in the same moment is cancelled as soon as it is there. The end can be seen once the store has it. One that is just being taken
     * up is cancelled in the store too, once the store has answered; if it had been done there it stays so.
     *
     * @param reason why, for whoever waits for it
     * @return whether this was how it ended: false if it had ended otherwise
     */
    boolean cancel(String reason);

    /**
     * Waits until it ends. What it ended with is kept by its store then.
     *
     * @return how it ended
     * @throws InterruptedException if this thread is interrupted first; the run goes on
     * @throws IllegalStateException on the thread of a simulation, where waiting could never end
     */
    RunOutcome await() throws InterruptedException;

    /**
     * {@return a new future of its end} Whatever is done to the future changes nothing for the run. Stages that depend on it run on
     * the library's executor for user code.
     */
    CompletableFuture<RunOutcome> toCompletableFuture();

    /**
     * Adds a listener; one that is added after the end is told the end.
     *
     * @param listener who is told
     */
    void addListener(RunListener listener);

    /** {@return in a few sentences without content, where it stands, or why it ended and what it has spent} */
    String explain();
}
