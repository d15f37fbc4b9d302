package dev.exai.testkit.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** An executor that can be told to hold what it takes, or to take nothing. Safe for use by many threads. */
final class Gate implements Executor {
    private final Executor behind;
    private final AtomicInteger under = new AtomicInteger();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Runnable> held = new ArrayList<>();

    @GuardedBy("lock")
    private boolean holds;

    @GuardedBy("lock")
    private boolean rejects;

    @GuardedBy("lock")
    private boolean hasRejected;

    Gate(Executor behind) {
        this.behind = behind;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (rejects) {
                hasRejected = true;
                throw new RejectedExecutionException("closed by the cell");
            }
            if (holds) {
                held.add(task);
                return;
            }
        }
        pass(task);
    }

    private void pass(Runnable task) {
        under.incrementAndGet();
        try {
            behind.execute(() -> {
                try {
                    task.run();
                } finally {
                    under.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException closed) {
            under.decrementAndGet();
            throw closed;
        }
    }

    /** Whether nothing that was passed on is still to run, or running. */
    boolean isQuiet() {
        return under.get() == 0;
    }

    void hold() {
        synchronized (lock) {
            holds = true;
        }
    }

    /** Holds on to the last task that was taken only, passes on those before it, and takes others as ever. */
    void keepLast() {
        List<Runnable> others;
        synchronized (lock) {
            holds = false;
            others = List.copyOf(held.subList(0, held.size() - 1));
            held.subList(0, others.size()).clear();
        }
        others.forEach(this::pass);
    }

    /** Passes on what was held; it had been taken, so it runs also if nothing is taken any more. */
    void release() {
        List<Runnable> all;
        synchronized (lock) {
            holds = false;
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(this::pass);
    }

    void reject(boolean on) {
        synchronized (lock) {
            rejects = on;
        }
    }

    /** Whether anything was refused so far. */
    boolean hasRejected() {
        synchronized (lock) {
            return hasRejected;
        }
    }
}
