package dev.exai.error;

import java.time.Duration;
import java.util.Objects;

/**
 * Thrown when one attempt met one of its own limits while the call still had time.
 *
 * <p>Which limit it was tells a slow model from a dead socket: see {@link Limit}.
 */
public final class AttemptTimeoutException extends ExaiException {
    private static final long serialVersionUID = 1L;

    /** The limit that an attempt met. */
    public enum Limit {
        /** No connection to the provider in time. */
        CONNECT("no connection"),
        /** Connected, but no first piece of the answer in time. */
        FIRST_EVENT("no first event"),
        /** The answer had begun, then nothing came for too long; keep-alives do not count. */
        SILENCE("silence in mid-answer"),
        /** The attempt as a whole took longer than one attempt may. */
        ATTEMPT("attempt not finished");

        private final String text;

        Limit(String text) {
            this.text = text;
        }
    }

    private final Limit limit;
    private final Duration duration;

    /**
     * Creates the exception.
     *
     * @param limit the limit that was met
     * @param duration its length
     */
    public AttemptTimeoutException(Limit limit, Duration duration) {
        super(
                "The provider did not answer in time: " + limit.text + " within "
                        + Durations.text(Objects.requireNonNull(duration, "duration")),
                "If the model is only slow, raise this limit for the model or the call",
                true,
                ErrorContext.unknown(),
                null);
        this.limit = limit;
        this.duration = duration;
    }

    private AttemptTimeoutException(AttemptTimeoutException that, ErrorContext context) {
        super(that, context);
        this.limit = that.limit;
        this.duration = that.duration;
    }

    @Override
    AttemptTimeoutException copy(ErrorContext newContext) {
        return new AttemptTimeoutException(this, newContext);
    }

    /** {@return the limit that was met} */
    public Limit limit() {
        return limit;
    }

    /** {@return how long that limit is} */
    public Duration duration() {
        return duration;
    }
}
