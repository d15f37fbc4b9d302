package dev.exai.providers.kimi;

import dev.exai.json.ModelsJson;
import dev.exai.spi.ModelInfo;
import java.util.List;

/** The models of Kimi, and what of a request each family understands. */
final class KimiModels {
    /** In order of preference: a good general model of moderate price first. */
    static final List<ModelInfo> ALL = ModelsJson.ofResource(KimiModels.class.getResourceAsStream("kimi-models.json"));

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
}
