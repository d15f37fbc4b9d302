package dev.exai.examples.daemon.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Does something again and again until it is closed. What it does must be short and must not block. */
public final class Ticks implements AutoCloseable {
    private final Scheduler scheduler;
    private final Duration interval;
    private final Runnable what;

    @GuardedBy("this")
    private Scheduler.@Nullable Scheduled next;

    @GuardedBy("this")
    private boolean closed;

    private Ticks(Scheduler scheduler, Duration interval, Runnable what) {
        this.scheduler = scheduler;
        this.interval = interval;
        this.what = what;
    }

    /**
     * {@return ticks that have begun: the first comes after one interval}
     *
     * @param scheduler the clock
     * @param interval the time between two
     * @param what what to do
     */
    public static Ticks every(Scheduler scheduler, Duration interval, Runnable what) {
        Ticks ticks = new Ticks(
                Objects.requireNonNull(scheduler, "scheduler"),
                Objects.requireNonNull(interval, "interval"),
                Objects.requireNonNull(what, "what"));
        ticks.scheduleNext();
        return ticks;
    }

    private synchronized void scheduleNext() {
        if (!closed) {
            next = scheduler.schedule(interval, this::tick);
        }
    }

    private void tick() {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        try {
            what.run();
        } finally {
            scheduleNext();
        }
    }

    /** Ends them; one that is under way may still be running. */
    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }
}
