package dev.exai.testkit.http;

import dev.exai.message.Usage;
import dev.exai.testkit.script.RateModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Kimi: OpenAI's frames, errors by type, Retry-After on its own limits only, usage also inside the last choice. */
final class KimiDialect extends OpenAiDialect {
    @Override
    List<String> models() {
        return List.of("kimi-k3.1-pro", "kimi-k3", "kimi-k2.6");
    }

    @Override
    Map<String, String> commonHeaders(String requestId) {
        return Map.of("Msh-Request-Id", requestId, "X-Msh-Trace-Id", requestId + "-trace");
    }

    @Override
    String streamType() {
        return "text/event-stream";
    }

    @Override
    Answer refuse(Refusal refusal, String model, long limit) {
        return switch (refusal) {
            case CONCURRENCY -> limited("concurrency", limit);
            case REQUEST_RATE -> limited("RPM", limit);
            case TOKEN_RATE -> limited("TPM", limit);
            case DAILY_LIMIT -> limited("TPD", limit);
            case OVERLOADED -> named("engine_overloaded_error");
            case QUOTA_EXHAUSTED, WINDOW_USED_UP -> named("exceeded_current_quota_error");
            case MISSING_KEY, BAD_KEY -> named("invalid_authentication_error");
            case FORBIDDEN -> named("permission_denied_error");
            case BAD_PARAMETER -> named("invalid_request_error");
            case PROMPT_TOO_LONG -> named("invalid_request_error:too-long");
            case CONTENT_FILTER -> named("content_filter");
            case MODEL_NOT_FOUND ->
                error(404, "Not found the model " + model + " or Permission denied", "resource_not_found_error");
            case PATH_NOT_FOUND -> error(404, "The requested resource was not found", "resource_not_found_error");
            case SERVER_ERROR -> named("server_error");
            case GATEWAY_TIMEOUT -> named("504");
        };
    }

    @Override
    RateModel inFlight(int most) {
        return RateModel.unlimited().inFlight(most).retryAfter(Duration.ofSeconds(1));
    }

    @Override
    List<VendorError> errors() {
        return KimiErrors.ALL;
    }

    @Override
    Answer answerOf(VendorError error) {
        return switch (error.code()) {
            case "502", "504" -> Answer.html(error.status(), error.message());
            case "408", "409", "413", "529" ->
                Answer.json(error.status(), "{\"error\":{\"message\":" + JsonText.quote(error.message()) + "}}");
            case "rate_limit_reached_error" -> asksToWait(error(error.status(), error.message(), error.code()));
            default -> error(error.status(), error.message(), error.code());
        };
    }

    private Answer named(String name) {
        return answerOf(errorNamed(name));
    }

    private static Answer limited(String what, long limit) {
        return asksToWait(error(429, KimiErrors.limited(what, limit), "rate_limit_reached_error"));
    }

    private static Answer asksToWait(Answer answer) {
        return answer.with("Retry-After", "1").with("X-Retry-After", "1").with("Msh-Cooldown-Seconds", "1");
    }

    private static Answer error(int status, String message, String type) {
        return Answer.json(
                status,
                "{\"error\":{\"message\":" + JsonText.quote(message) + ",\"type\":" + JsonText.quote(type) + "}}");
    }

    @Override
    String finishExtra(Usage usage) {
        return ",\"usage\":" + usage(usage);
    }

    @Override
    String nullUsage(Reply reply) {
        return "";
    }

    @Override
    String usage(Usage usage) {
        return usageStart(usage)
                + optional(
                        usage.cachedTokens() > 0,
                        () -> ",\"cached_tokens\":" + usage.cachedTokens()
                                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cachedTokens() + "}")
                + optional(
                        usage.reasoningTokens() > 0,
                        () -> ",\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoningTokens() + "}")
                + "}";
    }
}
