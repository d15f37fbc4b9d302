package dev.exai.providers.kimi;

import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RateLimitedException.Scope;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.providers.http.StatusMapper;
import dev.exai.providers.openai.ErrorReply;
import java.util.Locale;

/** What the error types of Kimi mean. The type decides, since overload and a used-up balance are both 429. */
final class KimiErrors {
    private KimiErrors() {}

    static ProviderException toException(ErrorReply error) {
        UpstreamError upstream = error.upstream();
        // The type is the name of an error here; a code is rare, and then often a number.
        return switch (error.type().or(error::code).orElse("")) {
            case "invalid_request_error", "content_filter", "client_closed_request" -> new RejectedException(upstream);
            case "resource_not_found_error" -> RejectedException.modelGone(upstream);
            case "invalid_authentication_error",
                    "incorrect_api_key_error",
                    "permission_denied_error",
                    "access_terminated_error" -> new AuthenticationException(upstream);
            case "exceeded_current_quota_error" -> new QuotaExhaustedException(upstream, null);
            case "rate_limit_reached_error" -> limited(error);
            case "engine_overloaded_error", "server_error", "server_unavailable", "unexpected_output" ->
                new UnavailableException(upstream, null, error.retryAfter().orElse(null));
            default ->
                error.status() == 429
                        ? limited(error)
                        : StatusMapper.toException(
                                error.status(), upstream, error.retryAfter().orElse(null));
        };
    }

    private static ProviderException limited(ErrorReply error) {
        String words = error.message().toUpperCase(Locale.ROOT);
        if (words.contains("TPD")) {
            return new QuotaExhaustedException(error.upstream(), null); // the day's tokens: no wait within a call helps
        }
        Scope scope = Scope.UNKNOWN;
        if (words.contains("CONCURREN")) {
            scope = Scope.CONCURRENCY;
        } else if (words.contains("RPM")) {
            scope = Scope.REQUESTS;
        } else if (words.contains("TPM")) {
            scope = Scope.TOKENS;
        }
        return new RateLimitedException(
                error.upstream(), scope, error.retryAfter().orElse(null));
    }
}
