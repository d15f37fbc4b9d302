package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.spi.ProviderCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a request as JSON. */
final class RequestJson {
    private RequestJson() {}

    /**
     * {@return the request as JSON text}
     *
     * @throws IllegalArgumentException if a function's schema is not a JSON object
     */
    static String write(ProviderCall call, Dialect dialect) {
        ChatRequest request = call.request();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", call.model().id());
        List<Object> messages = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            Map<String, Object> json = message(message);
            dialect.adaptMessage(call, message, json);
            messages.add(json);
        }
        body.put("messages", messages);
        body.put("stream", true);
        body.put("max_tokens", call.maxOutputTokens());
        request.temperature().ifPresent(value -> body.put("temperature", value));
        request.topP().ifPresent(value -> body.put("top_p", value));
        if (!request.stop().isEmpty()) {
            body.put("stop", request.stop());
        }
        if (!request.functions().isEmpty()) {
            body.put(
                    "tools", request.functions().stream().map(RequestJson::tool).toList());
        }
        dialect.adaptBody(call, body);
        return JsonText.write(body);
    }

    private static Map<String, Object> message(ChatMessage message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "role",
                switch (message.role()) {
                    case SYSTEM -> "system";
                    case USER -> "user";
                    case ASSISTANT -> "assistant";
                    case FUNCTION -> "tool";
                });
        message.functionCallId().ifPresent(id -> json.put("tool_call_id", id));
        json.put("content", message.text());
        if (!message.functionCalls().isEmpty()) {
            json.put(
                    "tool_calls",
                    message.functionCalls().stream().map(RequestJson::toolCall).toList());
        }
        return json;
    }

    private static Map<String, Object> toolCall(FunctionCall call) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments", call.arguments());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", call.id());
        json.put("type", "function");
        json.put("function", function);
        return json;
    }

    private static Map<String, Object> tool(FunctionSpec spec) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", spec.name());
        function.put("description", spec.description());
        function.put("parameters", schema(spec));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "function");
        json.put("function", function);
        return json;
    }

    private static JsonNode schema(FunctionSpec spec) {
        try {
            JsonNode schema = JsonText.parse(spec.parametersSchema());
            if (schema.isObject()) {
                return schema;
            }
        } catch (IllegalArgumentException notJson) {
            throw new IllegalArgumentException("function '" + spec.name() + "': its schema is " + notJson.getMessage());
        }
        throw new IllegalArgumentException("function '" + spec.name() + "': its schema is not a JSON object");
    }
}
