package dev.exai.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of one attempt, which tell a slow model from a dead socket. All stand under the call's one deadline.
 * Immutable.
 */
public final class LivenessLimits {
    private static final LivenessLimits PLAIN = new LivenessLimits(
            Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(10));
    private static final LivenessLimits THINKING = new LivenessLimits(
            Duration.ofSeconds(10), Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ofMinutes(20));

    private final Duration connect;
    private final Duration firstEvent;
    private final Duration silence;
    private final Duration attempt;

    private LivenessLimits(Duration connect, Duration firstEvent, Duration silence, Duration attempt) {
        this.connect = connect;
        this.firstEvent = firstEvent;
        this.silence = silence;
        this.attempt = attempt;
    }

    /** {@return the limits of models that answer at once: connect 10 s, first event 60 s, silence 60 s, 10 min in all} */
    public static LivenessLimits plain() {
        return PLAIN;
    }

    /**
     * {@return the limits of models that think first: connect 10 s, first event 300 s, silence 300 s, 20 min in all}
     * Healthy first tokens after 172 to 243 s have been seen.
     */
    public static LivenessLimits thinking() {
        return THINKING;
    }

    /** {@return the most time until a connection stands} */
    public Duration connect() {
        return connect;
    }

    /** {@return the most time from the start of the attempt to the first piece of the answer} */
    public Duration firstEvent() {
        return firstEvent;
    }

    /** {@return the most time between two pieces of the answer} */
    public Duration silence() {
        return silence;
    }

    /** {@return the most time that the attempt may take} */
    public Duration attempt() {
        return attempt;
    }

    /**
     * {@return these limits with another connect limit}
     *
     * @param limit more than zero
     */
    public LivenessLimits withConnect(Duration limit) {
        return new LivenessLimits(positive("connect", limit), firstEvent, silence, attempt);
    }

    /**
     * {@return these limits with another first-event limit}
     *
     * @param limit more than zero
     */
    public LivenessLimits withFirstEvent(Duration limit) {
        return new LivenessLimits(connect, positive("firstEvent", limit), silence, attempt);
    }

    /**
     * {@return these limits with another silence limit}
     *
     * @param limit more than zero
     */
    public LivenessLimits withSilence(Duration limit) {
        return new LivenessLimits(connect, firstEvent, positive("silence", limit), attempt);
    }

    /**
     * {@return these limits with another limit for the whole attempt}
     *
     * @param limit more than zero
     */
    public LivenessLimits withAttempt(Duration limit) {
        return new LivenessLimits(connect, firstEvent, silence, positive("attempt", limit));
    }

    private static Duration positive(String name, Duration limit) {
        if (Objects.requireNonNull(limit, name).isZero() || limit.isNegative()) {
            throw new IllegalArgumentException(name + " limit must be more than zero: " + limit);
        }
        return limit;
    }

    @Override
    public String toString() {
        return "LivenessLimits[connect " + connect + ", first event " + firstEvent + ", silence " + silence
                + ", attempt " + attempt + "]";
    }
}
