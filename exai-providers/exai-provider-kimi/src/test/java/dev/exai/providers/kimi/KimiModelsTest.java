package dev.exai.providers.kimi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Fact;
import dev.exai.spi.ThinkingRules.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the resource of models says, and that the wire code agrees with it. */
class KimiModelsTest {
    @Test
    void all_thinkingAndSampling_areAsTheWireCodeHasThem() {
        assertThat(KimiModels.ALL).allSatisfy(model -> {
            assertThat(KimiModels.thinking(model.id()).name())
                    .isEqualTo(model.thinking().mode().name());
            assertThat(KimiModels.takesSampling(model.id()))
                    .isEqualTo(model.sampling().isAdjustable());
        });
    }

    @Test
    void all_retired_haveASuccessorThatIsOffered() {
        List<ModelInfo> retired = KimiModels.ALL.stream()
                .filter(model -> model.status().isRetired())
                .toList();

        assertThat(retired).hasSize(13).allSatisfy(model -> {
            String successor = model.status().successor().orElseThrow();
            assertThat(KimiModels.ALL)
                    .anyMatch(other ->
                            other.id().equals(successor) && !other.status().isRetired());
            assertThat(model.status().since().isPresent())
                    .as("without a day it is not certain: %s", model)
                    .isNotEqualTo(model.uncertain().contains(Fact.STATUS));
        });
    }

    @Test
    void all_offered_haveWhatTheReferenceSays() {
        assertThat(KimiModels.ALL.stream().filter(model -> !model.status().isRetired()))
                .hasSize(6)
                .allSatisfy(model -> {
                    assertThat(model.capabilities())
                            .containsExactlyInAnyOrder(
                                    Capability.FUNCTIONS,
                                    Capability.WEB_SEARCH,
                                    Capability.VISION,
                                    Capability.THINKING,
                                    Capability.STRUCTURED_OUTPUT);
                    assertThat(model.thinking().mode()).isNotEqualTo(Mode.NEVER);
                    assertThat(model.price()).isPresent();
                });
    }
}
