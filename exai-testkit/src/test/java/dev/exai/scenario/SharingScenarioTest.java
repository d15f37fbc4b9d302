package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.ASK_KIMI;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.context.CallId;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I4 I12 what sessions, calls and instances share is the permits, and nothing else")
class SharingScenarioTest {
    @Test
    void twoInstances_ofOneProcess_shareNothing() {
        Rig full = new Rig(1);
        Rig other = new Rig(
                1,
                builder -> builder.defaultOptions(CallOptions.within(seconds(7)))
                        .limits(PermitLimits.builder().provider("glm", 1).build()));
        full.glm.script(Script.opened().hang());
        full.occupyGlm(10);
        full.sim.runFor(seconds(1));

        ChatCall call = other.exai.openSession("s").chat(ASK_GLM);

        assertThat(call.deadline().budget()).isEqualTo(seconds(7));
        assertThat(other.text(call)).isEqualTo("ok");
        assertThat(other.sim.now()).isEqualTo(Duration.ofMillis(100));
        assertThat(full.exai.limits().provider(Rig.GLM)).isEqualTo(3);
        assertThat(full.exai.openSession("s").chat(ASK_KIMI).deadline().budget())
                .isEqualTo(CallOptions.defaults().deadline());
        other.exai.close();
        other.assertSettled();
        assertThat(full.glm.inFlight()).isEqualTo(3);
    }

    @Test
    @DisplayName("I12: within one session too, a call that hangs holds up no other call and no cancel")
    void oneSession_itsGlmCallHangs_itsKimiCallAndItsCancelGoOn() {
        Rig.forSeeds(5, rig -> {
            rig.glm.script(Script.opened().hang());
            Session session = rig.exai.openSession("s");
            ChatCall hung = session.chat(ASK_GLM);
            rig.sim.runFor(seconds(1));

            ChatCall kimi = session.chat(ASK_KIMI);

            assertThat(rig.text(kimi)).isEqualTo("ok");
            assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(1_100));
            assertThat(hung.state()).isEqualTo(CallState.RUNNING);
            assertThat(hung.cancel("enough")).isTrue();
            assertThat(hung.state()).isEqualTo(CallState.CANCELLED);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("no answer is kept for another call: the same request is asked again, of whatever session")
    void sameRequest_isAskedEachTime() {
        Rig rig = new Rig(1);
        for (int i = 1; i <= 4; i++) {
            rig.glm.script(i, Script.chunk("answer " + i).complete());
        }
        Session one = rig.exai.openSession("one");
        Session two = rig.exai.openSession("two");

        List<String> answers = new ArrayList<>();
        for (Session session : List.of(one, two, one, two)) {
            answers.add(rig.text(session.chat(ASK_GLM)));
        }

        assertThat(answers).containsExactly("answer 1", "answer 2", "answer 3", "answer 4");
    }

    @Test
    @DisplayName(
            "the same request at once is two calls: neither is refused as a duplicate, neither waits for the other")
    void sameRequest_atOnce_isTwoCalls() {
        Rig rig = new Rig(1);
        Session session = rig.exai.openSession("s");

        ChatCall one = session.chat(ASK_GLM);
        ChatCall two = session.chat(ASK_GLM);

        assertThat(one.id()).isNotEqualTo(two.id());
        assertThat(rig.text(one)).isEqualTo("ok");
        assertThat(rig.text(two)).isEqualTo("ok");
        assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(100));
        assertThat(rig.glm.maxInFlight()).isEqualTo(2);
    }

    @Test
    void oneTool_manyCallsAtOnce_eachHasItsOwnInputAndContext() {
        Rig.forSeeds(5, rig -> {
            Set<CallId> contexts = new HashSet<>();
            Tool<String, String> tool = Tool.async("echo", (input, ctx) -> {
                contexts.add(ctx.callId());
                return ctx.chat(ASK_KIMI)
                        .toCompletableFuture()
                        .thenApply(reply -> input + " of " + ctx.sessionId() + " " + ctx.callId());
            });
            List<ToolCall<String>> calls = new ArrayList<>();
            List<String> inputs = new ArrayList<>();
            for (int s = 0; s < 5; s++) {
                Session session = rig.exai.openSession("s");
                for (int i = 0; i < 4; i++) {
                    inputs.add("input " + s + "." + i);
                    calls.add(session.submit(tool, inputs.get(inputs.size() - 1)));
                }
            }
            rig.sim.run();

            for (int i = 0; i < calls.size(); i++) {
                ToolCall<String> call = calls.get(i);
                assertThat(call.toCompletableFuture().join())
                        .isEqualTo(inputs.get(i) + " of " + call.sessionId() + " " + call.id());
            }
            assertThat(contexts).hasSize(calls.size());
            rig.assertSettled();
        });
    }

    @Test
    void listeners_ofCallsAtOnce_hearTheirOwnPiecesOnly() {
        Rig.forSeeds(10, rig -> {
            rig.glm.script(1, Script.chunk("a").after(seconds(1)).chunk("a").complete());
            rig.glm.script(2, Script.chunk("b").after(seconds(3)).chunk("b").complete());
            Session session = rig.exai.openSession("s");
            Rig.Recorder ofOne = new Rig.Recorder();
            Rig.Recorder ofTwo = new Rig.Recorder();
            ChatCall one = session.chat(ASK_GLM);
            one.addListener(ofOne);
            rig.sim.runFor(Duration.ofMillis(10));
            ChatCall two = session.chat(ASK_GLM);
            two.addListener(ofTwo);

            rig.sim.run();

            assertThat(ofOne.told).doesNotContain("b").contains("ended SUCCEEDED");
            assertThat(ofTwo.told).doesNotContain("a").contains("ended SUCCEEDED"); // not ended by the first one's end
            assertThat(ofOne.chunks).isEqualTo(2);
            assertThat(ofTwo.chunks).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("I3 I4: the same work takes five sessions exactly as long as one, whatever its calls take")
    void sameWork_ofFiveSessionsAndOfOne_takesTheSame() {
        UnaryOperator<PermitLimits.Builder> shared = limits -> limits.newcomerUnit(false);
        for (long seed = 1; seed <= 10; seed++) {
            assertThat(makespan(seed, 5, shared)).as("seed %d", seed).isEqualTo(makespan(seed, 1, shared));
        }
    }

    @Test
    @DisplayName("I4: with a unit kept for newcomers, five sessions use it, and are the sooner done")
    void sameWork_withAUnitForNewcomers_takesFiveSessionsNoLonger() {
        for (long seed = 1; seed <= 10; seed++) {
            assertThat(makespan(seed, 5, limits -> limits))
                    .as("seed %d", seed)
                    .isLessThan(makespan(seed, 1, limits -> limits));
        }
    }

    /** How long 60 calls take, of 1 to 9 s each by the order in which they are served. */
    private static Duration makespan(long seed, int sessions, UnaryOperator<PermitLimits.Builder> limits) {
        Rig rig = new Rig(
                seed,
                builder -> builder.limits(
                        limits.apply(PermitLimits.builder().provider("glm", 3).session(8))
                                .build()));
        Random random = new Random(seed);
        for (int i = 1; i <= 60; i++) {
            rig.glm.script(
                    i, Script.after(seconds(1 + random.nextInt(9))).chunk("ok").complete());
        }
        List<Session> all = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            all.add(rig.exai.openSession("s"));
        }
        List<ChatCall> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            calls.add(all.get(i % sessions)
                    .chat(ChatRequest.builder("hello").model("glm-standard").build()));
        }
        rig.sim.runUntil(() -> calls.stream().allMatch(ChatCall::isDone));
        assertThat(calls).allMatch(call -> call.state() == CallState.SUCCEEDED);
        Duration taken = rig.sim.now();
        rig.assertSettled();
        return taken;
    }
}
