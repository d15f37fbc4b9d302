package dev.exai.error;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown when a provider refused because too much was asked of it at once or in a short time. */
public final class RateLimitedException extends ProviderException {
    private static final long serialVersionUID = 1L;

    /** What there was too much of. */
    public enum Scope {
        /** Requests in flight at once. */
        CONCURRENCY,
        /** Requests in a span of time. */
        REQUESTS,
        /** Tokens in a span of time. */
        TOKENS,
        /** The provider did not say. */
        UNKNOWN
    }

    private final Scope scope;
    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     * @param scope what there was too much of
     * @param retryAfter when the provider says to come back, or null if it did not say
     */
    public RateLimitedException(UpstreamError upstream, Scope scope, @Nullable Duration retryAfter) {
        super(
                "The provider's rate limit was met",
                retryAfter == null ? "Wait, then try again" : "Try again in " + Durations.text(retryAfter),
                true,
                upstream,
                null);
        this.scope = Objects.requireNonNull(scope, "scope");
        this.retryAfter = retryAfter;
    }

    private RateLimitedException(RateLimitedException that, ErrorContext context) {
        super(that, context);
        this.scope = that.scope;
        this.retryAfter = that.retryAfter;
    }

    @Override
    RateLimitedException copy(ErrorContext newContext) {
        return new RateLimitedException(this, newContext);
    }

    /** {@return what there was too much of} */
    public Scope scope() {
        return scope;
    }

    /** {@return when the provider says to come back, if it said so} */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
