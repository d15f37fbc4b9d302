package dev.exai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolProgressTest {
    @Test
    void of_noteAndFraction_areShown() {
        assertThat(ToolProgress.of("reads")).hasToString("reads");
        assertThat(ToolProgress.of("reads").fraction()).isEmpty();
        assertThat(ToolProgress.of(0.25, "reads")).hasToString("25 % reads");
        assertThat(ToolProgress.of(1, "")).hasToString("100 %");
        assertThat(ToolProgress.of(0, "").fraction()).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void of_noFraction_isRefused(double fraction) {
        assertThatThrownBy(() -> ToolProgress.of(fraction, "reads"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to 1");
    }
}
