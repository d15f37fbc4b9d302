package dev.exai.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a model. Immutable; {@code toString} tells sizes, never the content.
 *
 * <pre>{@code
 * ChatRequest request = ChatRequest.builder("Say hi").model("glm-4.7").maxOutputTokens(500).build();
 * }</pre>
 */
public final class ChatRequest {
    /** The model selector that leaves the choice to the library. */
    public static final String AUTO = "auto";

    private final List<ChatMessage> messages;
    private final String model;
    private final @Nullable Integer maxOutputTokens;
    private final @Nullable Double temperature;
    private final @Nullable Double topP;
    private final List<String> stop;
    private final @Nullable Boolean thinking;
    private final List<FunctionSpec> functions;

    private ChatRequest(Builder builder) {
        this.messages = List.copyOf(builder.messages);
        this.model = builder.model;
        this.maxOutputTokens = builder.maxOutputTokens;
        this.temperature = builder.temperature;
        this.topP = builder.topP;
        this.stop = List.copyOf(builder.stop);
        this.thinking = builder.thinking;
        this.functions = List.copyOf(builder.functions);
    }

    /**
     * {@return a request with one message of the user, for a model of the library's choice}
     *
     * @param text what is asked
     */
    public static ChatRequest of(String text) {
        return builder(text).build();
    }

    /**
     * {@return a builder that starts with one message of the user}
     *
     * @param text what is asked
     */
    public static Builder builder(String text) {
        return builder(List.of(ChatMessage.user(text)));
    }

    /**
     * {@return a builder that starts with a conversation}
     *
     * @param messages the conversation, at least one message
     */
    public static Builder builder(List<ChatMessage> messages) {
        return new Builder(messages);
    }

    /** {@return a builder that starts as a copy of this request} */
    public Builder toBuilder() {
        Builder builder = new Builder(messages);
        builder.model = model;
        builder.maxOutputTokens = maxOutputTokens;
        builder.temperature = temperature;
        builder.topP = topP;
        builder.stop = stop;
        builder.thinking = thinking;
        builder.functions = functions;
        return builder;
    }

    /** {@return the conversation} */
    public List<ChatMessage> messages() {
        return messages;
    }

    /** {@return which model is asked for: {@link #AUTO}, an alias, or a model's id} */
    public String model() {
        return model;
    }

    /** {@return the most tokens that the answer may have, reasoning included} */
    public OptionalInt maxOutputTokens() {
        return maxOutputTokens == null ? OptionalInt.empty() : OptionalInt.of(maxOutputTokens);
    }

    /** {@return the sampling temperature} */
    public OptionalDouble temperature() {
        return temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature);
    }

    /** {@return the nucleus sampling bound} */
    public OptionalDouble topP() {
        return topP == null ? OptionalDouble.empty() : OptionalDouble.of(topP);
    }

    /** {@return the texts at which the model shall stop} */
    public List<String> stop() {
        return stop;
    }

    /** {@return whether the model shall think first; empty leaves it to the model} */
    public Optional<Boolean> thinking() {
        return Optional.ofNullable(thinking);
    }

    /** {@return the functions that are offered} */
    public List<FunctionSpec> functions() {
        return functions;
    }

    @Override
    public String toString() {
        int chars =
                messages.stream().mapToInt(message -> message.text().length()).sum();
        return "ChatRequest[" + model + ", " + messages.size() + " messages, " + chars + " chars"
                + (functions.isEmpty() ? "" : ", " + functions.size() + " functions") + "]";
    }

    /** Builds a {@link ChatRequest}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private List<ChatMessage> messages;
        private String model = AUTO;
        private @Nullable Integer maxOutputTokens;
        private @Nullable Double temperature;
        private @Nullable Double topP;
        private List<String> stop = List.of();
        private @Nullable Boolean thinking;
        private List<FunctionSpec> functions = List.of();

        private Builder(List<ChatMessage> messages) {
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("a request needs at least one message");
            }
            this.messages = List.copyOf(messages);
        }

        /**
         * Puts a system message in front of the conversation.
         *
         * @param text the instructions
         * @return this builder
         */
        public Builder system(String text) {
            List<ChatMessage> all = new ArrayList<>();
            all.add(ChatMessage.system(text));
            all.addAll(messages);
            messages = List.copyOf(all);
            return this;
        }

        /**
         * Sets which model is asked for; {@link ChatRequest#AUTO} by default.
         *
         * @param selector {@code auto}, an alias, or a model's id, optionally as {@code provider/id}
         * @return this builder
         */
        public Builder model(String selector) {
            if (Objects.requireNonNull(selector, "model").isBlank()) {
                throw new IllegalArgumentException("model is blank: use 'auto', an alias or a model's id");
            }
            this.model = selector.strip();
            return this;
        }

        /**
         * Sets the most tokens that the answer may have, reasoning included; by default the library sends a limit
         * of its own, because it is the true bound of a call's length.
         *
         * @param tokens at least 1
         * @return this builder
         */
        public Builder maxOutputTokens(int tokens) {
            if (tokens < 1) {
                throw new IllegalArgumentException("maxOutputTokens < 1: " + tokens);
            }
            this.maxOutputTokens = tokens;
            return this;
        }

        /**
         * Sets the sampling temperature. Models that fix it are not sent it.
         *
         * @param value 0 to 2
         * @return this builder
         */
        public Builder temperature(double value) {
            if (!(value >= 0 && value <= 2)) {
                throw new IllegalArgumentException("temperature not in 0..2: " + value);
            }
            this.temperature = value;
            return this;
        }

        /**
         * Sets the nucleus sampling bound. Models that fix it are not sent it.
         *
         * @param value more than 0, at most 1
         * @return this builder
         */
        public Builder topP(double value) {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException("topP not in (0, 1]: " + value);
            }
            this.topP = value;
            return this;
        }

        /**
         * Sets the texts at which the model shall stop.
         *
         * @param texts the texts
         * @return this builder
         */
        public Builder stop(List<String> texts) {
            this.stop = List.copyOf(texts);
            return this;
        }

        /**
         * Asks the model to think first, or not to. A model without the choice keeps its way.
         *
         * @param enabled whether to think
         * @return this builder
         */
        public Builder thinking(boolean enabled) {
            this.thinking = enabled;
            return this;
        }

        /**
         * Sets the functions that are offered.
         *
         * @param specs the functions, with distinct names
         * @return this builder
         */
        public Builder functions(List<FunctionSpec> specs) {
            long distinct = specs.stream().map(FunctionSpec::name).distinct().count();
            if (distinct != specs.size()) {
                throw new IllegalArgumentException("two functions have the same name");
            }
            this.functions = List.copyOf(specs);
            return this;
        }

        /** {@return the request} */
        public ChatRequest build() {
            return new ChatRequest(this);
        }
    }
}
