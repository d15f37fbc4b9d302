package dev.exai.providers.glm;

import dev.exai.message.Adjustment;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionChoice;
import dev.exai.message.ReasoningEffort;
import dev.exai.message.ReplyFormat;
import dev.exai.message.WebSearch;
import dev.exai.providers.openai.RequestDraft;
import dev.exai.spi.ModelInfo.Capability;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What GLM wants of a request, and what it would ignore without a word. */
final class GlmRequest {
    private static final BigDecimal SMALLEST = new BigDecimal("0.01");
    private static final String NO_SUCH_FIELD = "GLM accepts it and does not heed it";

    private final boolean china;
    private final boolean keepsReasoning;
    private final String searchEngine;

    /**
     * @param china whether the place is the one in China, which knows other fields
     * @param keepsReasoning whether the place keeps earlier reasoning unless told otherwise
     * @param searchEngine who searches the web
     */
    GlmRequest(boolean china, boolean keepsReasoning, String searchEngine) {
        this.china = china;
        this.keepsReasoning = keepsReasoning;
        this.searchEngine = searchEngine;
    }

    void adapt(RequestDraft draft) {
        draft.refuseBeginning();
        reasoning(draft);
        draft.writeOutSchemas();
        sampling(draft);
        stop(draft);
        thinking(draft);
        functions(draft);
        webSearch(draft);
        ChatRequest request = draft.request();
        request.user().ifPresent(user -> draft.body().put("user_id", user));
        if (request.cacheKey().isPresent()) {
            draft.note(Adjustment.leftOut("cacheKey", "GLM finds cached beginnings by itself"));
        }
        format(draft); // last, since it may put a message in front
    }

    private void reasoning(RequestDraft draft) {
        List<ChatMessage> messages = draft.request().messages();
        boolean all = keepsReasoning || draft.request().keepReasoning();
        for (int i = 0; i < messages.size(); i++) {
            ChatMessage message = messages.get(i);
            // GLM wants its thoughts back within a round of function calls, and drops older ones unless it keeps all.
            if (all || !message.functionCalls().isEmpty()) {
                Map<String, Object> json = draft.messages().get(i);
                message.reasoning().ifPresent(thoughts -> json.put("reasoning_content", thoughts));
            }
        }
    }

    private void sampling(RequestDraft draft) {
        ChatRequest request = draft.request();
        Map<String, Object> body = draft.body();
        request.temperature().ifPresent(asked -> {
            if (asked == 0) {
                body.remove("temperature");
                body.put("do_sample", false);
                draft.note(Adjustment.changed("temperature", "0 is do_sample=false at GLM"));
                draft.leaveOut("top_p", "topP", "GLM does not heed it without sampling");
            } else {
                twoDecimals(draft, "temperature", "temperature", asked);
            }
        });
        if (body.containsKey("top_p")) {
            request.topP().ifPresent(asked -> twoDecimals(draft, "top_p", "topP", asked));
        }
        draft.leaveOut("frequency_penalty", "frequencyPenalty", NO_SUCH_FIELD);
        draft.leaveOut("presence_penalty", "presencePenalty", NO_SUCH_FIELD);
        if (!china) {
            draft.leaveOut("seed", "seed", NO_SUCH_FIELD);
        }
    }

    /** GLM takes 0.01 to 1 with two decimals, and what is above 0 must not become 0 by rounding. */
    private static void twoDecimals(RequestDraft draft, String field, String option, double asked) {
        BigDecimal sent = BigDecimal.valueOf(Math.min(1, asked))
                .setScale(2, RoundingMode.HALF_UP)
                .max(SMALLEST);
        draft.body().put(field, sent);
        if (sent.compareTo(BigDecimal.valueOf(asked)) != 0) {
            draft.note(Adjustment.changed(
                    option, asked + " was sent as " + sent.toPlainString() + ": GLM takes 0.01 to 1, two decimals"));
        }
    }

    private void stop(RequestDraft draft) {
        int most = china ? 1 : 4;
        List<String> asked = draft.request().stop();
        if (asked.size() > most) {
            draft.change(
                    "stop", asked.subList(0, most), "stop", "GLM takes " + most + " of the " + asked.size() + " texts");
        }
    }

    private static void thinking(RequestDraft draft) {
        ChatRequest request = draft.request();
        String model = draft.model();
        Map<String, Object> thinking = new LinkedHashMap<>();
        request.thinking().ifPresent(on -> {
            if (GlmModels.hasThinkingSwitch(model, on)) {
                thinking.put("type", on ? "enabled" : "disabled");
            } else {
                draft.note(Adjustment.leftOut(
                        "thinking", model + (on ? " has no switch for it" : " cannot be kept from thinking")));
            }
        });
        if (request.keepReasoning()) {
            if (GlmModels.hasThinkingSwitch(model, true)) {
                thinking.putIfAbsent("type", "enabled");
                thinking.put("clear_thinking", false);
            } else {
                draft.note(Adjustment.leftOut("keepReasoning", model + " does not think"));
            }
        }
        if (!thinking.isEmpty()) {
            draft.body().put("thinking", thinking);
        }
        request.reasoningEffort().ifPresent(asked -> effort(draft, asked));
    }

    private static void effort(RequestDraft draft, ReasoningEffort asked) {
        List<String> steps = GlmModels.efforts(draft.model());
        String wanted = asked.name().toLowerCase(Locale.ROOT);
        if (steps.isEmpty()) {
            draft.note(Adjustment.leftOut("reasoningEffort", draft.model() + " has no steps of it"));
        } else if (!draft.request().thinking().orElse(true) && GlmModels.hasThinkingSwitch(draft.model(), false)) {
            draft.note(Adjustment.leftOut("reasoningEffort", "thinking is switched off"));
        } else if (steps.contains(wanted)) {
            draft.body().put("reasoning_effort", wanted);
        } else {
            draft.change(
                    "reasoning_effort",
                    "high",
                    "reasoningEffort",
                    wanted + " was sent as high: " + draft.model() + " knows " + String.join(", ", steps));
        }
    }

    private static void functions(RequestDraft draft) {
        FunctionChoice choice = draft.request().functionChoice();
        if (draft.request().functions().isEmpty()) {
            return;
        }
        switch (choice.kind()) {
            case AUTO -> {}
            case NONE -> {
                draft.body().remove("tool_choice");
                draft.body().remove("tools");
                draft.note(Adjustment.changed("functionChoice", "GLM has no 'none': the functions were not offered"));
                return;
            }
            case REQUIRED ->
                draft.change("tool_choice", "auto", "functionChoice", "GLM documents 'auto' only: it may ask for none");
            case NAMED ->
                draft.note(Adjustment.mayBeIgnored(
                        "functionChoice", "GLM documents 'auto' only, though it has been seen to heed a name"));
        }
        if (draft.request().stream() && GlmModels.streamsArguments(draft.model())) {
            draft.body().put("tool_stream", true);
        }
    }

    private void webSearch(RequestDraft draft) {
        draft.request().webSearch().ifPresent(search -> {
            if (draft.call().model().can(Capability.VISION)) {
                draft.note(Adjustment.leftOut("webSearch", "models that see take functions only"));
            } else {
                draft.tools().add(Map.of("type", "web_search", "web_search", searchOptions(search)));
            }
        });
    }

    private Map<String, Object> searchOptions(WebSearch search) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("enable", true);
        json.put("search_engine", searchEngine);
        search.query().ifPresent(query -> json.put("search_query", query));
        search.count().ifPresent(count -> json.put("count", count));
        search.domain().ifPresent(domain -> json.put("search_domain_filter", domain));
        search.recency().ifPresent(recency -> json.put("search_recency_filter", recency(recency)));
        json.put("search_result", true); // else GLM does not tell its sources
        return json;
    }

    static String recency(WebSearch.Recency recency) {
        return switch (recency) {
            case DAY -> "oneDay";
            case WEEK -> "oneWeek";
            case MONTH -> "oneMonth";
            case YEAR -> "oneYear";
            case ANY -> "noLimit";
        };
    }

    private static void format(RequestDraft draft) {
        ReplyFormat format = draft.request().replyFormat();
        if (!format.isJson()) {
            return;
        }
        boolean sees = draft.call().model().can(Capability.VISION);
        if (sees) {
            draft.leaveOut("response_format", "replyFormat", "models that see take none: it was asked for in words");
        } else {
            draft.body().put("response_format", Map.of("type", "json_object"));
        }
        if (format.schema().isPresent()) {
            draft.addInstruction("Answer with one JSON object of this JSON schema, and nothing else:\n"
                    + format.schema().get());
            if (!sees) {
                draft.note(Adjustment.changed(
                        "replyFormat", "GLM takes no schema: it was sent as json_object, with the schema in words"));
            }
        } else if (sees) {
            draft.addInstruction("Answer with one JSON object, and nothing else.");
        }
    }
}
