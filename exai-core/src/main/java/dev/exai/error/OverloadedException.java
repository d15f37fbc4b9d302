package dev.exai.error;

import java.time.Duration;
import java.util.Objects;

/** Thrown when a queue is full. What was refused holds nothing and waits nowhere. */
public final class OverloadedException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param what what is full, with its numbers
     * @param retryAfter an estimate of when to come back
     */
    public OverloadedException(String what, Duration retryAfter) {
        super(
                what,
                "Come back in about " + Durations.text(Objects.requireNonNull(retryAfter, "retryAfter"))
                        + ", or ask less at once",
                true,
                ErrorContext.unknown(),
                null);
        this.retryAfter = retryAfter;
    }

    private OverloadedException(OverloadedException that, ErrorContext context) {
        super(that, context);
        this.retryAfter = that.retryAfter;
    }

    @Override
    OverloadedException copy(ErrorContext newContext) {
        return new OverloadedException(this, newContext);
    }

    /** {@return an estimate of when to come back} */
    public Duration retryAfter() {
        return retryAfter;
    }
}
