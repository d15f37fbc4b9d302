package dev.exai.providers.glm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.SamplingRules;
import dev.exai.spi.ThinkingRules.Mode;
import org.junit.jupiter.api.Test;

/** What the resource of models says, and that the wire code agrees with it. */
class GlmModelsTest {
    @Test
    void all_thinking_isAsTheWireCodeHasIt() {
        assertThat(GlmModels.ALL).allSatisfy(model -> {
            Mode mode = model.thinking().mode();
            assertThat(GlmModels.hasThinkingSwitch(model.id(), true)).isEqualTo(mode != Mode.NEVER);
            assertThat(GlmModels.hasThinkingSwitch(model.id(), false)).isEqualTo(mode == Mode.SWITCHED);
        });
    }

    @Test
    void all_facts_areThere() {
        assertThat(GlmModels.ALL).hasSize(21).allSatisfy(model -> {
            assertThat(model.sampling()).isEqualTo(SamplingRules.within(1, 0.01));
            assertThat(model.can(Capability.FUNCTIONS)).isTrue();
            assertThat(model.can(Capability.WEB_SEARCH))
                    .as("vision models take functions only: %s", model)
                    .isNotEqualTo(model.can(Capability.VISION));
            assertThat(model.price()).isPresent();
            assertThat(model.family()).startsWith("glm-");
        });
        ModelInfo first = GlmModels.ALL.get(0);
        assertThat(first.price().orElseThrow().toString())
                .isEqualTo("$0.6 in ($0.11 cached), $2.2 out a million tokens, 2026-10-01");
    }
}
