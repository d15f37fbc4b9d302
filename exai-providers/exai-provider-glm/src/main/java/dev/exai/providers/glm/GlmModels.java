package dev.exai.providers.glm;

import static dev.exai.spi.ModelInfo.Capability.FUNCTIONS;
import static dev.exai.spi.ModelInfo.Capability.THINKING;
import static dev.exai.spi.ModelInfo.Capability.VISION;
import static dev.exai.spi.ModelInfo.Capability.WEB_SEARCH;
import static dev.exai.spi.ModelInfo.Tier.BALANCED;
import static dev.exai.spi.ModelInfo.Tier.BEST;
import static dev.exai.spi.ModelInfo.Tier.FAST;

import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Tier;
import java.util.List;

/** The models of GLM, and what of a request each family understands. */
final class GlmModels {
    /** In order of preference: a good general model of moderate price first. State of October 2026. */
    static final List<ModelInfo> ALL = List.of(
            model("glm-4.7", BALANCED, 204_800, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-5", BEST, 204_800, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-5.3", BEST, 1_048_576, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-5.2", BEST, 1_048_576, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-5.1", BEST, 200_000, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-5-turbo", BALANCED, 200_000, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-4.6", BALANCED, 204_800, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-4.7-flashx", FAST, 200_000, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-5.3-flash", FAST, 1_000_000, 131_072, FUNCTIONS, THINKING, VISION),
            model("glm-4.5-air", FAST, 131_072, 98_304, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-4.7-flash", FAST, 200_000, 131_072, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-4.6v", BALANCED, 131_072, 32_768, FUNCTIONS, THINKING, VISION),
            model("glm-5v-turbo", BALANCED, 200_000, 131_072, FUNCTIONS, THINKING, VISION),
            model("glm-4.6v-flash", FAST, 131_072, 32_768, FUNCTIONS, THINKING, VISION),
            model("glm-4.5", BALANCED, 131_072, 98_304, FUNCTIONS, THINKING, WEB_SEARCH),
            model("glm-4.5v", BALANCED, 65_536, 16_384, FUNCTIONS, THINKING, VISION),
            model("glm-4-32b-0414-128k", FAST, 131_072, 16_384, FUNCTIONS, WEB_SEARCH));

    private GlmModels() {}

    /** {@return whether this model can be told to think, or not to} The newest family always thinks; the oldest never. */
    static boolean hasThinkingSwitch(String id, boolean enabled) {
        if (id.startsWith("glm-5.3")) {
            return enabled;
        }
        return id.startsWith("glm-4.5")
                || id.startsWith("glm-4.6")
                || id.startsWith("glm-4.7")
                || id.startsWith("glm-5");
    }

    /** {@return whether this model sends the arguments of function calls in pieces if asked to} */
    static boolean streamsArguments(String id) {
        return id.startsWith("glm-4.6") || id.startsWith("glm-4.7") || id.startsWith("glm-5");
    }

    /** {@return the steps of reasoning effort that this model knows, the least first; none if it has none} */
    static List<String> efforts(String id) {
        if (id.startsWith("glm-5.3")) {
            return List.of("low", "high", "max");
        }
        return id.startsWith("glm-5.2") ? List.of("high", "max") : List.of();
    }

    private static ModelInfo model(
            String id, Tier tier, int contextWindow, int maxOutputTokens, Capability... capabilities) {
        return ModelInfo.builder(id)
                .tier(tier)
                .contextWindow(contextWindow)
                .maxOutputTokens(maxOutputTokens)
                .capabilities(capabilities)
                .build();
    }
}
