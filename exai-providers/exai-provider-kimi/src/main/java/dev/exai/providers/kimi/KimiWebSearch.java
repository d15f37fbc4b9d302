package dev.exai.providers.kimi;

import dev.exai.call.Tool;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Kimi's own search of the web, which takes a round: Kimi asks for the function {@value #NAME}, gets its arguments back
 * unchanged, and searches while it is asked the second time. It tells no sources, and what it found counts as some
 * 13,000 tokens of the prompt.
 *
 * <p>A loop that runs functions answers such a call with {@link #answer}. Who has none uses {@link #tool}:
 *
 * <pre>{@code
 * ChatRequest question = ChatRequest.builder("What is new in Java 25?")
 *         .model("kimi-k2.6")
 *         .webSearch(WebSearch.on())
 *         .build();
 * ChatReply reply = session.submit(KimiWebSearch.tool(), question).await();
 * }</pre>
 */
public final class KimiWebSearch {
    /** The name by which Kimi asks for it. */
    public static final String NAME = "$web_search";

    private KimiWebSearch() {}

    /**
     * {@return whether a call is one of this function}
     *
     * @param call what the model asked for
     */
    public static boolean isCall(FunctionCall call) {
        return call.name().equals(NAME);
    }

    /**
     * {@return the answer that Kimi wants: its arguments, unchanged}
     *
     * @param call a call of this function
     * @throws IllegalArgumentException if it is a call of another one
     */
    public static ChatMessage answer(FunctionCall call) {
        if (!isCall(call)) {
            throw new IllegalArgumentException("a call of '" + call.name() + "' is none of " + NAME);
        }
        return ChatMessage.functionResult(call.id(), call.arguments());
    }

    /**
     * {@return a tool that asks, answers what Kimi asks of its own search, and asks again, until there is a reply} A
     * reply that asks for other functions too is returned as it is. Each asking is a call of its own, with its own
     * permit, under the one deadline of the tool's call; the reply tells the tokens of the last one.
     */
    public static Tool<ChatRequest, ChatReply> tool() {
        return Tool.blocking("kimi-web-search", (request, context) -> {
            ChatRequest next = request;
            ChatReply reply = context.chat(next).await();
            while (!reply.functionCalls().isEmpty()
                    && reply.functionCalls().stream().allMatch(KimiWebSearch::isCall)) {
                List<ChatMessage> messages = new ArrayList<>(next.messages());
                messages.add(reply.toMessage());
                reply.functionCalls().forEach(call -> messages.add(answer(call)));
                next = next.toBuilder().messages(messages).build();
                reply = context.chat(next).await();
            }
            return reply;
        });
    }

    static Map<String, Object> declaration() {
        return Map.of("type", "builtin_function", "function", Map.of("name", NAME));
    }
}
