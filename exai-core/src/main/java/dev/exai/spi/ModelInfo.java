package dev.exai.spi;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a model: its names, what it can do, its limits, its price. Immutable.
 *
 * <pre>{@code
 * ModelInfo model = ModelInfo.builder("my-model")
 *         .contextWindow(32_768)
 *         .capabilities(Capability.FUNCTIONS)
 *         .price(TokenPrice.of(new BigDecimal("0.10"), new BigDecimal("0.40"), LocalDate.of(2026, 10, 1)))
 *         .build();
 * }</pre>
 *
 * <p>Only the id is needed; what is left out has a cautious default, or is empty where a guess would mislead.
 */
public final class ModelInfo {
    /** What a model can do beyond plain text. */
    public enum Capability {
        /** It sees images. */
        VISION,
        /** It can ask for functions to be run. */
        FUNCTIONS,
        /** It thinks before it answers. */
        THINKING,
        /** Its provider can search the web for it. */
        WEB_SEARCH,
        /** It can be held to JSON; {@link ModelInfo#structuredOutput()} says how far. */
        STRUCTURED_OUTPUT
    }

    /** What a model is best at. */
    public enum Tier {
        /** Quick and cheap. */
        FAST,
        /** In between. */
        BALANCED,
        /** The best answers. */
        BEST
    }

    /** What a prompt may hold. */
    public enum Modality {
        /** Text. */
        TEXT,
        /** Images. */
        IMAGE,
        /** Videos. */
        VIDEO,
        /** Files of other kinds. */
        FILE
    }

    /** How far a model can be held to a form. */
    public enum StructuredOutput {
        /** Not at all. */
        NONE,
        /** To JSON, of whatever shape. */
        JSON_OBJECT,
        /** To JSON of a given schema, and to JSON of whatever shape. */
        JSON_SCHEMA
    }

    /** What may be uncertain of a model: public sources contradict each other, or only third parties say it. */
    public enum Fact {
        /** Its context window or output limit. */
        LIMITS,
        /** What its prompts may hold. */
        MODALITIES,
        /** What it can do. */
        CAPABILITIES,
        /** Whether and how it thinks. */
        THINKING,
        /** How fast it is. */
        SPEED,
        /** What it costs. */
        PRICE,
        /** Whether it is offered. */
        STATUS
    }

    private final String id;
    private final boolean known;
    private final String family;
    private final List<String> aliases;
    private final Set<Capability> capabilities;
    private final Set<Modality> modalities;
    private final ThinkingRules thinking;
    private final StructuredOutput structuredOutput;
    private final SamplingRules sampling;
    private final Tier tier;
    private final int contextWindow;
    private final int maxOutputTokens;
    private final int defaultOutputTokens;
    private final LivenessLimits limits;
    private final ModelStatus status;
    private final Set<Fact> uncertain;
    private final @Nullable Double tokensPerSecond;
    private final @Nullable Duration typicalFirstEvent;
    private final @Nullable TokenPrice price;
    private final Set<String> languages;

    private ModelInfo(Builder builder) {
        this.id = builder.id;
        this.known = builder.known;
        this.family = builder.family == null ? builder.id : builder.family;
        this.aliases = builder.aliases;
        this.thinking = builder.thinking;
        this.structuredOutput = builder.structuredOutput;
        this.modalities = builder.modalities();
        this.capabilities = builder.allCapabilities();
        this.sampling = builder.sampling;
        this.tier = builder.tier;
        this.contextWindow = builder.contextWindow;
        this.maxOutputTokens = builder.maxOutputTokens;
        this.defaultOutputTokens = Math.min(builder.defaultOutputTokens, builder.maxOutputTokens);
        this.limits =
                builder.limits != null ? builder.limits : thinks() ? LivenessLimits.thinking() : LivenessLimits.plain();
        this.status = builder.status;
        this.uncertain = builder.uncertain;
        this.tokensPerSecond = builder.tokensPerSecond;
        this.typicalFirstEvent = builder.typicalFirstEvent;
        this.price = builder.price;
        this.languages = builder.languages;
    }

    /**
     * {@return a builder}
     *
     * @param id the model's id as its provider writes it
     */
    public static Builder builder(String id) {
        return new Builder(id);
    }

    /**
     * {@return conservative assumptions about a model that no catalogue knows} It is taken to have no capability, and
     * is given the patience that thinking models need.
     *
     * @param id the model's id as its provider writes it
     */
    public static ModelInfo unknown(String id) {
        Builder builder = builder(id).limits(LivenessLimits.thinking());
        builder.known = false;
        return builder.build();
    }

    /** {@return a builder that starts as a copy of this model} What the builder then sets replaces what is here. */
    public Builder toBuilder() {
        Builder builder = new Builder(id);
        builder.known = known;
        builder.family = family;
        builder.aliases = aliases;
        builder.capabilities = capabilities;
        builder.modalities = modalities;
        builder.thinking = thinking;
        builder.structuredOutput = structuredOutput;
        builder.sampling = sampling;
        builder.tier = tier;
        builder.contextWindow = contextWindow;
        builder.maxOutputTokens = maxOutputTokens;
        builder.defaultOutputTokens = defaultOutputTokens;
        builder.limits = limits;
        builder.status = status;
        builder.uncertain = uncertain;
        builder.tokensPerSecond = tokensPerSecond;
        builder.typicalFirstEvent = typicalFirstEvent;
        builder.price = price;
        builder.languages = languages;
        return builder;
    }

    /** {@return the model's id as its provider writes it} */
    public String id() {
        return id;
    }

    /** {@return whether a catalogue has it; false for what {@link #unknown} made} */
    public boolean isKnown() {
        return known;
    }

    private boolean thinks() {
        return capabilities.contains(Capability.THINKING);
    }

    /**
     * {@return whether it can do this}
     *
     * @param capability what is needed
     */
    public boolean can(Capability capability) {
        return capabilities.contains(capability);
    }

    /** {@return the name of the line of models that it belongs to, which can be asked for like an alias; its own id if it is none of a line} */
    public String family() {
        return family;
    }

    /** {@return other names that it answers to in this library} */
    public List<String> aliases() {
        return aliases;
    }

    /** {@return what it can do} */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /** {@return what a prompt may hold; text is always among it} */
    public Set<Modality> modalities() {
        return modalities;
    }

    /** {@return whether it thinks before it answers, and what of that can be told to it} */
    public ThinkingRules thinking() {
        return thinking;
    }

    /** {@return how far it can be held to a form} */
    public StructuredOutput structuredOutput() {
        return structuredOutput;
    }

    /** {@return what it takes for temperature and nucleus sampling} */
    public SamplingRules sampling() {
        return sampling;
    }

    /** {@return what it is best at} */
    public Tier tier() {
        return tier;
    }

    /** {@return how many tokens prompt and answer may have together} */
    public int contextWindow() {
        return contextWindow;
    }

    /** {@return how many tokens an answer may have at most} */
    public int maxOutputTokens() {
        return maxOutputTokens;
    }

    /** {@return the output-token limit that is sent when the caller gives none} */
    public int defaultOutputTokens() {
        return defaultOutputTokens;
    }

    /** {@return the limits of one attempt} */
    public LivenessLimits limits() {
        return limits;
    }

    /** {@return whether it is offered} */
    public ModelStatus status() {
        return status;
    }

    /** {@return what of this is uncertain; empty if nothing is, or nobody said} */
    public Set<Fact> uncertain() {
        return uncertain;
    }

    /** {@return how many tokens of an answer it typically makes in a second, if that is known} */
    public OptionalDouble tokensPerSecond() {
        return tokensPerSecond == null ? OptionalDouble.empty() : OptionalDouble.of(tokensPerSecond);
    }

    /** {@return how long it typically takes to the first piece of an answer, if that is known} */
    public Optional<Duration> typicalFirstEvent() {
        return Optional.ofNullable(typicalFirstEvent);
    }

    /** {@return what it costs, if that is known} */
    public Optional<TokenPrice> price() {
        return Optional.ofNullable(price);
    }

    /** {@return the tags of languages that it is good at, such as {@code zh}, in lower case; empty if nobody said} */
    public Set<String> languages() {
        return languages;
    }

    @Override
    public String toString() {
        return "ModelInfo[" + id + ", " + tier + (status.isRetired() ? ", " + status : "") + (known ? "" : ", unknown")
                + "]";
    }

    /** Builds a {@link ModelInfo}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final String id;
        private boolean known = true;
        private @Nullable String family;
        private List<String> aliases = List.of();
        private Set<Capability> capabilities = Set.of();
        private Set<Modality> modalities = Set.of(Modality.TEXT);
        private ThinkingRules thinking = ThinkingRules.never();
        private StructuredOutput structuredOutput = StructuredOutput.NONE;
        private SamplingRules sampling = SamplingRules.free();
        private Tier tier = Tier.BALANCED;
        private int contextWindow = 128_000;
        private int maxOutputTokens = 16_384;
        private int defaultOutputTokens = 8_192;
        private @Nullable LivenessLimits limits;
        private ModelStatus status = ModelStatus.current();
        private Set<Fact> uncertain = Set.of();
        private @Nullable Double tokensPerSecond;
        private @Nullable Duration typicalFirstEvent;
        private @Nullable TokenPrice price;
        private Set<String> languages = Set.of();

        private Builder(String id) {
            this.id = name("id", id);
        }

        private static String name(String what, String value) {
            if (Objects.requireNonNull(value, what).isBlank()) {
                throw new IllegalArgumentException("a model's " + what + " must not be blank");
            }
            return value;
        }

        /** What its prompts may hold: images if it was only said that it sees. */
        private Set<Modality> modalities() {
            EnumSet<Modality> all = EnumSet.of(Modality.TEXT);
            all.addAll(modalities);
            if (capabilities.contains(Capability.VISION)) {
                all.add(Modality.IMAGE);
            }
            return Set.copyOf(all);
        }

        /** What it can do, with what follows from the rest. */
        private Set<Capability> allCapabilities() {
            EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
            all.addAll(capabilities);
            follows(all, Capability.VISION, modalities.contains(Modality.IMAGE));
            follows(all, Capability.THINKING, thinking.mode() != ThinkingRules.Mode.NEVER);
            follows(all, Capability.STRUCTURED_OUTPUT, structuredOutput != StructuredOutput.NONE);
            return Set.copyOf(all);
        }

        private static void follows(EnumSet<Capability> all, Capability capability, boolean from) {
            if (from) {
                all.add(capability);
            }
        }

        /**
         * Sets the line of models that it belongs to; its own id by default.
         *
         * @param value the name of the line, which can be asked for like an alias
         * @return this builder
         */
        public Builder family(String value) {
            this.family = name("family", value);
            return this;
        }

        /**
         * Sets other names that it answers to; none by default.
         *
         * @param names the names
         * @return this builder
         */
        public Builder aliases(String... names) {
            for (String each : names) {
                name("alias", each);
            }
            this.aliases = List.of(names);
            return this;
        }

        /**
         * Sets what it can do; nothing by default. In step with this, seeing allows images in prompts, thinking may be
         * switched and gives the limits of thinking models, and structured output is JSON of whatever shape, where
         * nothing more exact is set.
         *
         * @param all what it can do
         * @return this builder
         */
        public Builder capabilities(Capability... all) {
            this.capabilities = Set.of(all);
            if (!capabilities.contains(Capability.VISION)) {
                modalities = without(modalities);
            }
            if (!capabilities.contains(Capability.THINKING)) {
                thinking = ThinkingRules.never();
            } else if (thinking.mode() == ThinkingRules.Mode.NEVER) {
                thinking = ThinkingRules.switched();
            }
            if (!capabilities.contains(Capability.STRUCTURED_OUTPUT)) {
                structuredOutput = StructuredOutput.NONE;
            } else if (structuredOutput == StructuredOutput.NONE) {
                structuredOutput = StructuredOutput.JSON_OBJECT;
            }
            return this;
        }

        private static Set<Modality> without(Set<Modality> from) {
            EnumSet<Modality> rest = EnumSet.copyOf(from);
            rest.remove(Modality.IMAGE);
            return Set.copyOf(rest);
        }

        private void drop(Capability capability) {
            EnumSet<Capability> rest = EnumSet.noneOf(Capability.class);
            rest.addAll(capabilities);
            rest.remove(capability);
            capabilities = Set.copyOf(rest);
        }

        /**
         * Sets what a prompt may hold; text alone by default. A model that takes images can see.
         *
         * @param all what it may hold; text need not be named
         * @return this builder
         */
        public Builder modalities(Modality... all) {
            EnumSet<Modality> wanted = EnumSet.of(Modality.TEXT, all);
            drop(Capability.VISION);
            this.modalities = Set.copyOf(wanted);
            return this;
        }

        /**
         * Sets whether it thinks before it answers, and what of that can be told to it; by default it does not. A model
         * that thinks gets the limits of thinking models if none are set.
         *
         * @param rules the rules
         * @return this builder
         */
        public Builder thinking(ThinkingRules rules) {
            drop(Capability.THINKING);
            this.thinking = Objects.requireNonNull(rules, "thinking");
            return this;
        }

        /**
         * Sets how far it can be held to a form; not at all by default.
         *
         * @param value how far
         * @return this builder
         */
        public Builder structuredOutput(StructuredOutput value) {
            drop(Capability.STRUCTURED_OUTPUT);
            this.structuredOutput = Objects.requireNonNull(value, "structuredOutput");
            return this;
        }

        /**
         * Sets what it takes for temperature and nucleus sampling; anything by default.
         *
         * @param rules the rules
         * @return this builder
         */
        public Builder sampling(SamplingRules rules) {
            this.sampling = Objects.requireNonNull(rules, "sampling");
            return this;
        }

        /**
         * Sets what it is best at; {@link Tier#BALANCED} by default.
         *
         * @param value the tier
         * @return this builder
         */
        public Builder tier(Tier value) {
            this.tier = Objects.requireNonNull(value, "tier");
            return this;
        }

        /**
         * Sets how many tokens prompt and answer may have together; 128,000 by default.
         *
         * @param tokens at least 1
         * @return this builder
         */
        public Builder contextWindow(int tokens) {
            this.contextWindow = atLeastOne("contextWindow", tokens);
            return this;
        }

        /**
         * Sets how many tokens an answer may have; 16,384 by default.
         *
         * @param tokens at least 1
         * @return this builder
         */
        public Builder maxOutputTokens(int tokens) {
            this.maxOutputTokens = atLeastOne("maxOutputTokens", tokens);
            return this;
        }

        /**
         * Sets the output-token limit that is sent when the caller gives none; 8,192 by default.
         *
         * @param tokens at least 1
         * @return this builder
         */
        public Builder defaultOutputTokens(int tokens) {
            this.defaultOutputTokens = atLeastOne("defaultOutputTokens", tokens);
            return this;
        }

        /**
         * Sets the limits of one attempt; by default those of thinking models if it thinks, else
         * {@link LivenessLimits#plain()}.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder limits(LivenessLimits value) {
            this.limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /**
         * Sets how fast it makes an answer; not known by default.
         *
         * @param value tokens a second, more than 0
         * @return this builder
         */
        public Builder tokensPerSecond(double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("tokensPerSecond must be more than 0: " + value);
            }
            this.tokensPerSecond = value;
            return this;
        }

        /**
         * Sets how long it typically takes to the first piece of an answer; not known by default.
         *
         * @param value more than zero
         * @return this builder
         */
        public Builder typicalFirstEvent(Duration value) {
            if (Objects.requireNonNull(value, "typicalFirstEvent").isZero() || value.isNegative()) {
                throw new IllegalArgumentException("typicalFirstEvent must be more than zero: " + value);
            }
            this.typicalFirstEvent = value;
            return this;
        }

        /**
         * Sets what it costs; not known by default.
         *
         * @param value the price
         * @return this builder
         */
        public Builder price(TokenPrice value) {
            this.price = Objects.requireNonNull(value, "price");
            return this;
        }

        /**
         * Sets the languages that it is good at; nothing is said by default, and the catalogues of this library say nothing
         * either.
         *
         * @param tags their tags, such as {@code zh}
         * @return this builder
         */
        public Builder languages(String... tags) {
            Set<String> all = new TreeSet<>();
            for (String tag : tags) {
                all.add(name("language", tag).toLowerCase(Locale.ROOT));
            }
            this.languages = Set.copyOf(all);
            return this;
        }

        /**
         * Sets whether it is offered; {@link ModelStatus#current()} by default.
         *
         * @param value the status
         * @return this builder
         */
        public Builder status(ModelStatus value) {
            this.status = Objects.requireNonNull(value, "status");
            return this;
        }

        /**
         * Sets what of all this is uncertain; nothing by default.
         *
         * @param facts the facts
         * @return this builder
         */
        public Builder uncertain(Fact... facts) {
            this.uncertain = Set.of(facts);
            return this;
        }

        /** {@return the model} */
        public ModelInfo build() {
            return new ModelInfo(this);
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " < 1: " + value);
            }
            return value;
        }
    }
}
