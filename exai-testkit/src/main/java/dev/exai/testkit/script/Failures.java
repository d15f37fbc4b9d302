package dev.exai.testkit.script;

import dev.exai.error.AuthenticationException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Failures as a provider would report them, for scripts that need one and do not care for its details: one for each
 * kind of error that GLM and Kimi are known for.
 */
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
     * {@return a refusal because of too many requests in a span of time}
     *
     * @param provider the provider's name
     * @param retryAfter when it says to come back, or null if it does not say
     */
    public static RateLimitedException tooManyRequests(String provider, @Nullable Duration retryAfter) {
        return new RateLimitedException(
                error(provider, 429, "request_rate", "too many requests in a minute"),
                RateLimitedException.Scope.REQUESTS,
                retryAfter);
    }

    /**
     * {@return a refusal because of too many tokens in a span of time}
     *
     * @param provider the provider's name
     * @param retryAfter when it says to come back, or null if it does not say
     */
    public static RateLimitedException tooManyTokens(String provider, @Nullable Duration retryAfter) {
        return new RateLimitedException(
                error(provider, 429, "token_rate", "too many tokens in a minute"),
                RateLimitedException.Scope.TOKENS,
                retryAfter);
    }

    /**
     * {@return a refusal by a limit of a rate model}
     *
     * @param provider the provider's name
     * @param limit the limit
     * @param retryAfter when it says to come back, or null if it does not say
     */
    public static ProviderException limited(String provider, RateModel.Limit limit, @Nullable Duration retryAfter) {
        return switch (limit) {
            case CONCURRENCY -> rateLimited(provider, retryAfter);
            case REQUESTS -> tooManyRequests(provider, retryAfter);
            case TOKENS -> tooManyTokens(provider, retryAfter);
            case TOKENS_OF_DAY -> dailyLimit(provider);
        };
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
     * {@return a refusal because the day's limit is used up}
     *
     * @param provider the provider's name
     */
    public static QuotaExhaustedException dailyLimit(String provider) {
        return new QuotaExhaustedException(error(provider, 429, "daily_limit", "the day's limit is used up"), null);
    }

    /**
     * {@return a refusal because the plan's window of some hours is used up}
     *
     * @param provider the provider's name
     */
    public static QuotaExhaustedException windowUsedUp(String provider) {
        return new QuotaExhaustedException(
                error(provider, 429, "window_used_up", "the limit of 5 hours is used up"), "2026-10-01 18:00:00");
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
     * {@return a fault of the provider}
     *
     * @param provider the provider's name
     */
    public static UnavailableException serverError(String provider) {
        return new UnavailableException(error(provider, 500, "server_error", "internal error"), null);
    }

    /**
     * {@return a gateway that gave up waiting for the provider}
     *
     * @param provider the provider's name
     */
    public static UnavailableException gatewayTimeout(String provider) {
        return new UnavailableException(
                error(provider, 504, "gateway_timeout", "HTML page: 504 Gateway Time-out"), null);
    }

    /**
     * {@return a connection that broke}
     *
     * @param provider the provider's name
     */
    public static UnavailableException connectionCut(String provider) {
        return new UnavailableException(
                UpstreamError.of(provider).withCode("connection_cut").withMessage("the connection broke"),
                new IOException("connection reset"));
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
     * {@return a refusal because the key may not do this}
     *
     * @param provider the provider's name
     */
    public static AuthenticationException forbidden(String provider) {
        return new AuthenticationException(error(provider, 403, "forbidden", "no permission"));
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
     * {@return a refusal because prompt and answer do not fit the model}
     *
     * @param provider the provider's name
     */
    public static RejectedException promptTooLong(String provider) {
        return new RejectedException(error(provider, 400, "prompt_too_long", "the prompt is too long"));
    }

    /**
     * {@return a refusal by the provider's policy}
     *
     * @param provider the provider's name
     */
    public static RejectedException contentFilter(String provider) {
        return new RejectedException(error(provider, 400, "content_filter", "the content is not allowed"));
    }

    /**
     * {@return a refusal because there is no such model, or no longer}
     *
     * @param provider the provider's name
     */
    public static RejectedException modelGone(String provider) {
        return new RejectedException(error(provider, 404, "model_not_found", "no such model"));
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
