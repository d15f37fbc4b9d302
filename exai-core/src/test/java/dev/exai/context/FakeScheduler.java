package dev.exai.context;

import java.time.Duration;
import java.util.TreeSet;

/**
 * A clock that a test moves by hand; what becomes due runs on the thread that moves it, each task at its own moment,
 * those of one moment in the order in which they were scheduled.
 */
public final class FakeScheduler implements Scheduler {
    private record Task(long elapsed, long number, Runnable body) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return elapsed == other.elapsed ? Long.compare(number, other.number) : Long.compare(elapsed, other.elapsed);
        }
    }

    private final long origin;
    private final TreeSet<Task> tasks = new TreeSet<>();
    private long elapsed;
    private long numbers;
    private boolean mayBlock = true;

    /** A clock with an odd origin: who takes a moment for a time since zero fails at once. */
    public FakeScheduler() {
        this(-7_654_321_987_654_321L);
    }

    /** A clock of chosen origin: close to {@link Long#MAX_VALUE} it wraps around. */
    public FakeScheduler(long origin) {
        this.origin = origin;
    }

    @Override
    public synchronized long nanoTime() {
        return origin + elapsed;
    }

    @Override
    public synchronized Scheduled schedule(Duration delay, Runnable body) {
        Task task = new Task(elapsed + Math.max(0, delay.toNanos()), numbers++, body);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                return tasks.remove(task);
            }
        };
    }

    /** Moves the clock on and runs what becomes due. */
    public void advance(Duration time) {
        long target;
        synchronized (this) {
            target = elapsed + time.toNanos();
        }
        for (Task task = takeDue(target); task != null; task = takeDue(target)) {
            task.body.run();
        }
    }

    private synchronized Task takeDue(long target) {
        if (tasks.isEmpty() || tasks.first().elapsed > target) {
            elapsed = target;
            return null;
        }
        Task task = tasks.pollFirst();
        elapsed = Math.max(elapsed, task.elapsed);
        return task;
    }

    /** How many tasks wait to be due. */
    public synchronized int pending() {
        return tasks.size();
    }

    @Override
    public synchronized boolean mayBlock() {
        return mayBlock;
    }

    /** Says whether threads may block, as on a simulation's own thread they may not. */
    public synchronized void setMayBlock(boolean value) {
        mayBlock = value;
    }
}
