package dev.exai.testkit.http;

import dev.exai.message.Usage;
import java.util.List;
import java.util.Map;

/** GLM: own error codes as strings, no Retry-After, function calls whole in one frame, usage in the last one. */
final class GlmDialect extends Dialect {
    @Override
    List<String> basePaths() {
        return List.of("/api/paas/v4", "/api/coding/paas/v4");
    }

    @Override
    List<String> models() {
        return List.of("glm-5.3", "glm-5.2", "glm-4.7");
    }

    @Override
    boolean limitsEachModel() {
        return true;
    }

    @Override
    String idOf(int number) {
        return "20261001fake" + number;
    }

    @Override
    Map<String, String> commonHeaders(String requestId) {
        return Map.of("X-LOG-ID", requestId, "Vary", "Origin");
    }

    @Override
    String streamType() {
        return "text/event-stream;charset=UTF-8";
    }

    @Override
    Answer refuse(Refusal refusal, String model, int limit) {
        return switch (refusal) {
            case CONCURRENCY -> error(429, "1302", "Rate limit reached for requests");
            case REQUEST_RATE, TOKEN_RATE ->
                error(429, "1303", "Your request frequency is too high, please try again later");
            case DAILY_LIMIT -> error(429, "1304", "You have reached today's call limit for this API");
            case OVERLOADED -> error(429, "1305", "The service may be temporarily overloaded, please try again later");
            case QUOTA_EXHAUSTED -> error(429, "1113", "Insufficient balance or no resource package. Please recharge.");
            case WINDOW_USED_UP ->
                error(429, "1308", "Usage limit reached for 5 hour. Your limit will reset at 2026-10-01 18:00:00");
            case MISSING_KEY -> error(401, "1001", "Authentication parameter not received in Header");
            case BAD_KEY -> error(401, "1002", "Invalid Authentication Token");
            case FORBIDDEN -> error(403, "1220", "You do not have permission to access " + model);
            // Recorded without any content type.
            case BAD_PARAMETER ->
                error(400, "1210", "Invalid API parameter, please check the documentation")
                        .without("Content-Type");
            case PROMPT_TOO_LONG -> error(400, "1261", "Prompt exceeds max length");
            case CONTENT_FILTER ->
                error(400, "1301", "System detected potentially unsafe or sensitive content in input or generation.");
            case MODEL_NOT_FOUND -> error(400, "1211", "Unknown Model, please check the model code.");
            case PATH_NOT_FOUND -> error(404, "404", "Not Found");
            case SERVER_ERROR ->
                error(500, "1234", "Network error, error id: 20261001fake, please contact customer service");
            case GATEWAY_TIMEOUT -> Answer.html(504, "Gateway Time-out");
        };
    }

    private static Answer error(int status, String code, String message) {
        return Answer.json(
                status,
                "{\"error\":{\"code\":" + JsonText.quote(code) + ",\"message\":" + JsonText.quote(message) + "}}");
    }

    @Override
    List<String> opening(Reply reply) {
        return List.of();
    }

    @Override
    String delta(Reply reply, String field, String text) {
        return chunk(reply, "{\"role\":\"assistant\",\"" + field + "\":" + JsonText.quote(text) + "}");
    }

    @Override
    List<String> wholeFunction(Reply reply, Reply.Function function) {
        return List.of(chunk(reply, "{\"tool_calls\":[" + callJson(function, true) + "]}"));
    }

    @Override
    List<String> ending(Reply reply, String finishReason, Usage usage) {
        return List.of(head(reply) + "\"choices\":[{\"index\":0,\"finish_reason\":" + JsonText.quote(finishReason)
                + ",\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\"usage\":" + usage(usage) + "}");
    }

    @Override
    String whole(Reply reply, String finishReason, Usage usage) {
        return "{\"choices\":[{\"finish_reason\":" + JsonText.quote(finishReason) + ",\"index\":0,\"message\":"
                + message(reply, true) + "}],\"created\":" + reply.created + ",\"id\":" + JsonText.quote(reply.id)
                + ",\"model\":" + JsonText.quote(reply.model())
                + ",\"object\":\"chat.completion\",\"request_id\":" + JsonText.quote(reply.id) + ",\"usage\":"
                + usage(usage) + "}";
    }

    @Override
    String chunk(Reply reply, String delta) {
        return head(reply) + "\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}";
    }

    private static String head(Reply reply) {
        return "{\"id\":" + JsonText.quote(reply.id) + ",\"created\":" + reply.created
                + ",\"object\":\"chat.completion.chunk\",\"model\":" + JsonText.quote(reply.model()) + ",";
    }

    private static String usage(Usage usage) {
        return usageStart(usage) + ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cachedTokens() + "}"
                + optional(
                        usage.reasoningTokens() > 0,
                        () -> ",\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoningTokens() + "}")
                + "}";
    }
}
