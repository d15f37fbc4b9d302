package dev.exai.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.examples.benchmarks.Figure.Bound;
import org.junit.jupiter.api.Test;

class FigureTest {
    private static final double NONE = Double.NaN;

    private static Figure ratio(double median) {
        return Figure.of("this", "that", "ns", 100, 100 * median, new Spread(median, median, median, 30));
    }

    @Test
    void met_ratio_namesTheTighterBoundThatIsKept() {
        assertThat(ratio(1.5).within(Bound.RATIO, 3, 1.5).met()).isEqualTo("goal");
        assertThat(ratio(1.51).within(Bound.RATIO, 3, 1.5).met()).isEqualTo("must");
        assertThat(ratio(3.01).within(Bound.RATIO, 3, 1.5).met()).isEqualTo("**no**");
    }

    @Test
    void met_cost_looksAtOursAlone() {
        assertThat(Figure.alone("this", "B", 112).within(Bound.COST, 112, 72).met())
                .isEqualTo("must");
        assertThat(Figure.alone("this", "B", 113).within(Bound.COST, 112, 72).met())
                .isEqualTo("**no**");
    }

    @Test
    void met_more_looksAtTheDifference() {
        assertThat(ratio(11).within(Bound.MORE, 1_000, NONE).met()).isEqualTo("must");
        assertThat(ratio(11.1).within(Bound.MORE, 1_000, NONE).met()).isEqualTo("**no**");
    }

    @Test
    void met_onlyReported_saysNothing() {
        assertThat(ratio(2).met()).isEmpty();
        assertThat(ratio(2).within(Bound.RATIO, NONE, 1).met()).isEqualTo("not the goal");
        assertThat(Figure.absent("this", "that").within(Bound.RATIO, 1, 1).met())
                .isEmpty();
    }

    @Test
    void row_figure_isARowOfTheTable() {
        Figure figure = Figure.of("this", "that", "ns", 33.04, 4_000, new Spread(1.1, 1.234, 1.3, 36));

        assertThat(figure.within(Bound.RATIO, 3, 1.5).row())
                .isEqualTo("| this | that | 1.23 (1.10..1.30; 36) | 33.0 ns | 4,000 ns | <= 3.0 | <= 1.5 | goal |");
        assertThat(Figure.absent("this", "that").row()).isEqualTo("| this | that | - | - | - | report | | |");
    }

    @Test
    void fromLine_toLine_isTheSame() {
        Figure figure = ratio(1.25).within(Bound.MORE, 3, NONE);

        assertThat(Figure.fromLine(figure.toLine())).isEqualTo(figure);
        assertThat(Figure.fromLine(Figure.absent("this", "that").toLine())).isEqualTo(Figure.absent("this", "that"));
    }
}
