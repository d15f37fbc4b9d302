package dev.exai.providers.kimi;

import dev.exai.error.ProviderException;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Role;
import dev.exai.providers.kimi.KimiModels.Thinking;
import dev.exai.providers.openai.Dialect;
import dev.exai.providers.openai.ErrorReply;
import dev.exai.spi.ProviderCall;
import java.util.List;
import java.util.Map;

/** How Kimi differs from the common form. */
final class KimiDialect implements Dialect {
    @Override
    public void adaptMessage(ProviderCall call, ChatMessage message, Map<String, Object> json) {
        if (message.role() != Role.ASSISTANT) {
            return;
        }
        boolean calls = !message.functionCalls().isEmpty();
        if (calls && message.text().isEmpty()) {
            json.remove("content"); // an empty one is an error beside function calls
        }
        if (message.reasoning().isPresent()) {
            json.put("reasoning_content", message.reasoning().get());
        } else if (calls && thinks(call)) {
            json.put("reasoning_content", ""); // a missing one is an error while thinking is on; an empty one is none
        }
    }

    @Override
    public void adaptBody(ProviderCall call, Map<String, Object> body) {
        ChatRequest request = call.request();
        String model = call.model().id();
        body.remove("max_tokens");
        body.put("max_completion_tokens", call.maxOutputTokens());
        body.put("stream_options", Map.of("include_usage", true));
        if (KimiModels.takesSampling(model)) {
            request.temperature().ifPresent(value -> body.put("temperature", Math.min(1, value)));
        } else {
            body.remove("temperature");
            body.remove("top_p");
        }
        if (KimiModels.thinking(model) == Thinking.SWITCHED) {
            request.thinking()
                    .ifPresent(enabled -> body.put("thinking", Map.of("type", enabled ? "enabled" : "disabled")));
        }
    }

    private static boolean thinks(ProviderCall call) {
        return switch (KimiModels.thinking(call.model().id())) {
            case NEVER -> false;
            case ALWAYS -> true;
            case SWITCHED -> call.request().thinking().orElse(true);
        };
    }

    @Override
    public ProviderException toException(ErrorReply error) {
        return KimiErrors.toException(error);
    }

    @Override
    public List<String> requestIdHeaders() {
        return List.of("Msh-Request-Id", "X-Msh-Trace-Id");
    }

    @Override
    public List<String> retryAfterHeaders() {
        return List.of("Retry-After", "X-Retry-After", "Msh-Cooldown-Seconds");
    }
}
