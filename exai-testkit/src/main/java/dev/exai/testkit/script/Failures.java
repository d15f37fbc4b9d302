package dev.exai.testkit.script;

import dev.exai.error.AuthenticationException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Failures as a provider would report them, for scripts that need one and do not care for its details. */
public final class Failures {
    private Failures() {}

    /**
     * {@return a refusal because too much is in flight}
     *
     * @param provider the provider's name
     * @param retryAfter when it says to come back, or null if it does not say
     */
    public static RateLimitedException rateLimited(String provider, @Nullable Duration retryAfter) {
        return new RateLimitedException(
                error(provider, 429, "rate_limited", "too many requests at once"),
                RateLimitedException.Scope.CONCURRENCY,
                retryAfter);
    }

    /**
     * {@return a refusal because the account has no balance}
     *
     * @param provider the provider's name
     */
    public static QuotaExhaustedException quotaExhausted(String provider) {
        return new QuotaExhaustedException(error(provider, 429, "quota", "insufficient balance"), null);
    }

    /**
     * {@return an overload of the provider}
     *
     * @param provider the provider's name
     */
    public static UnavailableException unavailable(String provider) {
        return new UnavailableException(error(provider, 503, "overloaded", "the service is overloaded"), null);
    }

    /**
     * {@return a refusal of the key}
     *
     * @param provider the provider's name
     */
    public static AuthenticationException authentication(String provider) {
        return new AuthenticationException(error(provider, 401, "invalid_key", "invalid authentication"));
    }

    /**
     * {@return a refusal of the request itself}
     *
     * @param provider the provider's name
     */
    public static RejectedException rejected(String provider) {
        return new RejectedException(error(provider, 400, "invalid_request", "a parameter is invalid"));
    }

    /**
     * {@return an answer that could not be understood}
     *
     * @param provider the provider's name
     */
    public static MalformedReplyException malformed(String provider) {
        return new MalformedReplyException(error(provider, 200, "malformed", "not a frame of an answer"), null);
    }

    private static UpstreamError error(String provider, int status, String code, String message) {
        return UpstreamError.of(provider).withStatus(status).withCode(code).withMessage(message);
    }
}
