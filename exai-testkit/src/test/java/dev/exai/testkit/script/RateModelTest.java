package dev.exai.testkit.script;

import static dev.exai.testkit.script.RateModel.Limit.CONCURRENCY;
import static dev.exai.testkit.script.RateModel.Limit.REQUESTS;
import static dev.exai.testkit.script.RateModel.Limit.TOKENS;
import static dev.exai.testkit.script.RateModel.Limit.TOKENS_OF_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.time.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateModelTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualScheduler clock = ManualScheduler.startingAt(Long.MAX_VALUE - 5); // wraps at once

    @Test
    void glm_inFlight_isCountedForEachModel() {
        RateGate gate = RateModel.glm(2).inFlightOf("glm-small", 1).gate(clock::nanoTime);

        RateGate.Answer first = gate.ask("glm-5", 1, 0);
        assertThat(gate.ask("glm-5", 1, 0).refusedBy()).isEmpty();
        RateGate.Answer third = gate.ask("glm-5", 1, 0);
        assertThat(third.refusedBy()).contains(CONCURRENCY);
        assertThat(third.most()).isEqualTo(2);
        assertThat(third.retryAfter()).isEmpty();
        assertThat(gate.ask("glm-small", 1, 0).refusedBy()).isEmpty();
        assertThat(gate.ask("glm-small", 1, 0).refusedBy()).contains(CONCURRENCY);

        third.release();
        assertThat(gate.ask("glm-5", 1, 0).refusedBy()).contains(CONCURRENCY);
        first.release();
        first.release();
        assertThat(gate.ask("glm-5", 1, 0).refusedBy()).isEmpty();
        assertThat(gate.ask("glm-5", 1, 0).refusedBy()).contains(CONCURRENCY);
    }

    @Test
    void glm_manyShortRequests_areNeverTooManyInAMinute() {
        RateGate gate = RateModel.glm(1).gate(clock::nanoTime);

        for (int i = 0; i < 10_000; i++) {
            RateGate.Answer answer = gate.ask("m", 1_000_000, 1_000_000);
            assertThat(answer.refusedBy()).isEmpty();
            answer.release();
        }
    }

    @Test
    void kimi_inFlight_isCountedOverAllModels() {
        RateGate gate = RateModel.kimi(1, 100, 1_000_000).gate(clock::nanoTime);

        gate.ask("a", 1, 1);

        RateGate.Answer second = gate.ask("b", 1, 1);
        assertThat(second.refusedBy()).contains(CONCURRENCY);
        assertThat(second.retryAfter()).contains(SECOND);
    }

    @Test
    void requests_minuteIsFull_admitsTheNextWhenTheOldestIsAMinuteOld() {
        RateGate gate = RateModel.kimi(9, 3, 1_000_000).gate(clock::nanoTime);
        for (int i = 0; i < 3; i++) {
            gate.ask("m", 1, 1).release();
            clock.advance(SECOND);
        }

        assertThat(gate.ask("m", 1, 1).refusedBy()).contains(REQUESTS);
        clock.advance(Duration.ofSeconds(57).minusNanos(1));
        assertThat(gate.ask("m", 1, 1).refusedBy()).contains(REQUESTS);
        clock.advance(Duration.ofNanos(1));
        assertThat(gate.ask("m", 1, 1).refusedBy()).isEmpty();
        assertThat(gate.ask("m", 1, 1).refusedBy()).contains(REQUESTS);
    }

    // The vendor reserves prompt and limit in full: fifteen requests without a limit fill the two millions of tier 1.
    @Test
    void tokens_requestsWithoutALimit_fillTierOneWithFifteen() {
        RateGate gate = RateModel.kimiTier(1).gate(clock::nanoTime);

        for (int i = 0; i < 15; i++) {
            RateGate.Answer answer = gate.ask("kimi-k3", 100, 0);
            assertThat(answer.refusedBy()).as("request %s", i + 1).isEmpty();
            answer.release(); // what was reserved stays charged, though next to nothing was used
        }
        RateGate.Answer next = gate.ask("kimi-k3", 100, 0);
        assertThat(next.refusedBy()).contains(TOKENS);
        assertThat(next.most()).isEqualTo(2_000_000);
        assertThat(gate.ask("kimi-k3", 100, 1_000).refusedBy()).isEmpty();
    }

    @Test
    void tokens_oneRequestAboveTheLimit_isNeverAdmitted() {
        RateGate gate = RateModel.kimi(1, 10, 1_000).gate(clock::nanoTime);

        assertThat(gate.ask("m", 1, 1_000).refusedBy()).contains(TOKENS);
        assertThat(gate.ask("m", 0, 1_000).refusedBy()).isEmpty();
    }

    @Test
    void tokensOfDay_usedUp_sayNothingOfWhenToComeBack() {
        RateGate gate = RateModel.kimiTier(0).gate(clock::nanoTime);
        for (int i = 0; i < 3; i++) {
            gate.ask("m", 0, 500_000).release();
            clock.advance(Duration.ofMinutes(1));
        }

        RateGate.Answer fourth = gate.ask("m", 0, 1);
        assertThat(fourth.refusedBy()).contains(TOKENS_OF_DAY);
        assertThat(fourth.retryAfter()).isEmpty();
        clock.advance(Duration.ofDays(1).minusMinutes(3));
        assertThat(gate.ask("m", 0, 500_000).refusedBy()).isEmpty();
    }

    @Test
    void refusals_counted_feedTheStorm() {
        RateModel model = RateModel.unlimited().requestsPerMinute(1);
        RateGate lenient = model.gate(clock::nanoTime);
        RateGate strict = model.countingRefusals().gate(clock::nanoTime);
        for (RateGate gate : new RateGate[] {lenient, strict}) {
            gate.ask("m", 1, 1).release();
        }
        clock.advance(Duration.ofSeconds(40));
        lenient.refused();
        strict.refused();
        clock.advance(Duration.ofSeconds(20));

        assertThat(lenient.ask("m", 1, 1).refusedBy()).isEmpty();
        assertThat(strict.ask("m", 1, 1).refusedBy()).contains(REQUESTS);
    }

    @Test
    void slotsLinger_afterTheEnd_stayTakenForAWhile() {
        RateGate gate = RateModel.glm(1).slotsLinger(SECOND).gate(clock::nanoTime);

        gate.ask("m", 1, 1).release();

        assertThat(gate.ask("m", 1, 1).refusedBy()).contains(CONCURRENCY);
        assertThat(gate.ask("other", 1, 1).refusedBy()).isEmpty();
        clock.advance(SECOND);
        assertThat(gate.ask("m", 1, 1).refusedBy()).isEmpty();
    }

    @Test
    void retryAfter_changed_isSaid() {
        RateModel model = RateModel.glm(1).retryAfter(Duration.ofSeconds(86_400));
        RateGate gate = model.gate(clock::nanoTime);
        gate.ask("m", 1, 1);

        assertThat(gate.ask("m", 1, 1).retryAfter()).contains(Duration.ofDays(1));
        assertThat(model.retryAfter(null).retryAfter()).isEmpty();
    }

    @Test
    void misuseAndTexts_areClear() {
        assertThat(RateModel.unlimited()).hasToString("RateModel[unlimited]");
        assertThat(RateModel.unlimited().isUnlimited()).isTrue();
        assertThat(RateModel.kimi(1, 3, 5))
                .hasToString("RateModel[1 in flight, 3 requests a minute, 5 tokens a minute]");
        assertThatThrownBy(() -> RateModel.glm(0)).hasMessageContaining("limit < 1: 0");
        assertThatThrownBy(() -> RateModel.kimiTier(6)).hasMessageContaining("6");
        assertThatThrownBy(() -> RateModel.glm(1).slotsLinger(SECOND.negated())).hasMessageContaining("negative");
    }
}
