package dev.exai.context;

import java.time.Duration;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real clock, and one named daemon thread that runs what is due.
 *
 * <p>Safe for use by many threads. Cancelled tasks leave the queue at once, so they keep nothing alive.
 *
 * <p>Nearly every task is cancelled long before it is due: a call that ends in time needs its deadline no more. So the
 * thread is woken only by a task that is due before it would wake anyway, and a task that is cancelled does not wake it.
 * What it then wakes for may be gone, once for many tasks; to wake it costs more than all else that a timer does.
 */
public final class SystemScheduler implements Scheduler, AutoCloseable {
    /*
     * Owner      The lock guards the tasks, and when the thread is to be woken. No task is run under it.
     * Invariant  Outside the lock: no task is due before the time that the thread is to be woken at, or it is awake and
     *            will look again before it rests. One that is in the set was neither run nor cancelled.
     */
    private static final Logger log = LoggerFactory.getLogger(SystemScheduler.class);
    private static final Scheduled NOTHING = () -> false;

    private final Lock lock = new ReentrantLock();
    private final TreeSet<Task> tasks = new TreeSet<>();
    private final ScheduledExecutorService thread;
    private final LongSupplier clock;

    /** What wakes the thread, while it rests and is to be woken. */
    private @Nullable Future<?> alarm;

    private long alarmNanos;
    private boolean awake;
    private boolean closed;
    private long scheduled;

    /** One whose thread is woken by another, by another clock; for tests. */
    SystemScheduler(ScheduledExecutorService thread, LongSupplier clock) {
        this.thread = thread;
        this.clock = clock;
    }

    /**
     * {@return a scheduler with a thread of its own, which starts with the first task}
     *
     * @param threadName the thread's name
     */
    public static SystemScheduler create(String threadName) {
        Objects.requireNonNull(threadName, "threadName");
        ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, threadName);
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return new SystemScheduler(thread, System::nanoTime);
    }

    @Override
    public long nanoTime() {
        return clock.getAsLong();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        long atNanos = nanoTime() + nanosOf(delay);
        lock.lock();
        try {
            if (closed) {
                return NOTHING;
            }
            Task added = new Task(atNanos, scheduled++, task);
            wakeBy(atNanos); // before it is in the set: if no thread can be had, this throws
            tasks.add(added);
            return added;
        } finally {
            lock.unlock();
        }
    }

    /** Makes sure that the thread is awake at a time. Under the lock. */
    private void wakeBy(long nanos) {
        if (awake || (alarm != null && alarmNanos - nanos <= 0)) {
            return;
        }
        Future<?> sooner = thread.schedule(this::wake, nanos - nanoTime(), TimeUnit.NANOSECONDS);
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarm = sooner;
        alarmNanos = nanos;
    }

    /** What the thread does: runs what is due, one after the other, and then rests. */
    private void wake() {
        try {
            for (Task due = nextDue(); due != null; due = nextDue()) {
                run(due.action);
            }
        } finally {
            rest();
        }
    }

    private @Nullable Task nextDue() {
        lock.lock();
        try {
            awake = true;
            alarm = null;
            return !tasks.isEmpty() && tasks.first().atNanos - nanoTime() <= 0 ? tasks.pollFirst() : null;
        } finally {
            lock.unlock();
        }
    }

    private void rest() {
        lock.lock();
        try {
            awake = false;
            if (!tasks.isEmpty() && !closed) {
                wakeBy(tasks.first().atNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("A timer task threw; the timer goes on", e);
        }
    }

    /** A delay too long for a long counts as 146 years. */
    private static long nanosOf(Duration delay) {
        try {
            return Math.min(Long.MAX_VALUE / 2, Math.max(0, delay.toNanos()));
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE / 2;
        }
    }

    /** Drops what is not due yet and ends the thread. Later tasks are never run. May be called twice. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            tasks.clear();
        } finally {
            lock.unlock();
        }
        thread.shutdownNow();
    }

    /** Something to be run once: by when it is due, then in the order in which it was scheduled. */
    private final class Task implements Scheduled, Comparable<Task> {
        private final long atNanos;
        private final long number;
        private final Runnable action;

        Task(long atNanos, long number, Runnable action) {
            this.atNanos = atNanos;
            this.number = number;
            this.action = action;
        }

        @Override
        public boolean cancel() {
            lock.lock();
            try {
                return tasks.remove(this);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int compareTo(Task other) {
            long difference = atNanos - other.atNanos; // the clock may wrap around
            return difference == 0 ? Long.compare(number, other.number) : Long.signum(difference);
        }
    }
}
