package dev.exai.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.FakeScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private final FakeScheduler clock = new FakeScheduler();
    private final RetryBudget budget = new RetryBudget(clock, Resilience.defaults());

    private int takeAll() {
        int taken = 0;
        while (budget.take()) {
            taken++;
        }
        return taken;
    }

    @Test
    void take_noCalls_aFewInAnyCase() {
        assertThat(takeAll()).isEqualTo(10);
        assertThat(budget.has()).isFalse();
        clock.advance(Duration.ofSeconds(66));
        assertThat(takeAll()).as("a minute later").isEqualTo(10);
    }

    @Test
    void take_manyCalls_aFifthOfThem() {
        for (int i = 0; i < 1_000; i++) {
            budget.called();
        }
        assertThat(budget.remaining()).isEqualTo(210);
        assertThat(takeAll()).isEqualTo(210);
    }

    @Test
    void called_aMinuteAgo_creditHasExpired() {
        for (int i = 0; i < 1_000; i++) {
            budget.called();
        }
        clock.advance(Duration.ofSeconds(66));

        assertThat(takeAll()).isEqualTo(10);
    }
}
