package dev.exai.testkit.time;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is told to advance, and then runs what has become due on the thread that told it.
 *
 * <p>Due tasks run in the order of their time, and those of the same time in the order in which they were scheduled.
 * A task never runs inside {@link #schedule}. Safe for use by many threads; one advances at a time, another one waits
 * for it.
 *
 * <pre>{@code
 * ManualScheduler clock = ManualScheduler.create();
 * clock.schedule(Duration.ofMinutes(5), () -> System.out.println("five minutes later"));
 * clock.advance(Duration.ofMinutes(5));
 * }</pre>
 */
public final class ManualScheduler implements Scheduler {
    /** Odd on purpose: code that takes a moment for a time since zero fails at once. */
    private static final long ODD_ORIGIN = -7_654_321_987_654_321L;

    private final long origin;

    /** Held while due tasks run, so that nobody sees an advance that is half done; tasks may take {@code lock}. */
    private final ReentrantLock advancing = new ReentrantLock();

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final TreeSet<Task> tasks = new TreeSet<>();

    @GuardedBy("lock")
    private long elapsed;

    @GuardedBy("lock")
    private long nextNumber = 1;

    private volatile boolean sites;

    private ManualScheduler(long origin) {
        this.origin = origin;
    }

    /** {@return a clock that starts at an arbitrary moment} */
    public static ManualScheduler create() {
        return new ManualScheduler(ODD_ORIGIN);
    }

    /**
     * {@return a clock that starts at a moment of choice}
     *
     * @param originNanos the first {@link #nanoTime}; close to {@link Long#MAX_VALUE} it will wrap around
     */
    public static ManualScheduler startingAt(long originNanos) {
        return new ManualScheduler(originNanos);
    }

    @Override
    public long nanoTime() {
        synchronized (lock) {
            return origin + elapsed;
        }
    }

    /** {@return the time that has passed since the clock was made} */
    public Duration elapsed() {
        synchronized (lock) {
            return Duration.ofNanos(elapsed);
        }
    }

    /**
     * Remembers for each task where it was given, for {@link #pending()}; that costs some microseconds a task.
     *
     * @return this clock
     */
    public ManualScheduler rememberSites() {
        sites = true;
        return this;
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        synchronized (lock) {
            Task added = new Task(Task.moment(elapsed, delay), nextNumber++, "timer", task, sites ? new Site() : null);
            tasks.add(added);
            return () -> cancel(added);
        }
    }

    private boolean cancel(Task task) {
        synchronized (lock) {
            return tasks.remove(task);
        }
    }

    /**
     * Moves the clock on and runs what becomes due on the way, each task at its own moment; tasks that those add
     * run too if they become due by then.
     *
     * <p>All due tasks run, also after one that throws; what the first one threw is then thrown from here, with the
     * others suppressed.
     *
     * @param time how far to move the clock; zero runs what is due now
     * @throws IllegalArgumentException if the time is less than zero
     * @throws IllegalStateException if called by a task
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time goes forward only: " + time);
        }
        if (advancing.isHeldByCurrentThread()) {
            throw new IllegalStateException("a task must not move the clock that runs it");
        }
        advancing.lock();
        try {
            runUntil(time);
        } finally {
            advancing.unlock();
        }
    }

    /** Runs what is due now, without moving the clock; as {@link #advance} with zero. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    private void runUntil(Duration time) {
        long target;
        synchronized (lock) {
            target = Task.moment(elapsed, time);
        }
        Throwable failure = null;
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Task task = takeDue(target); task != null; task = takeDue(target)) {
            try {
                task.body.run();
            } catch (RuntimeException | Error thrown) {
                if (failure == null) {
                    failure = thrown;
                    seen.add(thrown);
                } else if (seen.add(thrown)) {
                    failure.addSuppressed(thrown);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    /** Takes the next task that is due by the target and moves the clock to it, or else to the target. */
    private @Nullable Task takeDue(long target) {
        synchronized (lock) {
            if (tasks.isEmpty() || tasks.first().due > target) {
                elapsed = target;
                return null;
            }
            Task task = tasks.first();
            tasks.remove(task);
            elapsed = Math.max(elapsed, task.due);
            return task;
        }
    }

    /** {@return how many tasks wait to be run} */
    public int pendingTasks() {
        synchronized (lock) {
            return tasks.size();
        }
    }

    /** {@return the tasks that wait to be run, one line each, the next one first} */
    public List<String> pending() {
        synchronized (lock) {
            long now = elapsed;
            return tasks.stream().map(task -> task.describe(now)).toList();
        }
    }

    @Override
    public String toString() {
        return "ManualScheduler[at " + elapsed() + ", " + pendingTasks() + " pending]";
    }
}
