package dev.exai.context;

import java.time.Duration;
import java.util.Objects;

/**
 * The moment by which something must have ended: absolute, passed down, and only ever shortened.
 *
 * <p>Immutable, and safe for use by many threads. Moments are compared by difference, so a clock that wraps around
 * does no harm.
 */
public final class Deadline {
    /** The longest deadline there is: what is longer counts as this. */
    public static final Duration LONGEST = Duration.ofDays(365 * 100L);

    private static final Duration LONGEST_AGO = LONGEST.negated();

    private final Scheduler scheduler;
    private final long atNanos;
    private final Duration budget;

    private Deadline(Scheduler scheduler, long atNanos, Duration budget) {
        this.scheduler = scheduler;
        this.atNanos = atNanos;
        this.budget = budget;
    }

    /**
     * {@return the deadline that is so far from now}
     *
     * @param budget the time from now; zero or less is a deadline that has passed
     * @param scheduler the clock that it is told by
     */
    public static Deadline after(Duration budget, Scheduler scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        Duration capped = budget.compareTo(LONGEST) > 0 ? LONGEST : budget;
        if (capped.compareTo(LONGEST_AGO) < 0) {
            capped = LONGEST_AGO;
        }
        return new Deadline(scheduler, scheduler.nanoTime() + capped.toNanos(), capped);
    }

    /** {@return the time that was given when this deadline was set} */
    public Duration budget() {
        return budget;
    }

    /** {@return the moment, on the clock of {@link Scheduler#nanoTime}} */
    public long atNanos() {
        return atNanos;
    }

    /** {@return the nanoseconds left; zero or less if it has passed} */
    public long remainingNanos() {
        return atNanos - scheduler.nanoTime();
    }

    /** {@return the time left; zero if it has passed} */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, remainingNanos()));
    }

    /** {@return whether it has passed} */
    public boolean isExpired() {
        return remainingNanos() <= 0;
    }

    /**
     * {@return this deadline, or the one that is so far from now if that is sooner}
     *
     * @param limit the most time from now
     */
    public Deadline atMost(Duration limit) {
        Deadline other = after(limit, scheduler);
        return other.atNanos - atNanos < 0 ? other : this;
    }

    /**
     * {@return the sooner of two deadlines of the same clock}
     *
     * @param other the other one
     */
    public Deadline earlierOf(Deadline other) {
        return other.atNanos - atNanos < 0 ? other : this;
    }

    @Override
    public String toString() {
        return "Deadline[" + remaining().toMillis() + " ms left of " + budget.toMillis() + " ms]";
    }
}
