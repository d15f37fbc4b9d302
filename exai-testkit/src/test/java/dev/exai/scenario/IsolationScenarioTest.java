package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.ASK_KIMI;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.ChatCall;
import dev.exai.context.SessionId;
import dev.exai.session.Session;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@DisplayName("I2 I4 I12 a provider that hangs costs the others nothing beyond their fair share")
class IsolationScenarioTest {
    private static void hangForAllBut(Rig rig, Session one) {
        rig.glm.script(
                asked -> !asked.context().sessionId().equals(one.id()),
                Script.opened().hang());
    }

    /** Three sessions, a second apart, that send calls to a GLM that hangs. */
    private static List<ChatCall> threeGreedySessions(Rig rig, int calls) {
        List<ChatCall> hung = new ArrayList<>();
        for (int s = 1; s <= 3; s++) {
            Session session = rig.exai.openSession("greedy" + s);
            for (int i = 0; i < calls / 3; i++) {
                hung.add(session.chat(ASK_GLM));
            }
            rig.sim.runFor(seconds(1));
        }
        return hung;
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 48, 480})
    void glmHangs_threeSessionsFlood_kimiOfAFourthDoesNotWait(int calls) {
        Rig.forSeeds(5, rig -> {
            rig.glm.script(Script.opened().hang());
            List<ChatCall> hung = threeGreedySessions(rig, calls);
            assertThat(rig.exai.snapshot().global().waiting()).isEqualTo(calls - 3);
            Duration before = rig.sim.now();

            ChatCall kimi = rig.exai.openSession("fourth").chat(ASK_KIMI);

            assertThat(rig.text(kimi)).isEqualTo("ok");
            assertThat(rig.sim.now().minus(before)).isEqualTo(Duration.ofMillis(100));
            rig.sim.run();
            assertThat(hung).allMatch(ChatCall::isDone);
            assertThat(rig.glm.maxInFlight()).isEqualTo(3);
            rig.assertSettled();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 48})
    void glmHangs_threeSessionsFlood_glmOfAFifthIsAmongTheNextTwo(int calls) {
        Rig.forSeeds(5, rig -> {
            Session fifth = rig.exai.openSession("fifth");
            hangForAllBut(rig, fifth);
            threeGreedySessions(rig, calls);

            ChatCall call = fifth.chat(ASK_GLM);

            assertThat(rig.text(call)).isEqualTo("ok");
            List<SessionId> served = rig.glm.calls().stream()
                    .map(asked -> asked.context().sessionId())
                    .toList();
            assertThat(served.indexOf(fifth.id())).isBetween(3, 4);
            assertThat(rig.sim.now()).isLessThan(seconds(63));
            rig.sim.run();
            assertThat(rig.glm.maxInFlight()).isEqualTo(3);
            rig.assertSettled();
        });
    }

    @Test
    void glmHangs_oneSessionFloods_aNewcomerStartsAtOnce() {
        Rig.forSeeds(5, rig -> {
            Session newcomer = rig.exai.openSession("newcomer");
            hangForAllBut(rig, newcomer);
            Session greedy = rig.exai.openSession("greedy");
            for (int i = 0; i < 48; i++) {
                greedy.chat(ASK_GLM);
            }
            rig.sim.runFor(seconds(1));
            assertThat(rig.glm.inFlight()).isEqualTo(2);

            ChatCall call = newcomer.chat(ASK_GLM);

            assertThat(rig.text(call)).isEqualTo("ok");
            assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(1_100));
        });
    }

    @Test
    @DisplayName("I12: closing the greedy sessions gives everything back at once")
    void glmHangs_greedySessionsClose_poolIsFreeAtOnce() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.chunk("part").hang());
        threeGreedySessions(rig, 48);

        List.copyOf(rig.exai.sessions()).forEach(Session::close);

        rig.assertIdle();
        assertThat(rig.exai.sessions()).isEmpty();
        rig.assertSettled();
    }

    @Test
    @DisplayName("I12: a session that floods beyond its queue is refused, and costs the others no place")
    void flood_beyondTheQueue_isRefusedForThatSessionOnly() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.opened().hang());
        Session greedy = rig.exai.openSession("greedy");
        List<ChatCall> calls = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            calls.add(greedy.chat(ASK_GLM));
        }

        long refused = calls.stream().filter(ChatCall::isDone).count();
        assertThat(refused).isEqualTo(400 - 256 - 2);
        calls.stream()
                .filter(ChatCall::isDone)
                .forEach(call -> assertThat(rig.failure(call))
                        .isInstanceOfSatisfying(
                                dev.exai.error.OverloadedException.class,
                                full -> assertThat(full.retryAfter()).isPositive()));
        ChatCall other = rig.exai.openSession("other").chat(ASK_KIMI);
        assertThat(rig.text(other)).isEqualTo("ok");
        assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(100));
    }
}
