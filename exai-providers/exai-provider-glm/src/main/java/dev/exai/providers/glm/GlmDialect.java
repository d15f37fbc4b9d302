package dev.exai.providers.glm;

import dev.exai.error.ProviderException;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.providers.openai.Dialect;
import dev.exai.providers.openai.ErrorReply;
import dev.exai.spi.ProviderCall;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** How GLM differs from the common form. */
final class GlmDialect implements Dialect {
    private static final double SMALLEST_TOP_P = 0.01;
    private static final int LONGEST_REQUEST_ID = 64;

    /** GLM refuses an id that it has seen, so ids must also differ from those of other processes. */
    private final String instance = UUID.randomUUID().toString().substring(0, 13);

    private final AtomicLong next = new AtomicLong(1);

    @Override
    public void adaptMessage(ProviderCall call, ChatMessage message, Map<String, Object> json) {
        // GLM wants its thoughts back within a round of function calls, and drops older ones by itself.
        if (!message.functionCalls().isEmpty()) {
            message.reasoning().ifPresent(reasoning -> json.put("reasoning_content", reasoning));
        }
    }

    @Override
    public void adaptBody(ProviderCall call, Map<String, Object> body) {
        ChatRequest request = call.request();
        String model = call.model().id();
        request.temperature().ifPresent(value -> {
            if (value == 0) {
                body.remove("temperature");
                body.put("do_sample", false);
            } else {
                body.put("temperature", twoDecimals(value));
            }
        });
        request.topP().ifPresent(value -> body.put("top_p", twoDecimals(Math.max(value, SMALLEST_TOP_P))));
        request.thinking()
                .filter(enabled -> GlmModels.hasThinkingSwitch(model, enabled))
                .ifPresent(enabled -> body.put("thinking", Map.of("type", enabled ? "enabled" : "disabled")));
        if (!request.functions().isEmpty() && GlmModels.streamsArguments(model)) {
            body.put("tool_stream", true);
        }
        body.put("request_id", requestId(call));
    }

    /** GLM takes 0 to 1 with two decimals, and what is above 0 must not become 0 by rounding. */
    private static BigDecimal twoDecimals(double value) {
        double clamped = Math.max(0.01, Math.min(1, value));
        return BigDecimal.valueOf(clamped).setScale(2, RoundingMode.HALF_UP);
    }

    private String requestId(ProviderCall call) {
        String id = instance + "-" + next.getAndIncrement() + "-" + call.attemptId();
        return id.length() <= LONGEST_REQUEST_ID ? id : id.substring(0, LONGEST_REQUEST_ID);
    }

    @Override
    public ProviderException toException(ErrorReply error) {
        return GlmErrors.toException(error);
    }

    @Override
    public boolean isFailure(String reason) {
        return reason.equals("network_error");
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Accept-Language", "en-US,en");
    }

    @Override
    public List<String> requestIdHeaders() {
        return List.of("X-LOG-ID");
    }
}
