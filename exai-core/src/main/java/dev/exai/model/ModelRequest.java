package dev.exai.model;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.TokenEstimate;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which model is wanted, and what it must be able to do. Immutable, and a key of caches: its hash is made once.
 *
 * <pre>{@code
 * ModelRequest cheap = ModelRequest.auto().prefer(Preference.CHEAPEST).needs(Capability.VISION).deny("kimi-k3").build();
 * session.chat(request, CallOptions.builder().models(cheap).build());
 * }</pre>
 *
 * <p>Names on the lists of what is allowed and denied are those of a provider, of a line of models, or of a model, by its
 * id or an alias, optionally as {@code provider/name}; upper or lower case.
 */
public final class ModelRequest {
    /** What matters where the choice is left to the library. */
    public enum Preference {
        /** An answer soon. */
        FAST,
        /** A good answer at a moderate price. */
        BALANCED,
        /** The best answer. */
        BEST,
        /** The lowest price, by the catalogue. */
        CHEAPEST
    }

    /** Estimates differ by less than an eighth within a step, so that the keys of caches stay few. */
    private static final int STEPS_PER_DOUBLING = 8;

    /** An answer that has no limit of its own is taken to need this much of the window at least. */
    private static final int LEAST_OUTPUT = 1_024;

    /** No shorter text is looked at: it is taken to have the most tokens that it could have. */
    private static final int SHORT_TEXT = 4_000;

    private final String name;
    private final boolean auto;
    private final Set<Capability> needs;
    private final Preference preference;
    private final List<String> allowed;
    private final List<String> denied;
    private final int minimumContext;
    private final int estimatedTokens;
    private final @Nullable String pinned;
    private final @Nullable String language;
    private final boolean fallBack;
    private final int hash;

    private ModelRequest(Builder builder) {
        this.name = builder.name;
        this.auto = name.equalsIgnoreCase(ChatRequest.AUTO);
        this.needs = builder.needs.isEmpty() ? Set.of() : Set.copyOf(builder.needs);
        this.preference = builder.preference;
        this.allowed = builder.allowed;
        this.denied = builder.denied;
        this.minimumContext = builder.minimumContext;
        this.estimatedTokens = builder.estimatedTokens;
        this.pinned = builder.pinned;
        this.language = builder.language;
        this.fallBack = builder.fallBack;
        this.hash = hashOfParts();
    }

    /** The same in every process, so no hash of an enum constant; made for each call, so without boxes. */
    private int hashOfParts() {
        int sum = 0;
        for (Capability need : needs) {
            sum += need.name().hashCode();
        }
        int parts = 31 * (31 + name.hashCode()) + sum; // as Objects.hash does
        parts = 31 * parts + preference.name().hashCode();
        parts = 31 * parts + allowed.hashCode();
        parts = 31 * parts + denied.hashCode();
        parts = 31 * parts + minimumContext;
        parts = 31 * parts + estimatedTokens;
        parts = 31 * parts + Objects.hashCode(pinned);
        parts = 31 * parts + Objects.hashCode(language);
        return 31 * parts + Boolean.hashCode(fallBack);
    }

    /** {@return a builder of a request that leaves the choice to the library} */
    public static Builder auto() {
        return named(ChatRequest.AUTO);
    }

    /**
     * {@return a builder of a request for a model}
     *
     * @param name {@code auto}, a model's id or alias, or the name of a line of models or of a provider, optionally as
     *     {@code provider/name}
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * {@return the request of a chat: the model that it names, and what its content needs}
     *
     * @param request the chat
     */
    public static ModelRequest of(ChatRequest request) {
        return named(request.model()).contentOf(request).build();
    }

    /**
     * {@return this request for a chat: what its content needs is added, and a model that it names itself takes the place
     * of the one that is named here}
     *
     * @param request the chat
     */
    public ModelRequest in(ChatRequest request) {
        return toBuilder().contentOf(request).build();
    }

    /** {@return a builder that starts as a copy of this request} */
    public Builder toBuilder() {
        Builder builder = new Builder(name);
        builder.needs.addAll(needs);
        builder.preference = preference;
        builder.allowed = allowed;
        builder.denied = denied;
        builder.minimumContext = minimumContext;
        builder.estimatedTokens = estimatedTokens;
        builder.pinned = pinned;
        builder.language = language;
        builder.fallBack = fallBack;
        return builder;
    }

    /** {@return what was asked for} */
    public String name() {
        return name;
    }

    /** {@return whether the choice is left to the library} */
    public boolean isAuto() {
        return auto;
    }

    /** {@return what the model must be able to do} */
    public Set<Capability> needs() {
        return needs;
    }

    /** What it needs and a model cannot do, as far as is known, in the order of {@link Capability}. */
    List<Capability> missingIn(ModelInfo model) {
        if (needs.isEmpty()) {
            return List.of();
        }
        return Arrays.stream(Capability.values())
                .filter(need -> needs.contains(need) && !model.can(need))
                .toList();
    }

    /** {@return what matters where the choice is left to the library} */
    public Preference preference() {
        return preference;
    }

    /** {@return what may be chosen; empty for anything} */
    public List<String> allowed() {
        return allowed;
    }

    /** {@return what must not be chosen} */
    public List<String> denied() {
        return denied;
    }

    /** {@return how large the context window must be, in tokens; 0 for any} */
    public int minimumContext() {
        return minimumContext;
    }

    /**
     * {@return how many tokens prompt and answer may have, roughly and rather too many; 0 if that was not estimated} A
     * model with a smaller window is taken only after all with a larger one, for the estimate may be wrong.
     */
    public int estimatedTokens() {
        return estimatedTokens;
    }

    /** {@return the model that the conversation has had so far, as {@code provider/id}} */
    public Optional<String> pinned() {
        return Optional.ofNullable(pinned);
    }

    /**
     * {@return the language of the conversation, if it was told} A hint: among models of the same tier the standard selector
     * puts those first of which the catalogue says that they are good at it.
     */
    public Optional<String> language() {
        return Optional.ofNullable(language);
    }

    /** {@return whether another model may serve if the one that is named cannot; "auto" may always} */
    public boolean fallsBack() {
        return fallBack || auto;
    }

    /** Whether another model may stand in for the one that is named. */
    boolean fallBackAllowed() {
        return fallBack;
    }

    /** This request, with the choice left to the library. */
    ModelRequest asAuto() {
        Builder builder = toBuilder();
        builder.name = ChatRequest.AUTO;
        return builder.build();
    }

    /** Why the lists keep a model out, or null if they do not. */
    @Nullable
    String refusal(Route route) {
        if (!allowed.isEmpty() && allowed.stream().noneMatch(route::isMeantBy)) {
            return "not among what is allowed";
        }
        for (String each : denied) {
            if (route.isMeantBy(each)) {
                return "denied";
            }
        }
        return null;
    }

    @Override
    public boolean equals(Object other) {
        if (other == this) {
            return true;
        }
        return other instanceof ModelRequest that
                && hash == that.hash
                && name.equals(that.name)
                && needs.equals(that.needs)
                && preference == that.preference
                && minimumContext == that.minimumContext
                && estimatedTokens == that.estimatedTokens
                && fallBack == that.fallBack
                && allowed.equals(that.allowed)
                && denied.equals(that.denied)
                && Objects.equals(pinned, that.pinned)
                && Objects.equals(language, that.language);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        if (!needs.isEmpty()) {
            EnumSet<Capability> ordered = EnumSet.copyOf(needs);
            text.append(" with ").append(ordered.toString().toLowerCase(Locale.ROOT));
        }
        if (preference != Preference.BALANCED) {
            text.append(", ").append(preference.toString().toLowerCase(Locale.ROOT));
        }
        append(text, ", allowed ", allowed.isEmpty() ? null : allowed);
        append(text, ", denied ", denied.isEmpty() ? null : denied);
        append(text, ", a window of ", minimumContext == 0 ? null : minimumContext);
        append(text, ", about tokens ", estimatedTokens == 0 ? null : estimatedTokens);
        append(text, ", pinned to ", pinned);
        return text.toString();
    }

    private static void append(StringBuilder text, String what, @Nullable Object value) {
        if (value != null) {
            text.append(what).append(value);
        }
    }

    /** Builds a {@link ModelRequest}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private String name;
        private final EnumSet<Capability> needs = EnumSet.noneOf(Capability.class);
        private Preference preference = Preference.BALANCED;
        private List<String> allowed = List.of();
        private List<String> denied = List.of();
        private int minimumContext;
        private int estimatedTokens;
        private @Nullable String pinned;
        private @Nullable String language;
        private boolean fallBack;

        private Builder(String name) {
            this.name = notBlank("name", name);
        }

        private static String notBlank(String what, String value) {
            if (Objects.requireNonNull(value, what).isBlank()) {
                throw new IllegalArgumentException(what + " must not be blank");
            }
            return value;
        }

        /**
         * Adds what the model must be able to do. A model that is named is asked all the same, with a note.
         *
         * @param all what it must be able to do
         * @return this builder
         */
        public Builder needs(Capability... all) {
            needs.addAll(List.of(all));
            return this;
        }

        /**
         * Sets what matters where the choice is left to the library; {@link Preference#BALANCED} by default.
         *
         * @param value what matters
         * @return this builder
         */
        public Builder prefer(Preference value) {
            this.preference = Objects.requireNonNull(value, "preference");
            return this;
        }

        /**
         * Sets what alone may be chosen; anything by default.
         *
         * @param names of providers, lines and models
         * @return this builder
         */
        public Builder allow(String... names) {
            this.allowed = List.of(names);
            return this;
        }

        /**
         * Sets what must not be chosen, also if it is allowed; nothing by default.
         *
         * @param names of providers, lines and models
         * @return this builder
         */
        public Builder deny(String... names) {
            this.denied = List.of(names);
            return this;
        }

        /**
         * Sets how large the context window must be; any by default.
         *
         * @param tokens 0 or more
         * @return this builder
         */
        public Builder minimumContext(int tokens) {
            if (tokens < 0) {
                throw new IllegalArgumentException("minimumContext < 0: " + tokens);
            }
            this.minimumContext = tokens;
            return this;
        }

        /**
         * Sets the model that the conversation has had so far, so that "auto" stays with it while it fits and does well.
         *
         * @param name the model, as {@code provider/id}
         * @return this builder
         */
        public Builder pinnedTo(String name) {
            this.pinned = notBlank("pinned model", name);
            return this;
        }

        /**
         * Sets the model that gave an answer as the one that the conversation stays with.
         *
         * @param reply the answer
         * @return this builder
         */
        public Builder pinnedTo(ChatReply reply) {
            return pinnedTo(reply.provider() + "/" + reply.model());
        }

        /**
         * Sets the language of the conversation, a hint for selectors: it orders models and drops none.
         *
         * @param tag the language's tag, such as {@code zh}
         * @return this builder
         */
        public Builder language(String tag) {
            this.language = notBlank("language", tag);
            return this;
        }

        /**
         * Allows another model to serve if the one that is named cannot; not allowed by default. "auto" may always.
         *
         * @param allowed whether another may serve
         * @return this builder
         */
        public Builder fallBack(boolean allowed) {
            this.fallBack = allowed;
            return this;
        }

        /** Takes over what a chat names, and what its content needs. */
        Builder contentOf(ChatRequest request) {
            if (!request.model().equalsIgnoreCase(ChatRequest.AUTO)) {
                name = request.model();
            }
            if (!request.functions().isEmpty()) {
                needs.add(Capability.FUNCTIONS);
            }
            if (request.thinking().orElse(false)) {
                needs.add(Capability.THINKING);
            }
            for (ChatMessage message : request.messages()) {
                if (!message.isPlain()) {
                    needs.add(Capability.VISION);
                    break;
                }
            }
            if (request.webSearch().isPresent()) {
                needs.add(Capability.WEB_SEARCH);
            }
            estimatedTokens = rounded(tokens(request));
            return this;
        }

        /** Prompt and answer together, never too few by intent. A short prompt is not read for it. */
        private static long tokens(ChatRequest request) {
            long characters = 0;
            for (var message : request.messages()) {
                characters += message.text().length() + 16L;
            }
            boolean isShort = characters < SHORT_TEXT && request.functions().isEmpty();
            long prompt = isShort ? SHORT_TEXT : TokenEstimate.ofPrompt(request);
            return prompt + request.maxOutputTokens().orElse(LEAST_OUTPUT);
        }

        /** The next step at or above, of a few in each doubling. */
        private static int rounded(long tokens) {
            long step = Math.max(1, Long.highestOneBit(tokens) / STEPS_PER_DOUBLING);
            return (int) Math.min(Integer.MAX_VALUE, (tokens + step - 1) / step * step);
        }

        /** {@return the request} */
        public ModelRequest build() {
            return new ModelRequest(this);
        }
    }
}
