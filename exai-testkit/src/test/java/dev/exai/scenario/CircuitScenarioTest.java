package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.once;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.CircuitOpenException.Reason;
import dev.exai.error.ExaiException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.UnavailableException;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.resilience.Condition;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("A sick provider is left alone, and asked again")
class CircuitScenarioTest {
    private static final ChatRequest ASK_FAST =
            ChatRequest.builder("hello").model("glm-fast").build();

    /** Has five calls fail, each once, as fast as they can. */
    private static void openCircuit(Rig rig, Session session) {
        rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));
        for (int i = 0; i < 5; i++) {
            assertThat(rig.failure(session.chat(ASK_GLM, once()))).isInstanceOf(UnavailableException.class);
        }
    }

    private static void heal(Rig rig) {
        rig.glm.script(Script.chunk("ok").complete());
    }

    @Test
    @DisplayName("R3: an open circuit is a typed error at once, with the time of the next probe, and never an answer")
    void open_explicit_typedErrorAndNobodyIsAsked() {
        Rig.forSeeds(10, rig -> {
            Session session = rig.exai.openSession("s");
            openCircuit(rig, session);

            ChatCall call = session.chat(ASK_GLM, once());
            ExaiException failure = rig.failure(call);

            assertThat(failure).isInstanceOfSatisfying(CircuitOpenException.class, open -> {
                assertThat(open.reason()).isEqualTo(Reason.FAILURES);
                assertThat(open.nextProbe()).isEqualTo(seconds(5));
            });
            assertThat(failure.context().provider()).contains("glm");
            assertThat(failure.context().model()).contains("glm-standard");
            assertThat(failure.callId()).contains(call.id().value());
            assertThat(rig.glm.opened()).isEqualTo(5);
            assertThat(rig.text(session.chat(ASK_AUTO)))
                    .as("auto goes elsewhere")
                    .isEqualTo("ok");
            assertThat(rig.glm.opened()).isEqualTo(5);
            rig.assertIdle();
        });
    }

    @Test
    @DisplayName("R2 R9: it is tried again by one call, and closes when that succeeds")
    void open_laterWell_oneProbeCloses() {
        Rig rig = new Rig(1);
        Session session = rig.exai.openSession("s");
        openCircuit(rig, session);
        rig.sim.runFor(seconds(5));
        rig.glm.script(Script.after(seconds(2)).chunk("ok").complete());

        ChatCall probe = session.chat(ASK_GLM, once());
        rig.sim.runFor(seconds(1));
        assertThat(rig.failure(session.chat(ASK_GLM, once())))
                .as("one at a time")
                .isInstanceOf(CircuitOpenException.class);
        assertThat(rig.text(probe)).isEqualTo("ok");
        assertThat(rig.text(session.chat(ASK_GLM, once()))).isEqualTo("ok");
        assertThat(rig.exai.health().models().get(0).circuit()).isEqualTo("closed");
    }

    @Test
    @DisplayName("R2: a probe that is cancelled does not leave it half open for ever")
    void halfOpen_probeCancelled_theNextOneProbes() {
        Rig.forSeeds(10, rig -> {
            Session session = rig.exai.openSession("s");
            openCircuit(rig, session);
            rig.sim.runFor(seconds(5));
            rig.glm.script(Script.hang());
            ChatCall probe = session.chat(ASK_GLM, within(60));
            rig.sim.runFor(seconds(1));
            probe.cancel("enough");

            heal(rig);

            assertThat(rig.text(session.chat(ASK_GLM, once()))).isEqualTo("ok");
        });
    }

    @Test
    void open_callThatMayRetry_waitsForTheProbe() {
        Rig rig = new Rig(1);
        Session session = rig.exai.openSession("s");
        openCircuit(rig, session);
        rig.sim.runFor(seconds(1));
        heal(rig);

        ChatCall call = session.chat(ASK_GLM);

        assertThat(rig.text(call)).isEqualTo("ok");
        assertThat(rig.sim.now()).isBetween(seconds(5), seconds(6));
    }

    @Test
    @DisplayName("R4: silence in mid-stream and at the start opens it, also where callers give up first")
    void hangs_callersGiveUpFirst_opens() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.chunk("a").hang());
        for (int i = 0; i < 5; i++) {
            rig.end(rig.exai.openSession("s").chat(ASK_GLM, within(40)));
        }

        assertThat(rig.failure(rig.exai.openSession("s").chat(ASK_GLM, once())))
                .isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void cancelled_soon_countsAgainstNobody() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.hang());
        for (int i = 0; i < 20; i++) {
            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            rig.sim.runFor(seconds(5));
            call.cancel("changed my mind");
        }
        heal(rig);

        assertThat(rig.text(rig.exai.openSession("s").chat(ASK_GLM, once()))).isEqualTo("ok");
    }

    @Test
    @DisplayName("who waits in the queue when the circuit opens is told at once, and its permit goes on")
    void opens_whileOthersQueue_theyAreToldAndNothingIsHeld() {
        Rig.forSeeds(
                10,
                builder ->
                        builder.limits(PermitLimits.builder().provider("glm", 5).build()),
                rig -> {
                    rig.glm.script(Script.after(seconds(1)).fail(() -> Failures.unavailable("glm")));
                    List<ChatCall> all = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        all.add(rig.exai.openSession("s").chat(ASK_GLM, once()));
                    }
                    rig.sim.runFor(seconds(2));

                    assertThat(all).allMatch(ChatCall::isDone);
                    assertThat(rig.glm.opened())
                            .as("those that failed first let a few in before the circuit opened")
                            .isBetween(5L, 9L);
                    assertThat(all.stream().filter(call -> rig.failure(call) instanceof CircuitOpenException))
                            .hasSize(100 - (int) rig.glm.opened());
                    rig.assertSettled();
                });
    }

    @Test
    void outOfBalance_parked_autoGoesElsewhereUntilTold() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.fail(() -> Failures.quotaExhausted("glm")));
        Session session = rig.exai.openSession("s");

        assertThat(rig.failure(session.chat(ASK_GLM))).isInstanceOf(QuotaExhaustedException.class);
        for (int i = 0; i < 20; i++) {
            assertThat(rig.text(session.chat(ASK_AUTO))).isEqualTo("ok");
        }
        assertThat(rig.failure(session.chat(ASK_FAST)))
                .as("whatever the model")
                .isInstanceOfSatisfying(
                        CircuitOpenException.class,
                        parked -> assertThat(parked.reason()).isEqualTo(Reason.OUT_OF_BALANCE));
        assertThat(rig.glm.opened()).isEqualTo(1);
        assertThat(rig.exai.health().providers().get(0).condition()).isEqualTo(Condition.DOWN);

        heal(rig);
        rig.exai.resume("glm");

        assertThat(rig.text(session.chat(ASK_FAST))).isEqualTo("ok");
    }

    @Test
    @DisplayName("R9: a provider that is parked is tried again by itself")
    void outOfBalance_toppedUp_aProbeFindsOut() {
        Rig rig = new Rig(1);
        rig.glm.script(1, Script.fail(() -> Failures.quotaExhausted("glm")));
        Session session = rig.exai.openSession("s");
        rig.text(session.chat(ASK_AUTO));
        rig.sim.runFor(Duration.ofMinutes(11));

        rig.text(session.chat(ASK_AUTO));
        rig.text(session.chat(ASK_AUTO));

        assertThat(rig.glm.opened()).as("auto itself tries it").isGreaterThan(1);
        assertThat(rig.exai.health().providers().get(0).isParked()).isFalse();
    }

    @Test
    @DisplayName("a gateway that gave up is asked once more, not twice")
    void gatewayTimeout_isRetriedOnce() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.fail(() -> Failures.gatewayTimeout("glm")));

        rig.failure(rig.exai
                .openSession("s")
                .chat(ASK_GLM, CallOptions.builder().maxAttempts(10).build()));

        assertThat(rig.glm.opened()).isEqualTo(2);
    }

    @Test
    @DisplayName("zombies above the limit: the provider is not asked until they end")
    void zombies_tooMany_providerIsLeftAlone() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.opened().after(seconds(600)).complete().ignoreAbort());
        for (int i = 0; i < 33; i++) {
            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            rig.sim.runFor(seconds(1));
            call.cancel("enough");
        }
        assertThat(rig.exai.zombies()).isEqualTo(33);

        assertThat(rig.failure(rig.exai.openSession("s").chat(ASK_GLM, once())))
                .isInstanceOfSatisfying(
                        CircuitOpenException.class,
                        open -> assertThat(open.reason()).isEqualTo(Reason.ZOMBIES));
        rig.sim.runFor(seconds(700));
        heal(rig);
        assertThat(rig.text(rig.exai.openSession("s").chat(ASK_GLM, once()))).isEqualTo("ok");
    }

    @Test
    @DisplayName("R1: the retries of all calls together are bounded, and a call says why it was not tried again")
    void manyFail_retriesAreWithinTheBudget() {
        Rig rig = new Rig(
                1,
                builder -> builder.resilience(dev.exai.resilience.Resilience.builder()
                        .failuresInARow(1_000)
                        .leastResults(100_000)
                        .build()));
        rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));
        List<ChatCall> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(rig.exai.openSession("s").chat(ASK_GLM));
        }
        rig.sim.runFor(seconds(30));

        assertThat(all).allMatch(ChatCall::isDone);
        assertThat(rig.glm.opened()).isBetween(100L, 130L);
        assertThat(all).anyMatch(call -> call.timeline().toString().contains("not tried again at glm/glm-standard"));
    }

    @Test
    void events_everyOpenHasItsEnd() {
        List<String> told = new ArrayList<>();
        ExaiListener listener = new ExaiListener() {
            @Override
            public void circuitOpened(ExaiEvent.CircuitOpened event) {
                told.add("opened " + event.provider().orElseThrow());
            }

            @Override
            public void circuitProbeFailed(ExaiEvent.CircuitProbeFailed event) {
                told.add("probe failed");
            }

            @Override
            public void circuitClosed(ExaiEvent.CircuitClosed event) {
                told.add("closed");
            }

            @Override
            public void fellBack(ExaiEvent.FellBack event) {
                told.add("fell back to " + event.provider().orElseThrow());
            }
        };
        Rig rig = new Rig(1, builder -> builder.listener(listener));
        Session session = rig.exai.openSession("s");
        openCircuit(rig, session);
        rig.sim.runFor(seconds(5));
        rig.failure(session.chat(ASK_GLM, once()));
        rig.sim.runFor(seconds(10));
        heal(rig);
        rig.text(session.chat(ASK_GLM));
        rig.exai.models().invalidate();
        rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));
        rig.text(session.chat(ASK_AUTO));
        rig.sim.runFor(seconds(1));

        assertThat(told).containsExactly("opened glm", "probe failed", "closed", "fell back to kimi");
    }
}
