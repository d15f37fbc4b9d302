package dev.exai.testkit.fault;

import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Passes all on, and notes when the back-off ends that was set last: only its timer is that short. */
final class BackOffWatch implements Scheduler {
    private static final Duration SHORTEST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofMillis(500);

    private final Scheduler scheduler;
    private volatile @Nullable Long due;

    BackOffWatch(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** When the back-off ends, or has ended; empty if none was begun. */
    OptionalLong due() {
        Long last = due;
        return last == null ? OptionalLong.empty() : OptionalLong.of(last);
    }

    @Override
    public long nanoTime() {
        return scheduler.nanoTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        Scheduled scheduled = scheduler.schedule(delay, task);
        if (delay.compareTo(SHORTEST) >= 0 && delay.compareTo(LONGEST) <= 0) {
            due = scheduler.nanoTime() + delay.toNanos();
        }
        return scheduled;
    }

    @Override
    public boolean mayBlock() {
        return scheduler.mayBlock();
    }
}
