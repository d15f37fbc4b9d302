package dev.exai.providers.kimi;

import static dev.exai.spi.ModelInfo.Capability.FUNCTIONS;
import static dev.exai.spi.ModelInfo.Capability.THINKING;
import static dev.exai.spi.ModelInfo.Capability.VISION;
import static dev.exai.spi.ModelInfo.Tier.BALANCED;
import static dev.exai.spi.ModelInfo.Tier.BEST;
import static dev.exai.spi.ModelInfo.Tier.FAST;

import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Tier;
import java.util.List;

/** The models of Kimi, and what of a request each family understands. */
final class KimiModels {
    /** In order of preference: a good general model of moderate price first. State of October 2026. */
    static final List<ModelInfo> ALL = List.of(
            model("kimi-k2.6", BALANCED, 262_144, 262_144),
            model("kimi-k2.7-code", BALANCED, 262_144, 262_144),
            model("kimi-k2.7-code-highspeed", FAST, 262_144, 262_144),
            model("kimi-k3.1-pro", BEST, 1_048_576, 1_048_576),
            model("kimi-k3", BEST, 1_048_576, 1_048_576),
            model("kimi-k3.1-pro-highspeed", FAST, 1_048_576, 1_048_576));

    private KimiModels() {}

    /** Whether and how a model can be told to think. */
    enum Thinking {
        /** It does not think. */
        NEVER,
        /** It thinks and cannot be told not to. */
        ALWAYS,
        /** It thinks unless told not to. */
        SWITCHED
    }

    static Thinking thinking(String id) {
        if (id.startsWith("kimi-k2.5") || id.startsWith("kimi-k2.6")) {
            return Thinking.SWITCHED;
        }
        return id.startsWith("kimi-k3") || id.startsWith("kimi-k2.7") || id.startsWith("kimi-k2-thinking")
                ? Thinking.ALWAYS
                : Thinking.NEVER;
    }

    /** {@return whether a model takes sampling fields} The others answer any value but their own with an error. */
    static boolean takesSampling(String id) {
        return id.startsWith("moonshot-v1");
    }

    /** {@return the temperature that a model has, whatever it is told} */
    static double temperature(String id, boolean thinks) {
        return !thinks && thinking(id) == Thinking.SWITCHED ? 0.6 : 1.0;
    }

    /** {@return whether a model has steps of reasoning effort} Those that have can also be made to ask for functions. */
    static boolean hasEffort(String id) {
        return id.startsWith("kimi-k3");
    }

    /** {@return whether a model that can be told to think can be told to keep what it thought} */
    static boolean canKeepReasoning(String id) {
        return id.startsWith("kimi-k2.6");
    }

    private static ModelInfo model(String id, Tier tier, int contextWindow, int maxOutputTokens) {
        return ModelInfo.builder(id)
                .tier(tier)
                .contextWindow(contextWindow)
                .maxOutputTokens(maxOutputTokens)
                .capabilities(FUNCTIONS, THINKING, VISION)
                .build();
    }
}
