package dev.exai.message;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * <p>Immutable. {@code toString} tells the role and sizes, never the content.
 */
public final class ChatMessage {
    private final Role role;
    private final String text;
    private final List<ContentPart> parts;
    private final boolean partial;
    private final @Nullable String reasoning;
    private final List<FunctionCall> functionCalls;
    private final @Nullable String functionCallId;

    private ChatMessage(
            Role role,
            String text,
            @Nullable String reasoning,
            List<FunctionCall> functionCalls,
            @Nullable String functionCallId) {
        this(role, List.of(ContentPart.text(text)), reasoning, functionCalls, functionCallId, false);
    }

    private ChatMessage(
            Role role,
            List<ContentPart> parts,
            @Nullable String reasoning,
            List<FunctionCall> functionCalls,
            @Nullable String functionCallId,
            boolean partial) {
        this.role = role;
        this.parts = List.copyOf(parts);
        this.text = textOf(this.parts);
        this.partial = partial;
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
     * {@return a message of the user that has more than words}
     *
     * @param parts its parts in order, at least one
     */
    public static ChatMessage user(ContentPart... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("a message needs at least one part");
        }
        return new ChatMessage(Role.USER, List.of(parts), null, List.of(), null, false);
    }

    /**
     * {@return the beginning of the model's answer, which it shall go on with} It must be the last message. The reply
     * has only what the model added. Kimi can do this, GLM cannot.
     *
     * @param beginning the words that the answer begins with
     */
    public static ChatMessage beginning(String beginning) {
        return new ChatMessage(Role.ASSISTANT, List.of(ContentPart.text(beginning)), null, List.of(), null, true);
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

    /** {@return what is said in words, may be empty} */
    public String text() {
        return text;
    }

    /** {@return all parts in order; one text for most messages} */
    public List<ContentPart> parts() {
        return parts;
    }

    /** {@return whether it has words only} */
    public boolean isPlain() {
        for (ContentPart part : parts) {
            if (part.kind() != ContentPart.Kind.TEXT) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether it is the beginning of an answer that the model shall go on with} */
    public boolean isBeginning() {
        return partial;
    }

    private static String textOf(List<ContentPart> parts) {
        if (parts.size() == 1) {
            ContentPart only = parts.get(0);
            return only.kind() == ContentPart.Kind.TEXT ? only.value() : "";
        }
        return parts.stream()
                .filter(part -> part.kind() == ContentPart.Kind.TEXT)
                .map(ContentPart::value)
                .collect(Collectors.joining("\n"));
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
                + (parts.size() == 1 ? "" : ", " + parts.size() + " parts")
                + (functionCalls.isEmpty() ? "" : ", " + functionCalls.size() + " function calls") + "]";
    }
}
