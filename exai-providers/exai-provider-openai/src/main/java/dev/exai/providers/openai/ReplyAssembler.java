package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.error.ProviderException;
import dev.exai.json.JsonText;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.providers.sse.SseFrame;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes chunks and an end of the JSON objects of an answer, be they pieces of a stream or one whole reply.
 *
 * <p>Strict about what decides whether the answer is whole, lenient about everything else.
 */
final class ReplyAssembler {
    private static final String DONE = "[DONE]";

    private final ProviderCall call;
    private final Dialect dialect;
    private final Upstream upstream;
    private final Consumer<Chunk> chunks;
    private final FunctionCalls functions;

    private @Nullable ProviderException failure;
    private boolean done;
    private @Nullable String finish;
    private Usage usage = Usage.none();
    private @Nullable String model;
    private @Nullable String id;
    private boolean hasText;

    ReplyAssembler(ProviderCall call, Dialect dialect, Upstream upstream, Consumer<Chunk> chunks) {
        this.call = call;
        this.dialect = dialect;
        this.upstream = upstream;
        this.chunks = chunks;
        this.functions = new FunctionCalls(call.attemptId(), chunks);
    }

    /** Takes one event of a stream. */
    void frame(SseFrame frame) {
        if (isSettled()) {
            return;
        }
        String data = frame.data().strip();
        boolean last = data.endsWith(DONE);
        String json = last ? data.substring(0, data.length() - DONE.length()) : data;
        if (frame.event().equals("error")) {
            failure = upstream.refused(ErrorBody.parse(json));
            return;
        }
        json(json);
        done |= last;
    }

    /** Takes the text of a whole reply. */
    void reply(String text) {
        json(text);
        done = true;
    }

    private void json(String text) {
        try {
            for (JsonNode node : JsonText.parseAll(text)) {
                if (failure == null) {
                    node(node);
                }
            }
        } catch (IllegalArgumentException e) {
            failure = upstream.malformed(String.valueOf(e.getMessage()));
        }
    }

    private void node(JsonNode node) {
        if (node.isNull()) {
            return;
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("a piece of the answer is no JSON object");
        }
        if (ErrorBody.isError(node)) {
            failure = upstream.refused(ErrorBody.of(node));
            return;
        }
        id = textOr(node, "request_id", textOr(node, "id", id));
        model = textOr(node, "model", model);
        usage(node.get("usage"));
        JsonNode choices = node.get("choices");
        if (choices == null || !choices.isArray()) {
            return;
        }
        for (JsonNode choice : choices) {
            if (choice.path("index").asInt(0) == 0) {
                choice(choice);
            }
        }
    }

    private void choice(JsonNode choice) {
        usage(choice.get("usage"));
        JsonNode message = choice.path("delta").isObject() ? choice.path("delta") : choice.path("message");
        String reasoning = content(message.path("reasoning_content"));
        if (reasoning.isEmpty()) {
            reasoning = content(message.path("reasoning"));
        }
        if (!reasoning.isEmpty()) {
            chunks.accept(Chunk.reasoning(reasoning));
        }
        String text = content(message.path("content"));
        if (!text.isEmpty()) {
            hasText = true;
            chunks.accept(Chunk.text(text));
        }
        functions.take(message.path("tool_calls"));
        finish = textOr(choice, "finish_reason", finish);
    }

    /** {@return a text, also where it comes as a list of parts} */
    private static String content(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (!node.isArray()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : node) {
            text.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
        }
        return text.toString();
    }

    private void usage(@Nullable JsonNode node) {
        if (node == null || !node.isObject()) {
            return;
        }
        long cached = count(node.path("prompt_tokens_details").path("cached_tokens"));
        usage = Usage.of(
                count(node.path("prompt_tokens")),
                cached != 0 ? cached : count(node.path("cached_tokens")),
                count(node.path("completion_tokens")),
                count(node.path("completion_tokens_details").path("reasoning_tokens")));
    }

    private static long count(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? Math.max(0, node.longValue()) : 0;
    }

    private static @Nullable String textOr(JsonNode node, String name, @Nullable String other) {
        JsonNode value = node.get(name);
        return value == null || !value.isTextual() || value.textValue().isEmpty() ? other : value.textValue();
    }

    /** Says that the answer failed, for a reason outside its JSON. */
    void fail(ProviderException reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** {@return whether nothing that comes can change the end} */
    boolean isSettled() {
        return done || failure != null;
    }

    /** {@return whether the model has stopped, so that at most usage and the end mark are missing} */
    boolean isFinished() {
        return finish != null;
    }

    /** {@return why the answer failed, or null if it is whole; to be asked at its end} */
    @Nullable
    ProviderException failure() {
        if (failure != null) {
            return failure;
        }
        if (finish == null && !done) {
            return upstream.malformed("it broke off before its end");
        }
        if (finish != null && dialect.isFailure(finish)) {
            return upstream.failed(finish, id);
        }
        // Seen of thinking models under load. An empty answer is in order only where a stop text can make one.
        if (reason() == FinishReason.STOP && !hasText && call.request().stop().isEmpty()) {
            return upstream.malformed("it ended without an answer");
        }
        return null;
    }

    /** {@return the end of an answer that is whole} */
    ReplyEnd end() {
        return ReplyEnd.of(reason(), usage).withServedModel(model).withRequestId(upstream.requestId(id));
    }

    private FinishReason reason() {
        FinishReason reason = finish == null ? FinishReason.STOP : dialect.finishReason(finish);
        return reason == FinishReason.STOP && functions.hasAny() ? FinishReason.FUNCTION_CALLS : reason;
    }
}
