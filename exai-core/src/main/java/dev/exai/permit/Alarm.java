package dev.exai.permit;

import dev.exai.context.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of a pool: rings by the soonest time that anyone asked for since it last rang. It may ring for something
 * that is no longer due, so what ends needs not be taken out of it: most permits come back long before anything is due
 * of them. Guarded by the pool's lock.
 */
final class Alarm {
    private final Scheduler scheduler;
    private final Runnable task;
    private Scheduler.@Nullable Scheduled timer;
    private long atNanos;

    Alarm(Scheduler scheduler, Runnable task) {
        this.scheduler = scheduler;
        this.task = task;
    }

    /** Makes sure that it rings by a time. */
    void by(long nanos, long now) {
        if (timer != null) {
            if (atNanos - nanos <= 0) {
                return;
            }
            timer.cancel();
        }
        atNanos = nanos;
        timer = scheduler.schedule(Duration.ofNanos(Math.max(0, nanos - now)), task);
    }

    /** Notes that it rings. */
    void rings() {
        timer = null;
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
