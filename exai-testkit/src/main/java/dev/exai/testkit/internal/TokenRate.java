package dev.exai.testkit.internal;

import java.time.Duration;

/** The waits before each of many tokens, so that they come at a rate without drifting from it. */
public final class TokenRate {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosEach;

    /**
     * Creates a rate.
     *
     * @param perSecond how many tokens a second, more than zero
     */
    public TokenRate(double perSecond) {
        if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
            throw new IllegalArgumentException("not a rate: " + perSecond + " tokens a second");
        }
        this.nanosEach = NANOS_PER_SECOND / perSecond;
    }

    /**
     * {@return the wait before a token}
     *
     * @param index which one, from 0
     */
    public Duration waitBefore(int index) {
        return Duration.ofNanos(Math.round((index + 1) * nanosEach) - Math.round(index * nanosEach));
    }
}
