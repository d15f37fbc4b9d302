package dev.exai.providers.glm;

import dev.exai.json.ModelsJson;
import dev.exai.spi.ModelInfo;
import java.util.List;

/** The models of GLM, and what of a request each family understands. */
final class GlmModels {
    /** In order of preference: a good general model of moderate price first. */
    static final List<ModelInfo> ALL = ModelsJson.ofResource(GlmModels.class.getResourceAsStream("glm-models.json"));

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
}
