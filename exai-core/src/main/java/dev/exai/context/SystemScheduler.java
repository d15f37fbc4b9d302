package dev.exai.context;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real clock, and one named daemon thread that runs what is due.
 *
 * <p>Safe for use by many threads. Cancelled tasks leave the queue at once, so they keep nothing alive.
 */
public final class SystemScheduler implements Scheduler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SystemScheduler.class);
    private static final Scheduled NOTHING = () -> false;

    private final ScheduledThreadPoolExecutor timer;

    private SystemScheduler(String threadName) {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * {@return a scheduler with a thread of its own, which starts with the first task}
     *
     * @param threadName the thread's name
     */
    public static SystemScheduler create(String threadName) {
        return new SystemScheduler(Objects.requireNonNull(threadName, "threadName"));
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        try {
            ScheduledFuture<?> future = timer.schedule(() -> run(task), nanosOf(delay), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return NOTHING;
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("A timer task threw; the timer goes on", e);
        }
    }

    /** A delay too long for a long counts as 292 years. */
    private static long nanosOf(Duration delay) {
        try {
            return Math.max(0, delay.toNanos());
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE / 2;
        }
    }

    /** Drops what is not due yet and ends the thread. Later tasks are never run. May be called twice. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
