package dev.exai.message;

import dev.exai.error.MalformedReplyException;
import dev.exai.error.UpstreamError;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer, and who really gave it. Immutable; {@code toString} tells sizes, never the content.
 */
public final class ChatReply {
    private final String text;
    private final @Nullable String reasoning;
    private final List<FunctionCall> functionCalls;
    private final FinishReason finishReason;
    private final Usage usage;
    private final String provider;
    private final String model;
    private final ModelChoice choice;
    private final @Nullable String requestId;
    private final List<WebSource> sources;
    private final List<Adjustment> adjustments;

    private ChatReply(Builder builder) {
        this.text = builder.text;
        this.reasoning = builder.reasoning;
        this.functionCalls = List.copyOf(builder.functionCalls);
        this.finishReason = builder.finishReason;
        this.usage = builder.usage;
        this.provider = builder.provider;
        this.model = builder.model;
        this.choice = builder.choice;
        this.requestId = builder.requestId;
        this.sources = builder.sources;
        this.adjustments = builder.adjustments;
    }

    /**
     * {@return a builder}
     *
     * @param provider the provider that answered
     * @param model the model that answered, as the provider names it
     */
    public static Builder builder(String provider, String model) {
        return new Builder(provider, model);
    }

    /** {@return the answer's text; empty if the model only asked for functions or ran out of tokens} */
    public String text() {
        return text;
    }

    /** {@return what the model thought, if it said so} */
    public Optional<String> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /** {@return the functions that the model asks to have run} */
    public List<FunctionCall> functionCalls() {
        return functionCalls;
    }

    /** {@return why the model stopped} */
    public FinishReason finishReason() {
        return finishReason;
    }

    /** {@return the tokens that it cost} */
    public Usage usage() {
        return usage;
    }

    /** {@return the provider that answered} */
    public String provider() {
        return provider;
    }

    /** {@return the model that answered, as the provider names it; it may differ from the one asked for} */
    public String model() {
        return model;
    }

    /** {@return which model was asked for, which one was asked, and why} */
    public ModelChoice choice() {
        return choice;
    }

    /** {@return the provider's id of the request, which its support asks for} */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** {@return the pages that the provider found when it searched the web, if it tells} */
    public List<WebSource> sources() {
        return sources;
    }

    /** {@return what of the request was not sent as it was asked for} */
    public List<Adjustment> adjustments() {
        return adjustments;
    }

    /** {@return why there is no text, where one could expect some} */
    public Optional<String> explanation() {
        if (finishReason != FinishReason.LENGTH || !text.isBlank() || !functionCalls.isEmpty()) {
            return Optional.empty();
        }
        boolean thought = reasoning != null || usage.reasoningTokens() > 0;
        return Optional.of("the limit of output tokens"
                + (usage.completionTokens() > 0 ? " (" + usage.completionTokens() + ")" : "")
                + " was spent "
                + (thought
                        ? "on reasoning: raise maxOutputTokens, or lower reasoningEffort"
                        : "before there was text: raise maxOutputTokens"));
    }

    /**
     * {@return the value that the text stands for} A fence of Markdown around it is passed over.
     *
     * <pre>{@code
     * Weather weather = reply.decode(codec::decode);
     * }</pre>
     *
     * @param decoder makes a value of JSON text, or throws an {@link IllegalArgumentException} whose message shows no
     *     content
     * @param <T> the value
     * @throws MalformedReplyException if the text does not fit; asking again may help
     */
    public <T> T decode(Function<? super String, ? extends T> decoder) {
        try {
            return decoder.apply(withoutFence(text));
        } catch (IllegalArgumentException e) {
            String what = explanation().orElse("the text does not fit: " + e.getMessage());
            throw new MalformedReplyException(
                    UpstreamError.of(provider).withRequestId(requestId).withMessage(what), null);
        }
    }

    private static String withoutFence(String text) {
        String body = text.strip();
        int line = body.indexOf('\n');
        if (!body.startsWith("```") || !body.endsWith("```") || line < 0 || body.length() - 3 <= line) {
            return body;
        }
        return body.substring(line + 1, body.length() - 3);
    }

    /** {@return this reply as a message to go on with} */
    public ChatMessage toMessage() {
        return ChatMessage.assistant(text, reasoning, functionCalls);
    }

    @Override
    public String toString() {
        return "ChatReply[" + provider + "/" + model + ", " + text.length() + " chars, " + finishReason + ", " + usage
                + "]";
    }

    /** Builds a {@link ChatReply}. Not safe for use by several threads. */
    public static final class Builder {
        private final String provider;
        private final String model;
        private ModelChoice choice = ModelChoice.notTold();
        private String text = "";
        private @Nullable String reasoning;
        private List<FunctionCall> functionCalls = List.of();
        private FinishReason finishReason = FinishReason.STOP;
        private Usage usage = Usage.none();
        private @Nullable String requestId;
        private List<WebSource> sources = List.of();
        private List<Adjustment> adjustments = List.of();

        private Builder(String provider, String model) {
            this.provider = Objects.requireNonNull(provider, "provider");
            this.model = Objects.requireNonNull(model, "model");
        }

        /**
         * Sets which model was asked for, which one was asked, and why; not told by default.
         *
         * @param value the choice
         * @return this builder
         */
        public Builder choice(ModelChoice value) {
            this.choice = Objects.requireNonNull(value, "choice");
            return this;
        }

        /**
         * Sets the text; empty by default.
         *
         * @param value the text
         * @return this builder
         */
        public Builder text(String value) {
            this.text = Objects.requireNonNull(value, "text");
            return this;
        }

        /**
         * Sets the reasoning.
         *
         * @param value the reasoning, or null for none
         * @return this builder
         */
        public Builder reasoning(@Nullable String value) {
            this.reasoning = value;
            return this;
        }

        /**
         * Sets the functions that the model asks for.
         *
         * @param value the function calls
         * @return this builder
         */
        public Builder functionCalls(List<FunctionCall> value) {
            this.functionCalls = List.copyOf(value);
            return this;
        }

        /**
         * Sets why the model stopped; {@link FinishReason#STOP} by default.
         *
         * @param value the reason
         * @return this builder
         */
        public Builder finishReason(FinishReason value) {
            this.finishReason = Objects.requireNonNull(value, "finishReason");
            return this;
        }

        /**
         * Sets the tokens that it cost; none by default.
         *
         * @param value the usage
         * @return this builder
         */
        public Builder usage(Usage value) {
            this.usage = Objects.requireNonNull(value, "usage");
            return this;
        }

        /**
         * Sets the provider's id of the request.
         *
         * @param value the id, or null for none
         * @return this builder
         */
        public Builder requestId(@Nullable String value) {
            this.requestId = value;
            return this;
        }

        /**
         * Sets the pages that the provider found; none by default.
         *
         * @param value the pages
         * @return this builder
         */
        public Builder sources(List<WebSource> value) {
            this.sources = List.copyOf(value);
            return this;
        }

        /**
         * Sets what of the request was not sent as it was asked for; nothing by default.
         *
         * @param value the adjustments
         * @return this builder
         */
        public Builder adjustments(List<Adjustment> value) {
            this.adjustments = List.copyOf(value);
            return this;
        }

        /** {@return the reply} */
        public ChatReply build() {
            return new ChatReply(this);
        }
    }
}
