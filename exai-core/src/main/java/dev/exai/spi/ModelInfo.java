package dev.exai.spi;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What is known of a model: its names, what it can do, and its limits. Immutable.
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
        WEB_SEARCH
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

    private final String id;
    private final List<String> aliases;
    private final Set<Capability> capabilities;
    private final Tier tier;
    private final int contextWindow;
    private final int maxOutputTokens;
    private final int defaultOutputTokens;
    private final LivenessLimits limits;

    private ModelInfo(Builder builder) {
        this.id = builder.id;
        this.aliases = builder.aliases;
        this.capabilities = builder.capabilities;
        this.tier = builder.tier;
        this.contextWindow = builder.contextWindow;
        this.maxOutputTokens = builder.maxOutputTokens;
        this.defaultOutputTokens = Math.min(builder.defaultOutputTokens, builder.maxOutputTokens);
        this.limits = builder.limits;
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
     * {@return conservative assumptions about a model that no catalogue knows}
     *
     * @param id the model's id as its provider writes it
     */
    public static ModelInfo unknown(String id) {
        return builder(id).limits(LivenessLimits.thinking()).build();
    }

    /** {@return the model's id as its provider writes it} */
    public String id() {
        return id;
    }

    /** {@return other names that it answers to in this library} */
    public List<String> aliases() {
        return aliases;
    }

    /** {@return what it can do} */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /**
     * {@return whether it can do this}
     *
     * @param capability what is needed
     */
    public boolean can(Capability capability) {
        return capabilities.contains(capability);
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

    @Override
    public String toString() {
        return "ModelInfo[" + id + ", " + tier + "]";
    }

    /** Builds a {@link ModelInfo}. Not safe for use by several threads. */
    public static final class Builder {
        private final String id;
        private List<String> aliases = List.of();
        private Set<Capability> capabilities = Set.of();
        private Tier tier = Tier.BALANCED;
        private int contextWindow = 128_000;
        private int maxOutputTokens = 16_384;
        private int defaultOutputTokens = 8_192;
        private LivenessLimits limits = LivenessLimits.plain();

        private Builder(String id) {
            if (Objects.requireNonNull(id, "id").isBlank()) {
                throw new IllegalArgumentException("a model's id must not be blank");
            }
            this.id = id;
        }

        /**
         * Sets other names that it answers to.
         *
         * @param names the names
         * @return this builder
         */
        public Builder aliases(String... names) {
            this.aliases = List.of(names);
            return this;
        }

        /**
         * Sets what it can do; one that thinks also gets the limits of thinking models.
         *
         * @param all what it can do
         * @return this builder
         */
        public Builder capabilities(Capability... all) {
            this.capabilities = Set.of(all);
            if (capabilities.contains(Capability.THINKING)) {
                limits = LivenessLimits.thinking();
            }
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
         * Sets the limits of one attempt; {@link LivenessLimits#plain()} by default.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder limits(LivenessLimits value) {
            this.limits = Objects.requireNonNull(value, "limits");
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
