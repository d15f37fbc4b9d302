package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I3: whatever it is that makes room, those who wait go at once")
class PermitWakingTest {
    private Desk desk = Desk.glm(1);

    @AfterEach
    void nothingWaitsThatCouldBeGranted() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    @Test // the head is passed by nobody while it lacks tokens: so when it leaves, somebody must be woken
    void cancel_headThatLacksTokens_letsTheNextGo() {
        desk = Desk.of(Desk.limits()
                .rate("glm", RateBudget.builder().tokensPerMinute(100).build()));
        desk.askTokens("a", "glm", 70);
        Asker much = desk.askTokens("b", "glm", 60);
        Asker little = desk.askTokens("c", "glm", 10);
        assertThat(little.waits()).isTrue();

        much.request.cancel();

        assertThat(little.holds()).isTrue();
    }

    @Test
    void timeout_ofAHeadThatLacksTokens_letsTheNextGo() {
        desk = Desk.of(Desk.limits()
                .rate("glm", RateBudget.builder().tokensPerMinute(100).build()));
        desk.askTokens("a", "glm", 70);
        desk.clock.advance(Duration.ofSeconds(1));
        Asker much = desk.askTokens("b", "glm", 60, Duration.ofSeconds(5));
        Asker little = desk.askTokens("c", "glm", 10);

        desk.clock.advance(Duration.ofSeconds(5));

        assertThat(much.failed).hasSize(1);
        assertThat(little.holds()).isTrue();
    }

    @Test // a session that only waits is there too; when it gives up, nothing is kept for it
    void cancel_onlyRequestOfAnotherSession_freesTheUnitThatWasKeptForIt() {
        desk = Desk.of(Desk.limits().provider("glm", 2).provider("kimi", 1).newcomerUnit(true));
        Asker ofKimi = desk.ask("a", "kimi");
        Asker other = desk.ask("b", "kimi");
        desk.ask("a", "glm");
        Asker second = desk.ask("a", "glm");
        assertThat(List.of(ofKimi.holds(), other.waits(), second.waits())).containsOnly(true);

        other.request.cancel();

        assertThat(second.holds()).isTrue();
    }

    @Test
    void resize_byTwo_grantsTwo() {
        desk.ask("a", "glm");
        List<Asker> waiters = List.of(desk.ask("b", "glm"), desk.ask("c", "glm"), desk.ask("d", "glm"));

        desk.pool.resize(desk.pool.limits().toBuilder().provider("glm", 3).build());

        assertThat(waiters).extracting(Asker::holds).containsExactly(true, true, false);
    }

    @Test
    void resume_threeUnitsFree_grantsThree() {
        desk = Desk.glm(3);
        desk.pool.pause(Desk.path("a", "glm").provider(), Duration.ofHours(1));
        List<Asker> waiters = List.of(desk.ask("b", "glm"), desk.ask("c", "glm"), desk.ask("d", "glm"));

        desk.pool.resume(Desk.path("a", "glm").provider());

        assertThat(waiters).allMatch(Asker::holds);
    }
}
