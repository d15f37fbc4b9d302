package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one thing at a time, in order, whoever asks; and looks what comes next when all of it is done.
 *
 * <p>What is posted while the mailbox is emptied is done by the loop that empties it, so the stack does not grow.
 */
final class Mailbox {
    /*
     * State      waiting: what is to be done. emptying: somebody does it.
     * Owner      lock guards both; what is done is done outside it.
     * Progress   Nobody leaves with something waiting. An executor that refuses leaves it to the thread that posted.
     */
    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

    private final Executor executor;
    private final Runnable afterwards;
    private final Consumer<Throwable> onThrow;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean emptying;

    /** @param onThrow is told what was thrown, while the mailbox is emptied */
    Mailbox(Executor executor, Runnable afterwards, Consumer<Throwable> onThrow) {
        this.executor = executor;
        this.afterwards = afterwards;
        this.onThrow = onThrow;
    }

    void post(Runnable event) {
        synchronized (lock) {
            waiting.add(event);
            if (emptying) {
                return;
            }
            emptying = true;
        }
        try {
            executor.execute(this::empty);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            empty();
        }
    }

    private void empty() {
        while (true) {
            Runnable event;
            synchronized (lock) {
                event = waiting.poll();
            }
            if (event != null) {
                run(event);
                continue;
            }
            run(afterwards);
            synchronized (lock) {
                if (waiting.isEmpty()) {
                    emptying = false;
                    return;
                }
            }
        }
    }

    private void run(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            log.error("A step of a run threw", e);
            onThrow.accept(e);
        }
    }
}
