package dev.exai.providers.http;

import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says what an HTTP status means when the provider's own code does not. */
public final class StatusMapper {
    private StatusMapper() {}

    /**
     * {@return the exception for a status}
     *
     * @param status the HTTP status; one of success means that the error came in the body of an answer
     * @param upstream what the provider said
     * @param retryAfter when it says to come back, or null
     */
    public static ProviderException toException(int status, UpstreamError upstream, @Nullable Duration retryAfter) {
        return switch (status) {
            case 401, 403 -> new AuthenticationException(upstream);
            case 402 -> new QuotaExhaustedException(upstream, null);
            case 429 -> new RateLimitedException(upstream, RateLimitedException.Scope.UNKNOWN, retryAfter);
            // Too slow, in conflict, too early: the same request may do better.
            case 408, 409, 425 -> new UnavailableException(upstream, null, retryAfter);
            default ->
                status >= 300 && status < 500
                        ? new RejectedException(upstream)
                        : new UnavailableException(upstream, null, retryAfter);
        };
    }
}
