package dev.exai.error;

import java.time.Duration;
import java.util.Objects;

/** Thrown when no permit came free before the deadline. Nothing is held. */
public final class PermitTimeoutException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final String pool;
    private final Duration waited;
    private final int held;
    private final int limit;

    /**
     * Creates the exception.
     *
     * @param pool the level that was full, for example {@code glm} or {@code global}
     * @param waited how long the request waited
     * @param held how many permits that level had out
     * @param limit how many it may have out
     */
    public PermitTimeoutException(String pool, Duration waited, int held, int limit) {
        super(
                Objects.requireNonNull(pool, "pool") + ": no permit in "
                        + Durations.text(Objects.requireNonNull(waited, "waited")) + "; " + held + " of " + limit
                        + " held",
                "Look at the pool's audit for who holds them, or raise the limit",
                true,
                ErrorContext.unknown(),
                null);
        this.pool = pool;
        this.waited = waited;
        this.held = held;
        this.limit = limit;
    }

    private PermitTimeoutException(PermitTimeoutException that, ErrorContext context) {
        super(that, context);
        this.pool = that.pool;
        this.waited = that.waited;
        this.held = that.held;
        this.limit = that.limit;
    }

    @Override
    PermitTimeoutException copy(ErrorContext newContext) {
        return new PermitTimeoutException(this, newContext);
    }

    /** {@return the level that was full} */
    public String pool() {
        return pool;
    }

    /** {@return how long the request waited} */
    public Duration waited() {
        return waited;
    }

    /** {@return how many permits that level had out} */
    public int held() {
        return held;
    }

    /** {@return how many it may have out} */
    public int limit() {
        return limit;
    }
}
