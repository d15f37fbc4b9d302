package dev.exai.resilience;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;

/**
 * How many retries there may be: a share of the calls of the last minute, and a few in any case. A call is a credit for
 * retries that expires after that minute.
 */
final class RetryBudget {
    private static final long WINDOW_NANOS = 60_000_000_000L;

    private final Scheduler scheduler;
    private final double share;
    private final int least;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Counts callsAndRetries;

    RetryBudget(Scheduler scheduler, Resilience rules) {
        this.scheduler = scheduler;
        this.share = rules.retryShare();
        this.least = rules.retriesPerMinute();
        this.callsAndRetries = new Counts(WINDOW_NANOS, scheduler.nanoTime());
    }

    void called() {
        synchronized (lock) {
            callsAndRetries.addFirst(scheduler.nanoTime());
        }
    }

    /** Takes a retry, if there is one left. */
    boolean take() {
        synchronized (lock) {
            if (left() < 1) {
                return false;
            }
            callsAndRetries.addSecond(scheduler.nanoTime());
            return true;
        }
    }

    /** Whether a retry is left; another thread may take it first. */
    boolean has() {
        synchronized (lock) {
            return left() >= 1;
        }
    }

    /** How many retries are left, rounded down. */
    long remaining() {
        synchronized (lock) {
            return (long) left();
        }
    }

    @GuardedBy("lock")
    private double left() {
        long now = scheduler.nanoTime();
        return least + share * callsAndRetries.first(now) - callsAndRetries.second(now);
    }
}
