package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.PermitTimeoutException;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I1, I3, I4: a model as a level, and the cap of a session at a provider")
class PermitModelLevelTest {
    private static final ProviderId GLM = ProviderId.of("glm");

    private Desk desk = Desk.of(Desk.limits().model("glm", "plus", 1));

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    @Test
    void model_full_othersOfTheProviderGoOn() {
        Asker holder = desk.askModel("a", "glm", "plus");
        Asker waiter = desk.askModel("b", "glm", "plus");
        Asker ofOtherModel = desk.askModel("b", "glm", "air");
        Asker ofNoModel = desk.ask("b", "glm");

        assertThat(waiter.waits()).isTrue();
        assertThat(List.of(ofOtherModel, ofNoModel)).allMatch(Asker::holds);
        PoolSnapshot.Usage plus = desk.pool.snapshot().model(GLM, "plus").orElseThrow();
        assertThat(plus.inUse()).isEqualTo(1);
        assertThat(plus.waiting()).isEqualTo(1);
        assertThat(desk.pool.snapshot().model(GLM, "air")).isEmpty();

        holder.close();

        assertThat(waiter.holds()).isTrue();
    }

    @Test // a lane of its own: what waits for a full model does not stand before what waits for nothing but a unit
    void model_fullAndProviderTooThenFreed_goesToTheOneWhoseModelHasRoom() {
        desk = Desk.of(Desk.limits().provider("glm", 2).model("glm", "plus", 1));
        Asker plus = desk.askModel("a", "glm", "plus");
        Asker air = desk.askModel("a", "glm", "air");
        Asker waitsForPlus = desk.askModel("b", "glm", "plus");
        Asker waitsForAir = desk.askModel("b", "glm", "air");

        air.close();

        assertThat(waitsForPlus.waits()).isTrue();
        assertThat(waitsForAir.holds()).isTrue();
        plus.close();
        assertThat(waitsForPlus.holds()).isTrue();
    }

    @Test
    void model_deadlinePasses_errorNamesTheModel() {
        desk.askModel("a", "glm", "plus");
        Asker waiter = desk.ask(
                PermitPath.of(desk.context("b").sessionId(), GLM, "plus"),
                desk.context("b", Duration.ofSeconds(3)),
                permit -> {});

        desk.clock.advance(Duration.ofSeconds(3));

        assertThat(waiter.failed).singleElement().isInstanceOf(PermitTimeoutException.class);
        assertThat(waiter.failed.get(0)).hasMessageContaining("plus").hasMessageContaining("1 of 1");
    }

    @Test // an overdue head whose model is full holds up its model only, not the whole provider
    void model_overtakenHeadOfAFullModel_holdsUpNobodyElse() {
        desk = Desk.of(Desk.limits().provider("glm", 2).model("glm", "plus", 1).bypassFactor(1));
        desk.askModel("a", "glm", "plus");
        Asker waitsForPlus = desk.askModel("b", "glm", "plus");

        for (int i = 0; i < 20; i++) {
            Asker next = desk.askModel("c" + i, "glm", "air");
            assertThat(next.holds()).isTrue();
            next.close();
        }

        assertThat(waitsForPlus.request.entry.lane().overtaken).isZero();
    }

    @Test
    void eachModel_namesNone_hasALevelForEachThatIsAskedFor() {
        desk = Desk.of(Desk.limits().eachModel("glm", 2).model("glm", "plus", 1));

        for (int i = 0; i < 3; i++) {
            desk.askModel("a", "glm", "plus");
            desk.askModel("a", "glm", "air");
            desk.askModel("a", "kimi", "air");
        }

        PoolSnapshot snapshot = desk.pool.snapshot();
        assertThat(snapshot.model(GLM, "plus").orElseThrow().inUse()).isEqualTo(1);
        assertThat(snapshot.model(GLM, "air").orElseThrow().inUse()).isEqualTo(2);
        assertThat(desk.inUse("kimi")).isEqualTo(3);
    }

    private long levelsOfModels(int asked) {
        PoolSnapshot snapshot = desk.pool.snapshot();
        return IntStream.range(0, asked)
                .filter(i -> snapshot.model(GLM, "model " + i).isPresent())
                .count();
    }

    @Test // the names of models may come from anybody
    void eachModel_manyNames_thoseThatNobodyUsesAreForgotten() {
        desk = Desk.of(Desk.limits().eachModel("glm", 2));
        SessionId session = SessionId.of("a");
        desk.pool.openSession(session, 1);
        Asker holder = desk.askModel("a", "glm", "plus");

        for (int i = 0; i < 1_000; i++) {
            desk.askModel("a", "glm", "model " + i).close();
        }

        assertThat(levelsOfModels(1_000)).isLessThan(100);
        assertThat(desk.pool.snapshot().model(GLM, "plus").orElseThrow().inUse())
                .isEqualTo(1);
        holder.close();
        desk.pool.closeSession(session);
        assertThat(levelsOfModels(1_000)).isZero();
        assertThat(desk.pool.snapshot().model(GLM, "plus")).isEmpty();
        assertThat(desk.askModel("b", "glm", "plus").holds()).isTrue();
    }

    @Test // who held before the limit was set counts against it
    void resize_modelGetsALimit_countsWhoHoldsAndKeepsTheOrderOfWhoWaits() {
        desk = Desk.glm(2);
        Asker first = desk.askModel("a", "glm", "plus");
        Asker second = desk.askModel("b", "glm", "plus");
        Asker third = desk.askModel("c", "glm", "plus");
        Asker fourth = desk.askModel("d", "glm", "air");

        desk.pool.resize(desk.pool.limits().toBuilder().model("glm", "plus", 1).build());
        first.close();

        assertThat(second.holds()).isTrue();
        assertThat(third.waits()).isTrue();
        assertThat(fourth.holds()).isTrue();
        assertThat(desk.pool.snapshot().model(GLM, "plus").orElseThrow().inUse())
                .isEqualTo(1);

        second.close();

        assertThat(third.holds()).isTrue();
    }

    @Test
    void resize_modelLosesItsLimit_isOfNoMatterAnyMore() {
        desk.askModel("a", "glm", "plus");
        Asker waiter = desk.askModel("b", "glm", "plus");

        desk.pool.resize(Desk.limits().build());

        assertThat(waiter.holds()).isTrue();
        assertThat(desk.pool.snapshot().model(GLM, "plus")).isEmpty();
    }

    @Test
    void sessionAt_capMet_waitsWhileOthersGoOn() {
        desk = Desk.of(Desk.limits().sessionAtEachProvider(2).sessionAt("kimi", 1));
        List<Asker> atGlm = List.of(desk.ask("a", "glm"), desk.ask("a", "glm"), desk.ask("a", "glm"));
        List<Asker> atKimi = List.of(desk.ask("a", "kimi"), desk.ask("a", "kimi"));

        assertThat(atGlm).extracting(Asker::holds).containsExactly(true, true, false);
        assertThat(atKimi).extracting(Asker::holds).containsExactly(true, false);
        assertThat(desk.ask("b", "kimi").holds()).isTrue();

        atGlm.get(0).close();

        assertThat(atGlm.get(2).holds()).isTrue();
    }

    @Test // its own session stands in its way: nobody overtakes it
    void sessionAt_capMet_isNotOvertaken() {
        desk = Desk.of(Desk.limits().provider("glm", 2).sessionAtEachProvider(1));
        desk.ask("a", "glm");
        Asker waiter = desk.ask("a", "glm");

        desk.ask("b", "glm").close();
        desk.ask("b", "glm").close();

        assertThat(waiter.request.entry.lane().overtaken).isZero();
    }

    @Test
    void session_limitByKey_isItsOwn() {
        desk = Desk.of(Desk.limits().session(1).session("big", 3));
        for (int i = 0; i < 4; i++) {
            desk.ask("a", "glm");
            desk.ask("big", "glm");
        }

        assertThat(desk.inUseBy("a")).isEqualTo(1);
        assertThat(desk.inUseBy("big")).isEqualTo(3);
    }

    @Test // one path may be used with several pools, and again after its session was forgotten
    void path_usedWithTwoPools_leadsToEach() {
        Desk other = Desk.of(Desk.limits().provider("glm", 1));
        PermitPath path = Desk.path("a", "glm");
        for (int i = 0; i < 3; i++) {
            Asker here = desk.ask(path, desk.context("a"), permit -> {});
            Asker there = other.ask(path, other.context("a"), permit -> {});
            assertThat(desk.inUse("glm")).isEqualTo(1);
            assertThat(other.inUse("glm")).isEqualTo(1);
            here.close();
            there.close();
        }
        assertThat(other.pool.audit().problems()).isEmpty();
    }
}
