package dev.exai.error;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown when a provider, or the way to it, is out of order: no connection, a server error, an overload. */
public final class UnavailableException extends ProviderException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param upstream what the provider said
     * @param cause the I/O error behind it, or null
     */
    public UnavailableException(UpstreamError upstream, @Nullable Throwable cause) {
        this(upstream, cause, null);
    }

    /**
     * Creates the exception with the time that the provider asked for.
     *
     * @param upstream what the provider said
     * @param cause the I/O error behind it, or null
     * @param retryAfter when the provider says to come back, or null if it did not say
     */
    public UnavailableException(UpstreamError upstream, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super("The provider is unavailable", "Try again later, or another provider", true, upstream, cause);
        this.retryAfter = retryAfter;
    }

    private UnavailableException(UnavailableException that, ErrorContext context) {
        super(that, context);
        this.retryAfter = that.retryAfter;
    }

    /** {@return when the provider says to come back, if it said so} */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    @Override
    UnavailableException copy(ErrorContext newContext) {
        return new UnavailableException(this, newContext);
    }
}
