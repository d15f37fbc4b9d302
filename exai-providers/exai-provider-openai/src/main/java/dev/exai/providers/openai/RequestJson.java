package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import dev.exai.message.Adjustment;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.ContentPart;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionChoice;
import dev.exai.message.FunctionSpec;
import dev.exai.message.ReplyFormat;
import dev.exai.spi.ProviderCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a request in the common form, has the dialect change it, and adds what the caller wants sent as it is. */
final class RequestJson {
    private RequestJson() {}

    /**
     * {@return the request as it is sent}
     *
     * @param provider the provider's name, for the fields of its own
     * @throws IllegalArgumentException if it cannot be sent as it is
     */
    static RequestDraft draft(ProviderCall call, Dialect dialect, String provider) {
        ChatRequest request = call.request();
        RequestDraft draft = new RequestDraft(call);
        Map<String, Object> body = draft.body();
        body.put("model", call.model().id());
        for (ChatMessage message : request.messages()) {
            draft.messages().add(message(message));
        }
        checkBeginning(request.messages());
        body.put("messages", draft.messages());
        body.put("stream", request.stream());
        body.put("max_tokens", call.maxOutputTokens());
        if (request.maxOutputTokens().orElse(0) > call.maxOutputTokens()) {
            draft.note(Adjustment.changed(
                    "maxOutputTokens",
                    request.maxOutputTokens().getAsInt() + " is more than the " + call.maxOutputTokens() + " of "
                            + call.model().id()));
        }
        sampling(request, body);
        functions(request, body);
        if (request.replyFormat().isJson()) {
            body.put("response_format", format(request.replyFormat()));
        }
        dialect.adapt(draft);
        request.extras(provider).forEach((field, json) -> {
            if (body.putIfAbsent(field, value("field '" + field + "'", json)) != null) {
                throw new IllegalArgumentException("the field '" + field + "' is set by this library");
            }
        });
        return draft;
    }

    private static void sampling(ChatRequest request, Map<String, Object> body) {
        request.temperature().ifPresent(value -> body.put("temperature", value));
        request.topP().ifPresent(value -> body.put("top_p", value));
        request.seed().ifPresent(value -> body.put("seed", value));
        request.frequencyPenalty().ifPresent(value -> body.put("frequency_penalty", value));
        request.presencePenalty().ifPresent(value -> body.put("presence_penalty", value));
        if (!request.stop().isEmpty()) {
            body.put("stop", request.stop());
        }
    }

    private static void functions(ChatRequest request, Map<String, Object> body) {
        if (request.functions().isEmpty()) {
            return;
        }
        List<Object> tools = new ArrayList<>();
        request.functions().forEach(spec -> tools.add(tool(spec)));
        body.put("tools", tools);
        FunctionChoice choice = request.functionChoice();
        switch (choice.kind()) {
            case AUTO -> {}
            case NONE -> body.put("tool_choice", "none");
            case REQUIRED -> body.put("tool_choice", "required");
            case NAMED ->
                body.put(
                        "tool_choice",
                        Map.of(
                                "type",
                                "function",
                                "function",
                                Map.of("name", choice.name().orElseThrow())));
        }
    }

    private static void checkBeginning(List<ChatMessage> messages) {
        for (int i = 0; i < messages.size() - 1; i++) {
            if (messages.get(i).isBeginning()) {
                throw new IllegalArgumentException("the beginning of an answer must be the last message, not number "
                        + (i + 1) + " of " + messages.size());
            }
        }
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
        json.put(
                "content",
                message.isPlain()
                        ? message.text()
                        : message.parts().stream().map(RequestJson::part).toList());
        if (!message.functionCalls().isEmpty()) {
            List<Object> calls = new ArrayList<>();
            message.functionCalls().forEach(call -> calls.add(toolCall(call)));
            json.put("tool_calls", calls);
        }
        return json;
    }

    private static Map<String, Object> part(ContentPart part) {
        return switch (part.kind()) {
            case TEXT -> object("type", "text", "text", part.value());
            case IMAGE -> object("type", "image_url", "image_url", Map.of("url", part.value()));
            case VIDEO -> object("type", "video_url", "video_url", Map.of("url", part.value()));
            case FILE -> object("type", "file", "file", Map.of(fileField(part), part.value()));
        };
    }

    private static String fileField(ContentPart part) {
        if (part.isInline()) {
            return "file_data";
        }
        return part.value().startsWith("http:") || part.value().startsWith("https:") ? "file_url" : "file_id";
    }

    private static Map<String, Object> toolCall(FunctionCall call) {
        Map<String, Object> json = object("id", call.id(), "type", "function");
        json.put("function", object("name", call.name(), "arguments", call.arguments()));
        return json;
    }

    private static Map<String, Object> tool(FunctionSpec spec) {
        Map<String, Object> function = object("name", spec.name(), "description", spec.description());
        function.put("parameters", schema("function '" + spec.name() + "'", spec.parametersSchema()));
        return object("type", "function", "function", function);
    }

    private static Map<String, Object> format(ReplyFormat format) {
        return format.schema()
                .map(schema -> object(
                        "type",
                        "json_schema",
                        "json_schema",
                        object("name", format.name(), "schema", schema("the reply format", schema))))
                .orElseGet(() -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("type", "json_object");
                    return json;
                });
    }

    private static Map<String, Object> object(String first, Object one, String second, Object two) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(first, one);
        json.put(second, two);
        return json;
    }

    private static JsonNode schema(String whose, String text) {
        JsonNode schema = value(whose + ": its schema", text);
        if (!schema.isObject()) {
            throw new IllegalArgumentException(whose + ": its schema is not a JSON object");
        }
        return schema;
    }

    private static JsonNode value(String what, String json) {
        try {
            return JsonText.parse(json);
        } catch (IllegalArgumentException notJson) {
            throw new IllegalArgumentException(what + " is " + notJson.getMessage());
        }
    }
}
