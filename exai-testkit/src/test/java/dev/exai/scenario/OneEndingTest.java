package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatReply;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@DisplayName("I7 one ending, and the permit is back before anyone can see it")
class OneEndingTest {
    enum Ending {
        SUCCEEDED(Script.after(seconds(5)).chunk("whole").complete()),
        FAILED(Script.after(seconds(5)).fail(() -> Failures.rejected("glm"))),
        CANCELLED(Script.chunk("part").hang()),
        DEADLINE_EXCEEDED(Script.chunk("part").hang());

        final Script script;

        Ending(Script script) {
            this.script = script;
        }

        ChatCall start(Rig rig, Session session) {
            rig.glm.script(script);
            ChatCall call = session.chat(ASK_GLM, within(10));
            if (this == CANCELLED) {
                rig.at(seconds(5), () -> call.cancel("enough"));
            }
            return call;
        }

        CallState state() {
            return CallState.valueOf(name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void ended_anyWay_everyObserverFindsThePoolFree(Ending ending) {
        Rig.forSeeds(40, rig -> {
            List<String> seen = new ArrayList<>();
            ChatCall call = ending.start(rig, rig.exai.openSession("s"));
            call.addListener(new CallListener<ChatReply>() {
                @Override
                public void ended(CallOutcome<? extends ChatReply> outcome) {
                    rig.assertIdle();
                    seen.add("listener " + outcome.state());
                }
            });
            watch(rig, call.toCompletableFuture(), "future", seen);
            watch(rig, call.toCompletableFuture().thenApply(reply -> reply), "dependent", seen);

            rig.sim.runUntil(call::isDone);
            rig.assertIdle(); // by state(), at the first moment at which it is terminal
            assertThat(call.outcome().orElseThrow().state()).isEqualTo(ending.state());
            watch(rig, call.toCompletableFuture(), "late future", seen);
            rig.sim.run();

            assertThat(seen).containsExactlyInAnyOrder("listener " + ending, "future", "dependent", "late future");
            rig.assertSettled();
        });
    }

    private static void watch(Rig rig, CompletableFuture<?> future, String name, List<String> seen) {
        future.whenComplete((value, failure) -> {
            rig.assertIdle();
            seen.add(name);
        });
    }

    @Test
    @DisplayName("I7: completed | cancelled | deadline, all in one moment: one of them wins, for every observer")
    void ended_threeEndsAtOnce_allAgreeOnOne() {
        AtomicInteger successes = new AtomicInteger();
        AtomicInteger cancels = new AtomicInteger();
        AtomicInteger deadlines = new AtomicInteger();
        Rig.forSeeds(120, rig -> {
            rig.glm.script(Script.chunk("whole").after(seconds(10)).complete());
            AtomicBoolean cancelled = new AtomicBoolean();
            Rig.Recorder recorder = new Rig.Recorder();

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, within(10));
            call.addListener(recorder);
            CompletableFuture<ChatReply> future = call.toCompletableFuture();
            rig.at(seconds(10), () -> cancelled.set(call.cancel("now")));
            rig.sim.run();

            CallState state = call.state();
            assertThat(cancelled.get()).isEqualTo(state == CallState.CANCELLED);
            assertThat(future.isCompletedExceptionally()).isEqualTo(state != CallState.SUCCEEDED);
            assertThat(recorder.ends).isEqualTo(1);
            assertThat(recorder.told).last().isEqualTo("ended " + state);
            assertThat(call.outcome().orElseThrow().state()).isEqualTo(state);
            rig.assertSettled();
            switch (state) {
                case SUCCEEDED -> successes.incrementAndGet();
                case CANCELLED -> cancels.incrementAndGet();
                default -> deadlines.incrementAndGet();
            }
        });

        assertThat(successes).hasPositiveValue();
        assertThat(cancels).hasPositiveValue();
        assertThat(deadlines).hasPositiveValue();
    }

    @Test
    @DisplayName("I7: a provider that reports its end twice, or another end after it, changes nothing")
    void ended_twiceByTheProvider_firstCounts() {
        List<Script> scripts = List.of(
                Script.chunk("whole").complete().duplicateEnd(),
                Script.chunk("whole").complete().followedBy(Script.fail(() -> Failures.rejected("glm"))),
                Script.chunk("whole")
                        .complete()
                        .followedBy(Script.chunk(" and more").complete()),
                Script.chunk("whole").complete().duplicateEnd().insideOpen());
        for (Script script : scripts) {
            Rig.forSeeds(10, rig -> {
                rig.glm.script(script);
                Rig.Recorder recorder = new Rig.Recorder();

                ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
                call.addListener(recorder);

                assertThat(rig.text(call)).isEqualTo("whole");
                rig.sim.run();
                assertThat(recorder.ends).isEqualTo(1);
                assertThat(rig.exai.snapshot().granted()).isEqualTo(1);
                assertThat(rig.exai.snapshot().returned()).isEqualTo(1);
                rig.assertSettled();
            });
        }
    }

    @Test
    @DisplayName("I7: a provider that fails twice gets one retry for both")
    void failed_twiceByTheProvider_isRetriedOnce() {
        Rig.forSeeds(20, rig -> {
            rig.glm
                    .script(1, Script.fail(() -> Failures.unavailable("glm")).duplicateEnd())
                    .script(Script.chunk("ok").complete());

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);

            assertThat(rig.text(call)).isEqualTo("ok");
            rig.assertSettled();
            assertThat(rig.glm.opened()).isEqualTo(2);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("I7: a listener added after the end is told the end, and nothing else")
    void addListener_afterTheEnd_isToldTheEnd(Ending ending) {
        Rig rig = new Rig(1);
        ChatCall call = ending.start(rig, rig.exai.openSession("s"));
        rig.sim.run();
        Rig.Recorder recorder = new Rig.Recorder();

        call.addListener(recorder);
        rig.sim.run();

        assertThat(recorder.told).containsExactly("ended " + ending);
    }
}
