package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.ASK_KIMI;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import dev.exai.session.Session;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@DisplayName("I10 a listener that throws or re-enters harms only itself")
class ListenerScenarioTest {
    /** What a listener does when it is told. */
    enum Deed {
        THROWS,
        THROWS_AN_ERROR,
        CANCELS,
        ADDS_A_LISTENER,
        OPENS_A_CALL,
        CLOSES_THE_SESSION,
        CLOSES_EXAI,
        LOOKS_AT_THE_POOL
    }

    private static void act(Deed deed, Rig rig, Session session, ChatCall call, List<ChatCall> more) {
        switch (deed) {
            case THROWS -> throw new IllegalStateException("a listener's own");
            case THROWS_AN_ERROR -> throw new AssertionError("a listener's own");
            case CANCELS -> call.cancel("by a listener");
            case ADDS_A_LISTENER -> call.addListener(new Rig.Recorder());
            case OPENS_A_CALL -> {
                if (more.isEmpty()) {
                    more.add(session.chat(ASK_KIMI));
                }
            }
            case CLOSES_THE_SESSION -> session.close();
            case CLOSES_EXAI -> rig.exai.close();
            case LOOKS_AT_THE_POOL -> assertThat(rig.exai.audit().isWhole()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void listener_anyDeedAtAnyTime_harmsOnlyItself(Deed deed) {
        for (String when : List.of("state", "chunk", "ended")) {
            Rig.forSeeds(8, rig -> {
                rig.glm.script(Script.chunk("a")
                        .after(seconds(1))
                        .chunk("b")
                        .after(seconds(1))
                        .complete());
                Session session = rig.exai.openSession("s");
                Rig.Recorder bystander = new Rig.Recorder();
                List<ChatCall> more = new ArrayList<>();
                AtomicInteger ends = new AtomicInteger();

                ChatCall call = session.chat(ASK_GLM);
                call.addListener(new CallListener<ChatReply>() {
                    @Override
                    public void stateChanged(CallState state) {
                        deed("state");
                    }

                    @Override
                    public void chunk(Chunk chunk) {
                        deed("chunk");
                    }

                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        ends.incrementAndGet();
                        deed("ended");
                    }

                    private void deed(String now) {
                        if (now.equals(when)) {
                            act(deed, rig, session, call, more);
                        }
                    }
                });
                call.addListener(bystander);
                rig.sim.runUntil(call::isDone);
                rig.sim.run();

                boolean ended = when.equals("ended");
                boolean cancels = deed == Deed.CANCELS || deed == Deed.CLOSES_THE_SESSION || deed == Deed.CLOSES_EXAI;
                assertThat(call.state()).isEqualTo(cancels && !ended ? CallState.CANCELLED : CallState.SUCCEEDED);
                assertThat(ends).hasValue(1);
                assertThat(bystander.ends).isEqualTo(1);
                assertThat(bystander.told).last().isEqualTo("ended " + call.state());
                more.forEach(other -> assertThat(rig.text(other)).isEqualTo("ok"));
                rig.assertSettled();
            });
        }
    }

    @Test
    @DisplayName("I10: each is told in order, one thing at a time, and all of it however slow it is")
    void listener_manyChunks_toldInOrder() {
        Rig.forSeeds(10, rig -> {
            List<Script.Steps> steps = new ArrayList<>(List.of(Script.opened()));
            for (int i = 0; i < 50; i++) {
                steps.add(steps.get(i).chunk("c" + i));
            }
            rig.glm.script(steps.get(50).complete());
            Rig.Recorder recorder = new Rig.Recorder();

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            call.addListener(recorder);
            rig.sim.run();

            List<String> expected = new ArrayList<>(List.of("RUNNING"));
            for (int i = 0; i < 50; i++) {
                expected.add("c" + i);
            }
            expected.add("ended SUCCEEDED");
            assertThat(recorder.told).containsExactlyElementsOf(expected);
        });
    }

    @Test
    @DisplayName("I10: ten thousand listeners, and the stack does not grow")
    void listener_tenThousand_allToldOnce() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.after(seconds(1)).chunk("a").complete());
        AtomicInteger told = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        for (int i = 0; i < 10_000; i++) {
            call.addListener(new CallListener<ChatReply>() {
                @Override
                public void chunk(Chunk chunk) {
                    told.incrementAndGet();
                }

                @Override
                public void ended(CallOutcome<? extends ChatReply> outcome) {
                    ends.incrementAndGet();
                }
            });
        }

        rig.sim.run();

        assertThat(call.state()).isEqualTo(CallState.SUCCEEDED);
        assertThat(ends).hasValue(10_000);
        assertThat(told).as("none misses the tail").hasValue(10_000);
        rig.assertSettled();
    }

    @Test
    @DisplayName("I10: a waiting crowd is served without recursion: 4,000 calls, each answered inside open")
    void calls_manyWaitingAndInstantAnswers_stackDoesNotGrow() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.chunk("ok").complete().insideOpen());
        List<ChatCall> calls = new ArrayList<>();
        for (int s = 0; s < 20; s++) {
            Session session = rig.exai.openSession("s" + s);
            for (int i = 0; i < 200; i++) {
                calls.add(session.chat(ASK_GLM));
            }
        }

        rig.sim.run();

        assertThat(calls).allMatch(call -> call.state() == CallState.SUCCEEDED);
        assertThat(rig.glm.maxInFlight()).isLessThanOrEqualTo(3);
        assertThat(rig.sim.now()).isLessThan(Duration.ofMinutes(21));
        rig.assertSettled();
    }
}
