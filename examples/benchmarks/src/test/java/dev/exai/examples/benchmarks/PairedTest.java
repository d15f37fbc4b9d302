package dev.exai.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedTest {
    private final List<String> order = new ArrayList<>();

    /** Takes so many nanoseconds for an operation, window by window. */
    private Side side(String name, long... nanos) {
        return new Side() {
            private int window;

            @Override
            public Sample work(long length) {
                order.add(name);
                return new Sample(nanos[window++ % nanos.length] * 10, 10);
            }
        };
    }

    @Test
    void compare_windows_takesTheRatioOfNeighboursNotOfMedians() throws Exception {
        // a machine that gets slower: each candidate costs twice its neighbour
        Side reference = side("r", 10, 20, 30, 40, 50);
        Side candidate = side("c", 20, 40, 60, 80, 100);

        Paired.Result result = Paired.compare(reference, candidate, new Paired.Turns(0, 5, 1, Long.MAX_VALUE));

        assertThat(result.ratio()).isEqualTo(new Spread(2, 2, 2, 5));
        assertThat(result.reference()).isEqualTo(new Spread(20, 30, 40, 5));
        assertThat(result.candidate()).isEqualTo(new Spread(40, 60, 80, 5));
    }

    @Test
    void compare_pairs_takeTurnsInGoingFirst() throws Exception {
        Paired.compare(side("r", 1), side("c", 1), new Paired.Turns(0, 4, 1, Long.MAX_VALUE));

        assertThat(order).containsExactly("r", "c", "c", "r", "r", "c", "c", "r");
    }

    @Test
    void compare_warmup_isNotCounted() throws Exception {
        Side reference = side("r", 1_000, 10);
        Side candidate = side("c", 1, 30);

        Paired.Result result = Paired.compare(reference, candidate, new Paired.Turns(1, 1, 1, Long.MAX_VALUE));

        assertThat(result.ratio()).isEqualTo(new Spread(3, 3, 3, 1));
    }

    @Test
    void compare_noTimeLeft_makesTheLeastPairs() throws Exception {
        Paired.Result result = Paired.compare(side("r", 1), side("c", 1), new Paired.Turns(0, 1_000, 1, 0));

        assertThat(result.ratio().count()).isEqualTo(Paired.LEAST_PAIRS);
    }
}
