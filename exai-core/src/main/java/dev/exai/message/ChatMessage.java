package dev.exai.message;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * <p>Immutable. {@code toString} tells the role and sizes, never the content.
 */
public final class ChatMessage {
    private final Role role;
    private final String text;
    private final @Nullable String reasoning;
    private final List<FunctionCall> functionCalls;
    private final @Nullable String functionCallId;

    private ChatMessage(
            Role role,
            String text,
            @Nullable String reasoning,
            List<FunctionCall> functionCalls,
            @Nullable String functionCallId) {
        this.role = role;
        this.text = Objects.requireNonNull(text, "text");
        this.reasoning = reasoning;
        this.functionCalls = List.copyOf(functionCalls);
        this.functionCallId = functionCallId;
    }

    /**
     * {@return a system message}
     *
     * @param text the instructions
     */
    public static ChatMessage system(String text) {
        return new ChatMessage(Role.SYSTEM, text, null, List.of(), null);
    }

    /**
     * {@return a message of the user}
     *
     * @param text what is asked
     */
    public static ChatMessage user(String text) {
        return new ChatMessage(Role.USER, text, null, List.of(), null);
    }

    /**
     * {@return a plain message of the model}
     *
     * @param text what the model said
     */
    public static ChatMessage assistant(String text) {
        return new ChatMessage(Role.ASSISTANT, text, null, List.of(), null);
    }

    /**
     * {@return a message of the model with its reasoning and the functions it asked for}
     *
     * @param text what the model said, may be empty
     * @param reasoning what it thought, or null; some models want it back in the next turn
     * @param functionCalls the functions it asked for
     */
    public static ChatMessage assistant(String text, @Nullable String reasoning, List<FunctionCall> functionCalls) {
        return new ChatMessage(Role.ASSISTANT, text, reasoning, functionCalls, null);
    }

    /**
     * {@return the result of a function}
     *
     * @param functionCallId the id of the {@link FunctionCall} that this answers
     * @param result the result as text, usually JSON
     */
    public static ChatMessage functionResult(String functionCallId, String result) {
        return new ChatMessage(
                Role.FUNCTION, result, null, List.of(), Objects.requireNonNull(functionCallId, "functionCallId"));
    }

    /** {@return who says it} */
    public Role role() {
        return role;
    }

    /** {@return what is said, may be empty} */
    public String text() {
        return text;
    }

    /** {@return what the model thought, on a message of the model} */
    public Optional<String> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /** {@return the functions that the model asked for, on a message of the model} */
    public List<FunctionCall> functionCalls() {
        return functionCalls;
    }

    /** {@return the id of the call that this answers, on the result of a function} */
    public Optional<String> functionCallId() {
        return Optional.ofNullable(functionCallId);
    }

    @Override
    public String toString() {
        return role + "[" + text.length() + " chars"
                + (functionCalls.isEmpty() ? "" : ", " + functionCalls.size() + " function calls") + "]";
    }
}
