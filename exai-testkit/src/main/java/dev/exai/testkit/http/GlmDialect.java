package dev.exai.testkit.http;

import dev.exai.message.Usage;
import dev.exai.testkit.script.RateModel;
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
    RateModel inFlight(int most) {
        return RateModel.glm(most);
    }

    @Override
    List<VendorError> errors() {
        return GlmErrors.ALL;
    }

    @Override
    Answer answerOf(VendorError error) {
        if (error.name().endsWith(":success-false")) {
            return Answer.json(
                    error.status(),
                    "{\"code\":" + error.code() + ",\"msg\":" + JsonText.quote(error.message())
                            + ",\"success\":false}");
        }
        return error(error.status(), error.code(), error.message());
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
    Answer refuse(Refusal refusal, String model, long limit) {
        return switch (refusal) {
            case CONCURRENCY -> named("1302");
            case REQUEST_RATE, TOKEN_RATE -> named("1303");
            case DAILY_LIMIT -> named("1304");
            case OVERLOADED -> named("1305");
            case QUOTA_EXHAUSTED -> named("1113");
            case WINDOW_USED_UP -> named("1308");
            case MISSING_KEY -> named("1001");
            case BAD_KEY -> named("1002");
            case FORBIDDEN -> named("1220");
            // Recorded without any content type.
            case BAD_PARAMETER -> named("1210").without("Content-Type");
            case PROMPT_TOO_LONG -> named("1261");
            case CONTENT_FILTER -> named("1301");
            case MODEL_NOT_FOUND -> named("1211");
            case PATH_NOT_FOUND -> error(404, "404", "Not Found");
            case SERVER_ERROR -> named("1234");
            case GATEWAY_TIMEOUT -> Answer.html(504, "Gateway Time-out");
        };
    }

    private Answer named(String name) {
        return answerOf(errorNamed(name));
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
