package dev.exai.testkit.http;

import dev.exai.message.Usage;
import java.util.List;
import java.util.Map;

/** Kimi: OpenAI's frames, errors by type, Retry-After on its own limits only, usage also inside the last choice. */
final class KimiDialect extends OpenAiDialect {
    /** Made up, in the shape of the real ones: whoever shows the text must scrub it. */
    private static final String ACCOUNT = "Your account org-0fa4e0fa4e0fa4e0<ak-0fa4e0fa4e0fa4e0>";

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
    Answer refuse(Refusal refusal, String model, int limit) {
        return switch (refusal) {
            case CONCURRENCY -> limited("concurrency", limit);
            case REQUEST_RATE -> limited("RPM", limit);
            case TOKEN_RATE -> limited("TPM", limit);
            case DAILY_LIMIT -> limited("TPD", limit);
            case OVERLOADED ->
                error(429, "The engine is currently overloaded, please try again later", "engine_overloaded_error");
            case QUOTA_EXHAUSTED, WINDOW_USED_UP ->
                error(
                        429,
                        ACCOUNT + " is suspended, please check your plan and billing details",
                        "exceeded_current_quota_error");
            case MISSING_KEY, BAD_KEY -> error(401, "Invalid Authentication", "invalid_authentication_error");
            case FORBIDDEN -> error(403, "The API you are accessing is not open", "permission_denied_error");
            case BAD_PARAMETER ->
                error(400, "invalid temperature: only 1 is allowed for this model", "invalid_request_error");
            case PROMPT_TOO_LONG ->
                error(
                        400,
                        "Your request exceeded model token limit: 262144 (requested: 300000)",
                        "invalid_request_error");
            case CONTENT_FILTER ->
                error(400, "The request was rejected because it was considered high risk", "content_filter");
            case MODEL_NOT_FOUND ->
                error(404, "Not found the model " + model + " or Permission denied", "resource_not_found_error");
            case PATH_NOT_FOUND -> error(404, "The requested resource was not found", "resource_not_found_error");
            case SERVER_ERROR -> error(500, "Internal server error", "server_error");
            case GATEWAY_TIMEOUT -> Answer.html(504, "Gateway Time-out");
        };
    }

    private static Answer limited(String what, int limit) {
        String message = ACCOUNT + " request reached organization max " + what + ": " + limit
                + ", please try again after 1 seconds";
        return error(429, message, "rate_limit_reached_error")
                .with("Retry-After", "1")
                .with("X-Retry-After", "1")
                .with("Msh-Cooldown-Seconds", "1");
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
