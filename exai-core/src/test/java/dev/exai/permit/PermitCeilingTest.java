package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I1, I3: a provider's refusals lower its limit, and quiet raises it again")
class PermitCeilingTest {
    private static final ProviderId GLM = ProviderId.of("glm");

    private Desk desk = Desk.of(Desk.limits().provider("glm", 10).ceilingProbe(Duration.ofSeconds(20)));

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    private int limit() {
        return desk.pool.snapshot().provider(GLM).orElseThrow().limit();
    }

    private List<Asker> ask(int count) {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            askers.add(desk.ask("s" + i, "glm"));
        }
        return askers;
    }

    private static void refused(Asker asker) {
        asker.granted.get(0).reportCongestion();
        asker.close();
    }

    @Test
    void refusal_once_cutsToSevenTenthsOfWhatIsInFlight() {
        List<Asker> askers = ask(10);

        refused(askers.get(9));

        assertThat(limit()).isEqualTo(7);
        assertThat(desk.pool.snapshot().provider(GLM).orElseThrow().configured())
                .isEqualTo(10);
        assertThat(desk.eventKinds()).contains("ProviderAdapted");
    }

    @Test // an account that allows 2 is found in one step, though 10 are configured
    void refusal_fewInFlight_cutsBelowThem() {
        refused(ask(3).get(2));

        assertThat(limit()).isEqualTo(2);
    }

    @Test // a burst of refusals is one piece of news
    void refusals_ofPermitsOutAtTheSameTime_countOnce() {
        ask(10).forEach(PermitCeilingTest::refused);

        assertThat(limit()).isEqualTo(7);
    }

    @Test
    void refusals_oneAfterTheOther_stopAtTheFloor() {
        desk = Desk.of(Desk.limits().provider("glm", 10).ceilingFloor(3));
        for (int i = 0; i < 10; i++) {
            refused(ask(1).get(0));
        }
        assertThat(limit()).isEqualTo(3);
    }

    @Test
    void refusals_floorAboveTheLimit_leaveTheLimit() {
        desk = Desk.of(Desk.limits().provider("glm", 2).ceilingFloor(5));
        refused(ask(2).get(1));

        assertThat(limit()).isEqualTo(2);
    }

    @Test
    void cut_whileMoreAreOut_grantsNothingUntilEnoughAreBack() {
        List<Asker> askers = ask(10);
        Asker waiter = desk.ask("w", "glm");
        refused(askers.get(9));

        askers.subList(0, 2).forEach(Asker::close);
        assertThat(waiter.waits()).isTrue();
        askers.get(2).close();
        assertThat(waiter.holds()).isTrue();
    }

    @Test // I3: growth wakes who waits, without a release
    void quiet_raisesByOneEachWhileAndGrants() {
        List<Asker> askers = ask(3);
        askers.get(0).granted.get(0).reportCongestion();
        Asker waiter = desk.ask("w", "glm");
        assertThat(limit()).isEqualTo(2);

        desk.clock.advance(Duration.ofSeconds(20));
        assertThat(limit()).isEqualTo(3);
        assertThat(waiter.waits()).isTrue();
        desk.clock.advance(Duration.ofSeconds(20));
        assertThat(waiter.holds()).isTrue();
        desk.clock.advance(Duration.ofSeconds(600));
        assertThat(limit()).isEqualTo(10);
    }

    @Test // a raise that is refused at once is not tried again at once
    void raise_refused_doublesTheWhile() {
        List<Asker> askers = ask(2);
        refused(askers.get(0));
        askers.get(1).close();
        assertThat(limit()).isEqualTo(1);
        desk.clock.advance(Duration.ofSeconds(20));
        assertThat(limit()).isEqualTo(2);

        List<Asker> more = ask(2);
        refused(more.get(1));
        assertThat(limit()).isEqualTo(1);

        desk.clock.advance(Duration.ofSeconds(39));
        assertThat(limit()).isEqualTo(1);
        desk.clock.advance(Duration.ofSeconds(1));
        assertThat(limit()).isEqualTo(2);
    }

    @Test // other limits change nothing of what was found
    void resize_limitRaised_ceilingStays() {
        refused(ask(3).get(2));

        desk.pool.resize(desk.pool.limits().toBuilder().provider("glm", 50).build());

        assertThat(limit()).isEqualTo(2);
    }

    @Test
    void model_hasALimit_isWhatIsCut() {
        desk = Desk.of(Desk.limits().model("glm", "plus", 4));
        Asker asker = desk.askModel("a", "glm", "plus");
        desk.askModel("a", "glm", "plus");

        asker.granted.get(0).reportCongestion();

        assertThat(desk.pool.snapshot().model(GLM, "plus").orElseThrow().limit())
                .isEqualTo(1);
        assertThat(limit()).isEqualTo(100);
    }

    @Test
    void report_afterClose_changesNothing() {
        Asker asker = ask(1).get(0);
        asker.close();

        asker.granted.get(0).reportCongestion();

        assertThat(limit()).isEqualTo(10);
    }
}
