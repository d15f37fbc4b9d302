package dev.exai.providers.kimi;

import dev.exai.message.Adjustment;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.ContentPart;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionChoice;
import dev.exai.message.ReasoningEffort;
import dev.exai.message.Role;
import dev.exai.providers.kimi.KimiModels.Thinking;
import dev.exai.providers.openai.RequestDraft;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What Kimi wants of a request, what it would refuse, and what it would ignore without a word. */
final class KimiRequest {
    private static final int MOST_STOPS = 5;
    private static final int LONGEST_STOP = 32;

    private KimiRequest() {}

    static void adapt(RequestDraft draft) {
        ChatRequest request = draft.request();
        Map<String, Object> body = draft.body();
        body.remove("max_tokens");
        body.put("max_completion_tokens", draft.call().maxOutputTokens());
        if (request.stream()) {
            body.put("stream_options", Map.of("include_usage", true));
        }
        messages(draft);
        draft.writeOutSchemas();
        sampling(draft);
        stop(draft);
        thinking(draft);
        functionChoice(draft);
        webSearch(draft);
        request.user().ifPresent(user -> body.put("safety_identifier", user));
        request.cacheKey().ifPresent(key -> body.put("prompt_cache_key", key));
    }

    private static void messages(RequestDraft draft) {
        List<ChatMessage> messages = draft.request().messages();
        boolean thinks = thinks(draft);
        Set<String> searches = new HashSet<>();
        for (int i = 0; i < messages.size(); i++) {
            ChatMessage message = messages.get(i);
            Map<String, Object> json = draft.messages().get(i);
            message.parts().forEach(KimiRequest::check);
            message.functionCalls().stream().filter(KimiWebSearch::isCall).forEach(call -> searches.add(call.id()));
            if (message.role() == Role.ASSISTANT) {
                assistant(draft, message, json, thinks);
            } else if (searches.contains(message.functionCallId().orElse(""))) {
                json.put("name", KimiWebSearch.NAME);
            }
        }
    }

    private static void assistant(RequestDraft draft, ChatMessage message, Map<String, Object> json, boolean thinks) {
        if (message.isBeginning()) {
            if (draft.request().replyFormat().isJson()) {
                throw new IllegalArgumentException(
                        "Kimi cannot go on with the beginning of an answer and keep to a reply format at once");
            }
            json.put("partial", true);
            return;
        }
        boolean calls = !message.functionCalls().isEmpty();
        if (calls) {
            if (message.text().isEmpty()) {
                json.remove("content"); // an empty one is an error beside function calls
            }
            markBuiltins(json, message.functionCalls());
        }
        if (message.reasoning().isPresent()) {
            json.put("reasoning_content", message.reasoning().get());
        } else if (calls && thinks) {
            json.put("reasoning_content", ""); // a missing one is an error while thinking is on; an empty one is none
        }
    }

    /** Calls of Kimi's own functions go back as what they came as. */
    @SuppressWarnings("unchecked") // it is this library that puts it there
    private static void markBuiltins(Map<String, Object> json, List<FunctionCall> calls) {
        List<Map<String, Object>> sent =
                (List<Map<String, Object>>) json.getOrDefault("tool_calls", List.<Map<String, Object>>of());
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).name().startsWith("$")) {
                sent.get(i).put("type", "builtin_function");
            }
        }
    }

    private static void check(ContentPart part) {
        switch (part.kind()) {
            case TEXT -> {}
            case IMAGE, VIDEO -> {
                if (!part.isInline() && !part.value().startsWith("ms://")) {
                    throw new IllegalArgumentException(
                            "Kimi fetches no " + part.kind().name().toLowerCase(Locale.ROOT)
                                    + " from the web: send its bytes, or upload it and give ms:// with the file's id");
                }
            }
            case FILE ->
                throw new IllegalArgumentException(
                        "Kimi takes no file parts: upload the file, and put its text into a system message");
        }
    }

    private static boolean thinks(RequestDraft draft) {
        return switch (KimiModels.thinking(draft.model())) {
            case NEVER -> false;
            case ALWAYS -> true;
            case SWITCHED -> draft.request().thinking().orElse(true);
        };
    }

    private static void sampling(RequestDraft draft) {
        draft.leaveOut("seed", "seed", "Kimi accepts it and does not heed it");
        if (KimiModels.takesSampling(draft.model())) {
            draft.request().temperature().ifPresent(asked -> {
                if (asked > 1) {
                    draft.change("temperature", 1.0, "temperature", asked + " was sent as 1, the most that Kimi takes");
                }
            });
            return;
        }
        // Any value but the fixed one is an error, and the fixed one needs no sending.
        fixed(draft, "temperature", "temperature", KimiModels.temperature(draft.model(), thinks(draft)));
        fixed(draft, "top_p", "topP", 0.95);
        fixed(draft, "frequency_penalty", "frequencyPenalty", 0);
        fixed(draft, "presence_penalty", "presencePenalty", 0);
    }

    private static void fixed(RequestDraft draft, String field, String option, double value) {
        Object asked = draft.body().remove(field);
        if (asked instanceof Double number && number != value) {
            draft.note(Adjustment.leftOut(option, draft.model() + " fixes it at " + value));
        }
    }

    private static void stop(RequestDraft draft) {
        List<String> asked = draft.request().stop();
        List<String> sent = new ArrayList<>();
        for (String text : asked) {
            if (sent.size() < MOST_STOPS && text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_STOP) {
                sent.add(text);
            }
        }
        if (sent.size() < asked.size()) {
            draft.body().remove("stop");
            if (!sent.isEmpty()) {
                draft.body().put("stop", sent);
            }
            draft.note(Adjustment.changed(
                    "stop",
                    sent.size() + " of " + asked.size() + " texts were sent: Kimi takes " + MOST_STOPS + " of "
                            + LONGEST_STOP + " bytes each"));
        }
    }

    private static void thinking(RequestDraft draft) {
        ChatRequest request = draft.request();
        String model = draft.model();
        Thinking kind = KimiModels.thinking(model);
        Map<String, Object> json = new LinkedHashMap<>();
        request.thinking().ifPresent(on -> {
            if (kind == Thinking.SWITCHED) {
                json.put("type", on ? "enabled" : "disabled");
            } else if (on != (kind == Thinking.ALWAYS)) {
                draft.note(Adjustment.leftOut(
                        "thinking", model + (on ? " does not think" : " cannot be kept from thinking")));
            }
        });
        if (request.keepReasoning() && kind == Thinking.SWITCHED) {
            if (KimiModels.canKeepReasoning(model) && request.thinking().orElse(true)) {
                json.putIfAbsent("type", "enabled");
                json.put("keep", "all");
            } else {
                draft.note(Adjustment.leftOut("keepReasoning", model + " keeps none"));
            }
        }
        if (!json.isEmpty()) {
            draft.body().put("thinking", json);
        }
        request.reasoningEffort().ifPresent(asked -> effort(draft, asked));
    }

    private static void effort(RequestDraft draft, ReasoningEffort asked) {
        if (!KimiModels.hasEffort(draft.model())) {
            draft.note(Adjustment.leftOut("reasoningEffort", draft.model() + " accepts it and does not heed it"));
        } else if (asked == ReasoningEffort.MEDIUM) {
            draft.change(
                    "reasoning_effort",
                    "high",
                    "reasoningEffort",
                    "medium was sent as high: " + draft.model() + " knows low, high, max");
        } else {
            draft.body().put("reasoning_effort", asked.name().toLowerCase(Locale.ROOT));
        }
    }

    private static void functionChoice(RequestDraft draft) {
        FunctionChoice choice = draft.request().functionChoice();
        if (draft.request().functions().isEmpty()) {
            return;
        }
        boolean canRequire = KimiModels.hasEffort(draft.model());
        if (choice.kind() == FunctionChoice.Kind.REQUIRED && !canRequire) {
            draft.change(
                    "tool_choice",
                    "auto",
                    "functionChoice",
                    draft.model() + " refuses 'required': it may ask for none");
        } else if (choice.kind() == FunctionChoice.Kind.NAMED && thinks(draft)) {
            String name = choice.name().orElseThrow();
            draft.tools().removeIf(tool -> !isFunction(tool, name));
            draft.change(
                    "tool_choice",
                    canRequire ? "required" : "auto",
                    "functionChoice",
                    "no function may be named while " + draft.model() + " thinks: only that one was offered, with "
                            + (canRequire ? "'required'" : "'auto', so it may ask for none"));
        }
    }

    private static boolean isFunction(Object tool, String name) {
        return tool instanceof Map<?, ?> map
                && map.get("function") instanceof Map<?, ?> function
                && name.equals(function.get("name"));
    }

    private static void webSearch(RequestDraft draft) {
        draft.request().webSearch().ifPresent(search -> {
            draft.tools().add(KimiWebSearch.declaration());
            boolean isFirstRound = draft.request().messages().stream()
                    .flatMap(message -> message.functionCalls().stream())
                    .noneMatch(KimiWebSearch::isCall);
            if (isFirstRound) {
                draft.note(Adjustment.changed(
                        "webSearch",
                        "Kimi asks for it as the function " + KimiWebSearch.NAME
                                + ", to be answered by KimiWebSearch: only then does it search"));
            }
            boolean detailed = search.count().isPresent()
                    || search.domain().isPresent()
                    || search.recency().isPresent()
                    || search.query().isPresent();
            if (detailed) {
                draft.note(Adjustment.leftOut("webSearch", "Kimi's search has no options: it was only switched on"));
            }
        });
    }
}
