package dev.exai.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void of_oddCount_takesTheValueInTheMiddle() {
        assertThat(Spread.of(5, 1, 4, 2, 3)).isEqualTo(new Spread(2, 3, 4, 5));
    }

    @Test
    void of_evenCount_goesStraightBetweenTwo() {
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(1.75, 2.5, 3.25, 4));
    }

    @Test
    void of_oneValue_isThatValue() {
        assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7, 1));
    }

    @Test
    void of_anOutlier_movesNothing() {
        assertThat(Spread.of(1, 1, 1, 1, 1_000_000)).isEqualTo(new Spread(1, 1, 1, 5));
    }

    @Test
    void of_noValues_refuses() {
        assertThatIllegalArgumentException().isThrownBy(Spread::of);
    }

    @Test
    void of_values_leavesTheArrayAsItWas() {
        double[] values = {3, 1, 2};

        Spread.of(values);

        assertThat(values).containsExactly(3, 1, 2);
    }
}
