package dev.exai.examples.custom;

import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import java.time.Duration;

/** What the protocol's reasons to refuse mean. */
final class LineErrors {
    private LineErrors() {}

    static ProviderException toException(LineFormat.Line line, UpstreamError said) {
        UpstreamError error = said.withCode(line.reason());
        Duration retryAfter = line.retryAfter().orElse(null);
        return switch (line.reason()) {
            case "busy" -> new RateLimitedException(error, RateLimitedException.Scope.CONCURRENCY, retryAfter);
            case "often" -> new RateLimitedException(error, RateLimitedException.Scope.REQUESTS, retryAfter);
            case "poor" -> new QuotaExhaustedException(error, null);
            case "key" -> new AuthenticationException(error);
            case "bad" -> new RejectedException(error);
            default -> new UnavailableException(error, null, retryAfter);
        };
    }
}
