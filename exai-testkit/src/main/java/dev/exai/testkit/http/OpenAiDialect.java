package dev.exai.testkit.http;

import static dev.exai.testkit.http.VendorError.lasting;
import static dev.exai.testkit.http.VendorError.passing;

import dev.exai.message.Usage;
import dev.exai.testkit.script.RateModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI: a first frame with the role, function calls in pieces, usage in a frame of its own if asked for. */
class OpenAiDialect extends Dialect {
    /** Those that every server of this kind has, by the names of {@link Refusal}. */
    private static final List<VendorError> ERRORS = List.of(
            passing("concurrency", 429, "Rate limit reached"),
            passing("token-rate", 429, "on tokens per min (TPM): Limit 1."),
            passing("overloaded", 503, "The server is currently overloaded with other requests."),
            lasting("quota-exhausted", 429, "You exceeded your current quota"),
            lasting("missing-key", 401, "You didn't provide an API key."),
            lasting("bad-key", 401, "Incorrect API key provided."),
            lasting("forbidden", 403, "You are not allowed to sample from this model"),
            lasting("bad-parameter", 400, "Invalid value for a parameter."),
            lasting("prompt-too-long", 400, "This model's maximum context length is 128000 tokens."),
            lasting("content-filter", 400, "Your request was rejected as a result of our safety system."),
            lasting("model-not-found", 404, "does not exist or you do not have access to it."),
            lasting("path-not-found", 404, "Invalid URL"),
            passing("server-error", 500, "The server had an error while processing your request."),
            passing("gateway-timeout", 504, "Gateway Time-out"));

    @Override
    List<String> basePaths() {
        return List.of("/v1");
    }

    @Override
    List<String> models() {
        return List.of("gpt-fake", "gpt-fake-mini");
    }

    @Override
    RateModel inFlight(int most) {
        return RateModel.unlimited().inFlight(most).retryAfter(Duration.ofSeconds(1));
    }

    @Override
    List<VendorError> errors() {
        return ERRORS;
    }

    @Override
    Answer answerOf(VendorError error) {
        return refuse(Refusal.valueOf(error.name().toUpperCase(Locale.ROOT).replace('-', '_')), "gpt-fake", 1);
    }

    @Override
    String idOf(int number) {
        return "chatcmpl-fake" + number;
    }

    @Override
    Map<String, String> commonHeaders(String requestId) {
        return Map.of("x-request-id", requestId);
    }

    @Override
    String streamType() {
        return "text/event-stream; charset=utf-8";
    }

    @Override
    Answer refuse(Refusal refusal, String model, long limit) {
        return switch (refusal) {
            case CONCURRENCY, REQUEST_RATE ->
                error(
                                429,
                                "Rate limit reached for " + model + ": Limit " + limit + ". Please try again in 1s.",
                                "requests",
                                "rate_limit_exceeded")
                        .with("Retry-After", "1")
                        .with("x-ratelimit-limit-requests", Long.toString(limit))
                        .with("x-ratelimit-remaining-requests", "0");
            case TOKEN_RATE ->
                error(
                                429,
                                "Rate limit reached for " + model + " on tokens per min (TPM): Limit " + limit
                                        + ". Please try again in 1s.",
                                "tokens",
                                "rate_limit_exceeded")
                        .with("Retry-After", "1");
            case DAILY_LIMIT ->
                error(
                        429,
                        "Rate limit reached for " + model + " on requests per day (RPD): Limit " + limit + ".",
                        "requests",
                        "rate_limit_exceeded");
            case OVERLOADED ->
                error(503, "The server is currently overloaded with other requests.", "server_error", null);
            case QUOTA_EXHAUSTED, WINDOW_USED_UP ->
                error(
                        429,
                        "You exceeded your current quota, please check your plan and billing details.",
                        "insufficient_quota",
                        "insufficient_quota");
            case MISSING_KEY -> error(401, "You didn't provide an API key.", "invalid_request_error", null);
            case BAD_KEY -> error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key");
            case FORBIDDEN ->
                error(403, "You are not allowed to sample from this model", "invalid_request_error", null);
            case BAD_PARAMETER ->
                error(400, "Invalid value for a parameter.", "invalid_request_error", "invalid_value");
            case PROMPT_TOO_LONG ->
                error(
                        400,
                        "This model's maximum context length is 128000 tokens.",
                        "invalid_request_error",
                        "context_length_exceeded");
            case CONTENT_FILTER ->
                error(
                        400,
                        "Your request was rejected as a result of our safety system.",
                        "invalid_request_error",
                        "content_policy_violation");
            case MODEL_NOT_FOUND ->
                error(
                        404,
                        "The model `" + model + "` does not exist or you do not have access to it.",
                        "invalid_request_error",
                        "model_not_found");
            case PATH_NOT_FOUND -> error(404, "Invalid URL", "invalid_request_error", null);
            case SERVER_ERROR ->
                error(500, "The server had an error while processing your request.", "server_error", null);
            case GATEWAY_TIMEOUT -> Answer.html(504, "Gateway Time-out");
        };
    }

    private static Answer error(int status, String message, String type, @Nullable String code) {
        return Answer.json(
                status,
                "{\"error\":{\"message\":" + JsonText.quote(message) + ",\"type\":" + JsonText.quote(type)
                        + ",\"param\":null,\"code\":" + (code == null ? "null" : JsonText.quote(code)) + "}}");
    }

    @Override
    List<String> opening(Reply reply) {
        return List.of(chunk(reply, "{\"role\":\"assistant\",\"content\":\"\"}"));
    }

    @Override
    String delta(Reply reply, String field, String text) {
        return chunk(reply, "{\"" + field + "\":" + JsonText.quote(text) + "}");
    }

    @Override
    List<String> wholeFunction(Reply reply, Reply.Function function) {
        return functionInPieces(reply, function, List.of(function.arguments()));
    }

    @Override
    List<String> ending(Reply reply, String finishReason, Usage usage) {
        List<String> frames = new ArrayList<>();
        frames.add(frame(
                reply,
                "[{\"index\":0,\"delta\":{},\"finish_reason\":" + JsonText.quote(finishReason) + finishExtra(usage)
                        + "}]",
                nullUsage(reply)));
        if (reply.request.includesUsage()) {
            frames.add(frame(reply, "[]", ",\"usage\":" + usage(usage)));
        }
        return frames;
    }

    /** {@return what the choice of the last frame has besides} */
    String finishExtra(Usage usage) {
        return "";
    }

    @Override
    String whole(Reply reply, String finishReason, Usage usage) {
        return "{\"id\":" + JsonText.quote(reply.id) + ",\"object\":\"chat.completion\",\"created\":" + reply.created
                + ",\"model\":" + JsonText.quote(reply.model()) + ",\"choices\":[{\"index\":0,\"message\":"
                + message(reply, false) + ",\"finish_reason\":" + JsonText.quote(finishReason) + "}],\"usage\":"
                + usage(usage) + "}";
    }

    @Override
    String chunk(Reply reply, String delta) {
        return frame(reply, "[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]", nullUsage(reply));
    }

    private static String frame(Reply reply, String choices, String usage) {
        return "{\"id\":" + JsonText.quote(reply.id) + ",\"object\":\"chat.completion.chunk\",\"created\":"
                + reply.created + ",\"model\":" + JsonText.quote(reply.model()) + ",\"choices\":" + choices + usage
                + "}";
    }

    /** Asked for usage, a stream has the field in every frame, and a value only in the last one. */
    String nullUsage(Reply reply) {
        return reply.request.includesUsage() ? ",\"usage\":null" : "";
    }

    String usage(Usage usage) {
        return usageStart(usage)
                + optional(
                        usage.cachedTokens() > 0,
                        () -> ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cachedTokens() + "}")
                + optional(
                        usage.reasoningTokens() > 0,
                        () -> ",\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoningTokens() + "}")
                + "}";
    }
}
