package dev.exai.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallScope;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the tools of one session, or its listeners, on a shared executor, no more than a number of them at once, in the order they came.
 *
 * <p>The shared executor makes a thread for each task, so a session that fills its cap takes none from others.
 */
final class CappedExecutor implements CallScope.Tools {
    /*
     * State      running: how many tasks are on the shared executor. waiting: the others, in order.
     * Owner      lock guards both; tasks run outside it.
     * Invariant  waiting is empty unless running is at the cap.
     */
    private static final Logger log = LoggerFactory.getLogger(CappedExecutor.class);

    private final String what;
    private final Executor shared;
    private final int cap;
    private final int mostWaiting;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    @GuardedBy("lock")
    private int running;

    CappedExecutor(String what, Executor shared, int cap, int mostWaiting) {
        this.what = what;
        this.shared = shared;
        this.cap = cap;
        this.mostWaiting = mostWaiting;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (running == cap) {
                if (waiting.size() == mostWaiting) {
                    throw new RejectedExecutionException(mostWaiting + " " + what + " of the session wait already");
                }
                waiting.add(task);
                return;
            }
            running++;
        }
        try {
            shared.execute(() -> runOn(task));
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            synchronized (lock) {
                running--;
            }
            throw new RejectedExecutionException("no thread for the " + what + " of the session", noThread);
        }
    }

    @Override
    public void remove(Runnable task) {
        synchronized (lock) {
            waiting.remove(task);
        }
    }

    /** Runs a task, then whatever waits, in a loop: the stack does not grow. */
    private void runOn(Runnable first) {
        @Nullable Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("A task of a session threw", e);
            }
            synchronized (lock) {
                Iterator<Runnable> next = waiting.iterator();
                if (next.hasNext()) {
                    task = next.next();
                    next.remove();
                } else {
                    task = null;
                    running--;
                }
            }
        }
    }
}
