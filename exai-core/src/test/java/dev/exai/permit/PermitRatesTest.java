package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.PermitTimeoutException;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I1, I3: budgets of requests and tokens are taken with the grant, exactly")
class PermitRatesTest {
    private static final RateBudget TWO_A_MINUTE =
            RateBudget.builder().requestsPerMinute(2).build();

    private Desk desk;

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    private static Desk glm(RateBudget budget) {
        return Desk.of(Desk.limits().rate("glm", budget));
    }

    private static Desk tokens(long perMinute, RateBudget.Charge charge) {
        return glm(
                RateBudget.builder().tokensPerMinute(perMinute).charge(charge).build());
    }

    private void pass(long seconds) {
        desk.clock.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void requests_budgetSpent_waitUntilItsWindowHasPassed() {
        desk = glm(TWO_A_MINUTE);
        desk.ask("a", "glm").close();
        pass(10);
        desk.ask("b", "glm").close();
        Asker third = desk.ask("c", "glm");
        Asker fourth = desk.ask("d", "glm");

        assertThat(desk.ask("c", "kimi").holds()).isTrue();
        pass(49);
        assertThat(third.waits()).isTrue();
        pass(1);
        assertThat(third.holds()).isTrue();
        pass(9);
        assertThat(fourth.waits()).isTrue();
        pass(1);
        assertThat(fourth.holds()).isTrue();
    }

    @Test // a waiter that gives up has cost nothing; Bucket4j and its like have charged it already
    void requests_waiterGivesUp_costsNothing() {
        desk = glm(TWO_A_MINUTE);
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        Asker gaveUp = desk.ask("b", "glm");
        Asker next = desk.ask("c", "glm");
        gaveUp.request.cancel();

        pass(60);

        assertThat(next.holds()).isTrue();
        assertThat(desk.ask("d", "glm").holds()).isTrue();
        assertThat(desk.ask("e", "glm").waits()).isTrue();
    }

    @Test
    void requests_severalWindows_eachIsKept() {
        desk = glm(RateBudget.builder()
                .requestsPerMinute(2)
                .requests(3, Duration.ofMinutes(10))
                .build());
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        Asker third = desk.ask("a", "glm");
        Asker fourth = desk.ask("a", "glm");

        pass(60);
        assertThat(third.holds()).isTrue();
        pass(539);
        assertThat(fourth.waits()).isTrue();
        pass(1);
        assertThat(fourth.holds()).isTrue();
    }

    @Test // who asks for much is not starved by those who ask for little
    void tokens_tooFewForWhoseTurnItIs_nobodyPassesIt() {
        desk = tokens(100, RateBudget.Charge.RESERVED);
        desk.askTokens("a", "glm", 70);
        pass(30);
        Asker much = desk.askTokens("b", "glm", 60);
        Asker little = desk.askTokens("c", "glm", 10);

        assertThat(much.waits()).isTrue();
        assertThat(little.waits()).isTrue();
        pass(30);
        assertThat(much.holds()).isTrue();
        assertThat(little.holds()).isTrue();
    }

    @Test // the estimate may be too high: the provider is to say no, not we
    void tokens_moreThanTheBudgetHas_takesAllOfIt() {
        desk = tokens(100, RateBudget.Charge.RESERVED);

        assertThat(desk.askTokens("a", "glm", 5_000_000_000L).holds()).isTrue();
        Asker next = desk.askTokens("b", "glm", 1);

        pass(59);
        assertThat(next.waits()).isTrue();
        pass(1);
        assertThat(next.holds()).isTrue();
    }

    @Test
    void settle_chargedAsActual_restIsFreeAtOnce() {
        desk = tokens(100, RateBudget.Charge.ACTUAL);
        Asker first = desk.askTokens("a", "glm", 100);
        Asker second = desk.askTokens("b", "glm", 60);

        first.granted.get(0).settle(40);
        first.granted.get(0).settle(0); // only the first counts

        assertThat(second.holds()).isTrue();
        assertThat(desk.askTokens("c", "glm", 1).waits()).isTrue();
    }

    @Test
    void settle_moreThanAsked_isOwed() {
        desk = tokens(100, RateBudget.Charge.ACTUAL);
        Asker first = desk.askTokens("a", "glm", 10);
        first.granted.get(0).settle(120);
        first.close();
        Asker next = desk.askTokens("b", "glm", 1);

        assertThat(next.waits()).isTrue();
        pass(60);
        assertThat(next.holds()).isTrue();
    }

    @Test
    void settle_chargedAsReserved_changesNothing() {
        desk = tokens(100, RateBudget.Charge.RESERVED);
        desk.askTokens("a", "glm", 100).granted.get(0).settle(1);

        assertThat(desk.askTokens("b", "glm", 1).waits()).isTrue();
    }

    @Test // a grant that its owner never heard of is refunded
    void grant_cancelledBeforeItIsDelivered_isRefunded() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        desk = Desk.of(Desk.limits().rate("glm", TWO_A_MINUTE), builder -> builder.executor(tasks::add));
        for (int i = 0; i < 10; i++) {
            Asker asker = desk.ask("a", "glm");
            assertThat(asker.holds()).isTrue();
            asker.request.cancel();
            tasks.forEach(Runnable::run);
            tasks.clear();
            assertThat(asker.granted).isEmpty();
        }
    }

    @Test
    void grant_deliveredAndClosed_isSpent() {
        desk = glm(TWO_A_MINUTE);
        desk.ask("a", "glm").close();
        Optional<Permit> second = desk.pool.tryAcquire(Desk.path("a", "glm"), desk.context("a"));
        second.orElseThrow().close();

        assertThat(desk.pool.tryAcquire(Desk.path("a", "glm"), desk.context("a")))
                .isEmpty();
    }

    @Test
    void wait_deadlinePassesBeforeTheWindow_errorSaysWhy() {
        desk = glm(TWO_A_MINUTE);
        desk.ask("a", "glm").close();
        desk.ask("a", "glm").close();
        Asker waiter = desk.ask("b", "glm", Duration.ofSeconds(5));

        pass(5);

        assertThat(waiter.failed).singleElement().isInstanceOf(PermitTimeoutException.class);
        assertThat(waiter.failed.get(0)).hasMessageContaining("rate budget");
    }

    @Test
    void resize_otherBudget_keepsWhatWasTakenFromWindowsThatStay() {
        desk = glm(TWO_A_MINUTE);
        desk.ask("a", "glm").close();
        desk.ask("a", "glm").close();
        Asker waiter = desk.ask("b", "glm");

        desk.pool.resize(desk.pool.limits().toBuilder()
                .rate("glm", RateBudget.builder().requestsPerMinute(3).build())
                .build());

        assertThat(waiter.holds()).isTrue();
        assertThat(desk.ask("c", "glm").waits()).isTrue();
    }

    @Test // it took 50 where it asked for 100, and 50 were all there was
    void resize_moreTokensBeforeItSettles_givesBackNoMoreThanItTook() {
        desk = tokens(50, RateBudget.Charge.ACTUAL);
        Asker first = desk.askTokens("a", "glm", 100);
        desk.pool.resize(desk.pool.limits().toBuilder()
                .rate(
                        "glm",
                        RateBudget.builder()
                                .tokensPerMinute(200)
                                .charge(RateBudget.Charge.ACTUAL)
                                .build())
                .build());
        Asker second = desk.askTokens("b", "glm", 150);

        first.granted.get(0).settle(30);

        assertThat(second.holds()).isTrue();
        assertThat(desk.askTokens("c", "glm", 21).waits())
                .as("30 and 150 of 200 are taken")
                .isTrue();
        assertThat(desk.askTokens("d", "kimi", 1).holds()).isTrue();
    }

    @Test
    void timeout_tooFewTokens_saysSo() {
        desk = tokens(100, RateBudget.Charge.RESERVED);
        desk.askTokens("a", "glm", 60);
        Asker waiter = desk.askTokens("b", "glm", 50, Duration.ofSeconds(20));

        pass(20);

        assertThat(waiter.failed.get(0)).hasMessageContaining("its rate budget has too few tokens left");
    }

    @Test // a window's log stays short, and never lets more in than it allows
    void window_longUse_neverMoreThanTheLimitInAnySpan() {
        desk = glm(TWO_A_MINUTE);
        RateWindow window = new RateWindow(RateBudget.builder()
                .requests(50, Duration.ofSeconds(60))
                .build()
                .windows()
                .get(0));
        Random random = new Random(7);
        List<Long> taken = new ArrayList<>();
        long now = Long.MAX_VALUE - 1_000_000_000L; // it wraps around
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(900_000_000);
            if (window.room(now) >= 1) {
                window.take(1, now);
                taken.add(now);
            }
            if (random.nextInt(50) == 0) {
                now += 30_000_000_000L;
            }
        }
        assertThat(taken).hasSizeGreaterThan(5_000);
        for (int i = 50; i < taken.size(); i++) {
            assertThat(taken.get(i) - taken.get(i - 50)).isGreaterThanOrEqualTo(60_000_000_000L);
        }
        assertThat(window.used()).isEqualTo(window.recount());
    }
}
