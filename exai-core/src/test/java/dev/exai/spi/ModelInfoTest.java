package dev.exai.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.message.Usage;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Modality;
import dev.exai.spi.ModelInfo.StructuredOutput;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelInfoTest {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 1);

    @Test
    void build_capabilities_exactFactsFollow() {
        ModelInfo model = ModelInfo.builder("m")
                .capabilities(Capability.VISION, Capability.THINKING, Capability.STRUCTURED_OUTPUT)
                .build();

        assertThat(model.modalities()).containsExactlyInAnyOrder(Modality.TEXT, Modality.IMAGE);
        assertThat(model.thinking().mode()).isEqualTo(ThinkingRules.Mode.SWITCHED);
        assertThat(model.structuredOutput()).isEqualTo(StructuredOutput.JSON_OBJECT);
        assertThat(model.limits()).isEqualTo(LivenessLimits.thinking());
    }

    @Test
    void build_exactFacts_capabilitiesFollow() {
        ModelInfo model = ModelInfo.builder("m")
                .capabilities(Capability.FUNCTIONS)
                .modalities(Modality.IMAGE, Modality.VIDEO)
                .thinking(ThinkingRules.of(ThinkingRules.Mode.ALWAYS, List.of("low", "max")))
                .structuredOutput(StructuredOutput.JSON_SCHEMA)
                .build();

        assertThat(model.capabilities())
                .containsExactlyInAnyOrder(
                        Capability.FUNCTIONS, Capability.VISION, Capability.THINKING, Capability.STRUCTURED_OUTPUT);
        assertThat(model.toBuilder().thinking(ThinkingRules.never()).build().can(Capability.THINKING))
                .isFalse();
        assertThat(model.toBuilder().modalities(Modality.VIDEO).build().can(Capability.VISION))
                .isFalse();
        assertThat(model.toBuilder().capabilities().build().modalities()).doesNotContain(Modality.IMAGE);
    }

    @Test
    void toBuilder_nothingSet_isTheSame() {
        ModelInfo model = ModelInfo.builder("m")
                .family("line")
                .aliases("a", "b")
                .capabilities(Capability.FUNCTIONS, Capability.THINKING)
                .sampling(SamplingRules.within(1, 0.01))
                .tier(ModelInfo.Tier.BEST)
                .contextWindow(7)
                .maxOutputTokens(6)
                .defaultOutputTokens(5)
                .limits(LivenessLimits.plain().withSilence(Duration.ofSeconds(3)))
                .tokensPerSecond(55)
                .typicalFirstEvent(Duration.ofSeconds(2))
                .price(TokenPrice.of(BigDecimal.ONE, BigDecimal.TEN, DAY))
                .status(ModelStatus.retired(DAY, "n"))
                .uncertain(ModelInfo.Fact.PRICE)
                .build();

        assertThat(model.toBuilder().build()).usingRecursiveComparison().isEqualTo(model);
        assertThat(ModelInfo.unknown("u").toBuilder().build().isKnown()).isFalse();
        assertThat(model.limits().silence()).as("limits that were set stay").isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void cost_cachedTokens_costLess() {
        TokenPrice price = TokenPrice.of(new BigDecimal("0.60"), new BigDecimal("0.11"), new BigDecimal("2.20"), DAY);

        assertThat(price.cost(Usage.of(1_000, 400, 100, 30)))
                .as("600 x 0.60 + 400 x 0.11 + 100 x 2.20 a million")
                .isEqualByComparingTo("0.000624");
        assertThat(price.cost(Usage.none())).isEqualByComparingTo("0");
    }

    @Test
    void setters_nonsense_isNamed() {
        ModelInfo.Builder builder = ModelInfo.builder("m");
        assertThatThrownBy(() -> builder.contextWindow(0)).hasMessage("contextWindow < 1: 0");
        assertThatThrownBy(() -> builder.tokensPerSecond(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> builder.aliases(" ")).hasMessageContaining("alias");
        assertThatThrownBy(() -> builder.typicalFirstEvent(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> SamplingRules.within(0, 0)).hasMessageContaining("maxTemperature");
        assertThatThrownBy(() -> TokenPrice.of(BigDecimal.ONE.negate(), BigDecimal.ONE, DAY))
                .hasMessageContaining("input price < 0");
        assertThatThrownBy(() -> ThinkingRules.of(ThinkingRules.Mode.NEVER, List.of("low")))
                .hasMessageContaining("low");
    }
}
