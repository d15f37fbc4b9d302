package dev.exai.providers.glm;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the codes of GLM mean. The code decides, since a used-up balance comes with the status of a rate limit. */
final class GlmErrors {
    private static final Pattern MOMENT = Pattern.compile("\\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}(:\\d{2})?");

    private GlmErrors() {}

    static ProviderException toException(ErrorReply error) {
        UpstreamError upstream = error.upstream();
        return switch (error.code().orElse("")) {
            // the key: missing, wrong, expired; the account: inactive, missing, locked, unreachable; no permission
            case "1000", "1001", "1002", "1003", "1004", "1005", "1110", "1111", "1112", "1120", "1121", "1220" ->
                new AuthenticationException(upstream);
            // no balance, or a key of the other kind of endpoint
            case "1113" -> new QuotaExhaustedException(upstream, null);
            // no such model; the plan lacks the model
            case "1211", "1311" -> RejectedException.modelGone(upstream);
            // a parameter, the method; the prompt is too long; policy
            case "1210", "1212", "1213", "1214", "1215", "1221", "1222", "1261", "1300", "1301" ->
                new RejectedException(upstream);
            case "1302" -> limited(error, Scope.CONCURRENCY);
            case "1303" -> limited(error, Scope.REQUESTS);
            // the day's, the window's, the week's or the month's quota; the plan has expired; fair use; no extra
            // balance
            case "1304",
                    "1308",
                    "1309",
                    "1310",
                    "1313",
                    "1314",
                    "1315",
                    "1316",
                    "1317",
                    "1318",
                    "1319",
                    "1320",
                    "1321" -> new QuotaExhaustedException(upstream, resets(error.message()));
            // internal; call or process error; the id was seen before, and the next attempt has another;
            // network error; overload of the service or the model
            case "-1", "500", "1200", "1230", "1231", "1234", "1305", "1312" ->
                new UnavailableException(upstream, null, error.retryAfter().orElse(null));
            default ->
                StatusMapper.toException(
                        error.status(), upstream, error.retryAfter().orElse(null));
        };
    }

    private static RateLimitedException limited(ErrorReply error, Scope scope) {
        return new RateLimitedException(
                error.upstream(), scope, error.retryAfter().orElse(null));
    }

    /** {@return the moment in the text as it stands there: GLM gives it without a zone and means UTC+8} */
    private static @Nullable String resets(String message) {
        Matcher moment = MOMENT.matcher(message);
        return moment.find() ? moment.group() : null;
    }
}
