package dev.exai.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.FakeScheduler;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("R1: retries have a budget")
class RetryBudgetProperties {
    @Property(tries = 100)
    @Label("R1: over any run, retries are at most a fifth of the calls and ten a minute")
    void take_anyRun_withinTheShare(@ForAll long seed) {
        FakeScheduler clock = new FakeScheduler();
        RetryBudget budget = new RetryBudget(clock, Resilience.defaults());
        Random random = new Random(seed);
        int calls = 0;
        int retries = 0;
        long millis = 0;
        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(10) < 4) {
                budget.called();
                calls++;
            } else if (budget.take()) {
                retries++;
            }
            int step = random.nextInt(300);
            clock.advance(Duration.ofMillis(step));
            millis += step;
        }
        double minutes = millis / 60_000.0;
        // a credit that is as good as expired may count once more in the window that begins
        assertThat(retries).isLessThanOrEqualTo((int) (0.2 * calls + 10 * (minutes * 1.2 + 1)));
    }
}
