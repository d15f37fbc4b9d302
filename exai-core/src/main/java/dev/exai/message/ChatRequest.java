package dev.exai.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
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
    private final FunctionChoice functionChoice;
    private final ReplyFormat replyFormat;
    private final @Nullable WebSearch webSearch;
    private final @Nullable ReasoningEffort reasoningEffort;
    private final boolean keepReasoning;
    private final @Nullable Long seed;
    private final @Nullable Double frequencyPenalty;
    private final @Nullable Double presencePenalty;
    private final @Nullable String user;
    private final @Nullable String cacheKey;
    private final boolean stream;
    private final Map<String, Map<String, String>> extras;

    private ChatRequest(Builder builder) {
        this.messages = List.copyOf(builder.messages);
        this.model = builder.model;
        this.maxOutputTokens = builder.maxOutputTokens;
        this.temperature = builder.temperature;
        this.topP = builder.topP;
        this.stop = List.copyOf(builder.stop);
        this.thinking = builder.thinking;
        this.functions = List.copyOf(builder.functions);
        this.functionChoice = builder.functionChoice;
        this.replyFormat = builder.replyFormat;
        this.webSearch = builder.webSearch;
        this.reasoningEffort = builder.reasoningEffort;
        this.keepReasoning = builder.keepReasoning;
        this.seed = builder.seed;
        this.frequencyPenalty = builder.frequencyPenalty;
        this.presencePenalty = builder.presencePenalty;
        this.user = builder.user;
        this.cacheKey = builder.cacheKey;
        this.stream = builder.stream;
        this.extras = builder.extras;
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
        builder.functionChoice = functionChoice;
        builder.replyFormat = replyFormat;
        builder.webSearch = webSearch;
        builder.reasoningEffort = reasoningEffort;
        builder.keepReasoning = keepReasoning;
        builder.seed = seed;
        builder.frequencyPenalty = frequencyPenalty;
        builder.presencePenalty = presencePenalty;
        builder.user = user;
        builder.cacheKey = cacheKey;
        builder.stream = stream;
        builder.extras = extras;
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

    /** {@return whether the model may, must not, or must ask for a function} */
    public FunctionChoice functionChoice() {
        return functionChoice;
    }

    /** {@return the form that the answer's text shall have} */
    public ReplyFormat replyFormat() {
        return replyFormat;
    }

    /** {@return the search that the provider shall make} */
    public Optional<WebSearch> webSearch() {
        return Optional.ofNullable(webSearch);
    }

    /** {@return how much the model shall think; empty leaves it to the model} */
    public Optional<ReasoningEffort> reasoningEffort() {
        return Optional.ofNullable(reasoningEffort);
    }

    /** {@return whether all earlier reasoning is sent back and shall be heeded} */
    public boolean keepReasoning() {
        return keepReasoning;
    }

    /** {@return the seed of sampling} */
    public OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /** {@return by how much a word that was said often is avoided} */
    public OptionalDouble frequencyPenalty() {
        return frequencyPenalty == null ? OptionalDouble.empty() : OptionalDouble.of(frequencyPenalty);
    }

    /** {@return by how much a word that was said at all is avoided} */
    public OptionalDouble presencePenalty() {
        return presencePenalty == null ? OptionalDouble.empty() : OptionalDouble.of(presencePenalty);
    }

    /** {@return the pseudonym of the person for whom this is asked} */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** {@return what requests with the same beginning have in common, for the provider's cache} */
    public Optional<String> cacheKey() {
        return Optional.ofNullable(cacheKey);
    }

    /** {@return whether the answer is to come in pieces} */
    public boolean stream() {
        return stream;
    }

    /**
     * {@return fields of a provider's own, as JSON texts by their names}
     *
     * @param provider the provider
     */
    public Map<String, String> extras(String provider) {
        return extras.getOrDefault(provider, Map.of());
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
        private FunctionChoice functionChoice = FunctionChoice.auto();
        private ReplyFormat replyFormat = ReplyFormat.text();
        private @Nullable WebSearch webSearch;
        private @Nullable ReasoningEffort reasoningEffort;
        private boolean keepReasoning;
        private @Nullable Long seed;
        private @Nullable Double frequencyPenalty;
        private @Nullable Double presencePenalty;
        private @Nullable String user;
        private @Nullable String cacheKey;
        private boolean stream = true;
        private Map<String, Map<String, String>> extras = Map.of();

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
         * Sets the conversation.
         *
         * @param all the conversation, at least one message
         * @return this builder
         */
        public Builder messages(List<ChatMessage> all) {
            if (all.isEmpty()) {
                throw new IllegalArgumentException("a request needs at least one message");
            }
            this.messages = List.copyOf(all);
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

        /**
         * Sets whether the model may, must not, or must ask for a function; {@link FunctionChoice#auto} by default.
         *
         * @param choice the choice
         * @return this builder
         */
        public Builder functionChoice(FunctionChoice choice) {
            this.functionChoice = Objects.requireNonNull(choice, "functionChoice");
            return this;
        }

        /**
         * Sets the form that the answer's text shall have; {@link ReplyFormat#text} by default.
         *
         * @param format the form
         * @return this builder
         */
        public Builder replyFormat(ReplyFormat format) {
            this.replyFormat = Objects.requireNonNull(format, "replyFormat");
            return this;
        }

        /**
         * Lets the provider search the web. What it found is {@link ChatReply#sources}, where the provider tells.
         *
         * @param search the search
         * @return this builder
         */
        public Builder webSearch(WebSearch search) {
            this.webSearch = Objects.requireNonNull(search, "webSearch");
            return this;
        }

        /**
         * Sets how much the model shall think; by default as much as the model does by itself.
         *
         * @param effort how much
         * @return this builder
         */
        public Builder reasoningEffort(ReasoningEffort effort) {
            this.reasoningEffort = Objects.requireNonNull(effort, "reasoningEffort");
            return this;
        }

        /**
         * Has all earlier reasoning sent back and heeded: better answers in long work, for more tokens. By default
         * only that is sent back which the model needs.
         *
         * @param keep whether to keep it
         * @return this builder
         */
        public Builder keepReasoning(boolean keep) {
            this.keepReasoning = keep;
            return this;
        }

        /**
         * Sets the seed of sampling. Few models heed it.
         *
         * @param value the seed
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets by how much a word that was said often is avoided.
         *
         * @param value -2 to 2
         * @return this builder
         */
        public Builder frequencyPenalty(double value) {
            this.frequencyPenalty = penalty("frequencyPenalty", value);
            return this;
        }

        /**
         * Sets by how much a word that was said at all is avoided.
         *
         * @param value -2 to 2
         * @return this builder
         */
        public Builder presencePenalty(double value) {
            this.presencePenalty = penalty("presencePenalty", value);
            return this;
        }

        private static double penalty(String name, double value) {
            if (!(value >= -2 && value <= 2)) {
                throw new IllegalArgumentException(name + " not in -2..2: " + value);
            }
            return value;
        }

        /**
         * Sets the pseudonym of the person for whom this is asked, by which the provider can tell who misuses it.
         *
         * @param pseudonym 6 to 128 characters that are no name
         * @return this builder
         */
        public Builder user(String pseudonym) {
            if (pseudonym.length() < 6 || pseudonym.length() > 128) {
                throw new IllegalArgumentException("user: allowed are 6 to 128 characters, not " + pseudonym.length());
            }
            this.user = pseudonym;
            return this;
        }

        /**
         * Sets what requests with the same beginning have in common, such as the name of a conversation: the provider's
         * cache finds them better.
         *
         * @param key the key
         * @return this builder
         */
        public Builder cacheKey(String key) {
            this.cacheKey = Objects.requireNonNull(key, "cacheKey");
            return this;
        }

        /**
         * Sets whether the answer is to come in pieces; true by default. Without, nobody can tell a slow model from a
         * dead socket: the limit of the first event is then one for the whole answer.
         *
         * @param inPieces whether it is
         * @return this builder
         */
        public Builder stream(boolean inPieces) {
            this.stream = inPieces;
            return this;
        }

        /**
         * Adds a field of a provider's own that this library does not know. It is sent as it is, to that provider
         * only.
         *
         * @param provider the provider, for example {@code glm}
         * @param field the field's name; none that the library sets itself
         * @param json its value as JSON text
         * @return this builder
         */
        public Builder extra(String provider, String field, String json) {
            Map<String, Map<String, String>> all = new LinkedHashMap<>(extras);
            Map<String, String> fields = new LinkedHashMap<>(all.getOrDefault(provider, Map.of()));
            fields.put(Objects.requireNonNull(field, "field"), Objects.requireNonNull(json, "json"));
            all.put(Objects.requireNonNull(provider, "provider"), Collections.unmodifiableMap(fields));
            this.extras = Collections.unmodifiableMap(all);
            return this;
        }

        /**
         * {@return the request}
         *
         * @throws IllegalArgumentException if a function is required or named that is not offered
         */
        public ChatRequest build() {
            if (functionChoice.kind() == FunctionChoice.Kind.REQUIRED && functions.isEmpty()) {
                throw new IllegalArgumentException("a function is required, and none is offered");
            }
            functionChoice.name().ifPresent(name -> {
                if (functions.stream().noneMatch(spec -> spec.name().equals(name))) {
                    throw new IllegalArgumentException("the function '" + name + "' is named, and not offered");
                }
            });
            return new ChatRequest(this);
        }
    }
}
