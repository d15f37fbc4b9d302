package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.error.CallCancelledException;
import dev.exai.message.ChatReply;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@DisplayName("I9 when cancel returns, the call has ended and nothing of it is left")
class CancelScenarioTest {
    /** Where a call stands when it is cancelled. */
    enum Where {
        RESOLVING(CallState.RESOLVING, Script.hang()),
        QUEUED(CallState.QUEUED, Script.hang()),
        GRANTED_AND_NOT_TOLD(CallState.QUEUED, Script.hang()),
        BEFORE_THE_FIRST_CHUNK(CallState.RUNNING, Script.opened().hang()),
        MID_STREAM(CallState.RUNNING, Script.chunk("part").hang()),
        BACKING_OFF(CallState.BACKING_OFF, Script.fail(() -> Failures.rateLimited("glm", seconds(60))));

        final CallState state;
        final Script script;

        Where(CallState state, Script script) {
            this.state = state;
            this.script = script;
        }
    }

    enum By {
        CALLER,
        FUTURE,
        SESSION,
        EXAI,
        PARENT
    }

    private static final class Scene {
        final Rig rig;
        final Session session;
        final ChatCall call;
        final @Nullable ToolCall<ChatReply> parent;
        final Rig.Recorder recorder = new Rig.Recorder();
        final CompletableFuture<ChatReply> future;

        Scene(Rig rig, Where where, By by) {
            this.rig = rig;
            rig.glm.script(where.script);
            if (where == Where.QUEUED) {
                rig.occupyGlm(1);
                rig.sim.runFor(seconds(1));
            }
            this.session = rig.exai.openSession("s");
            var request = where == Where.RESOLVING ? ASK_AUTO : ASK_GLM;
            if (by == By.PARENT) {
                List<ChatCall> child = new ArrayList<>();
                Tool<String, ChatReply> tool = Tool.async("parent", (input, ctx) -> {
                    child.add(ctx.chat(request));
                    return child.get(0).toCompletableFuture();
                });
                parent = session.submit(tool, "");
                rig.sim.runUntil(() -> !child.isEmpty());
                call = child.get(0);
            } else {
                parent = null;
                call = session.chat(request);
            }
            call.addListener(recorder);
            future = call.toCompletableFuture();
            if (where != Where.GRANTED_AND_NOT_TOLD) {
                rig.sim.runFor(seconds(2));
            }
            assertThat(call.state()).isEqualTo(where.state);
        }

        void cancel(By by) {
            switch (by) {
                case CALLER -> assertThat(call.cancel("enough")).isTrue();
                case FUTURE -> assertThat(future.cancel(true)).isTrue();
                case SESSION -> session.close();
                case EXAI -> rig.exai.close();
                case PARENT -> {
                    if (parent != null) {
                        assertThat(parent.cancel("enough")).isTrue();
                    }
                }
            }
        }
    }

    static Stream<Arguments> whereAndBy() {
        return Stream.of(Where.values()).flatMap(where -> Stream.of(By.values()).map(by -> Arguments.of(where, by)));
    }

    private static Exai.Builder hangingSelectorAndOneGlm(Exai.Builder builder) {
        return builder.modelSelector((query, catalog) -> new CompletableFuture<>())
                .limits(PermitLimits.builder().provider("glm", 1).build());
    }

    @ParameterizedTest
    @MethodSource("whereAndBy")
    void cancel_everywhereByEveryone_leavesNothing(Where where, By by) {
        Rig.forSeeds(8, CancelScenarioTest::hangingSelectorAndOneGlm, rig -> {
            Scene scene = new Scene(rig, where, by);
            long openedBefore = rig.glm.opened();
            long abortedBefore = rig.glm.aborted();
            int toldBefore = scene.recorder.told.size();
            boolean running = where.state == CallState.RUNNING;

            scene.cancel(by);

            // at once, before anything else runs
            assertThat(scene.call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(scene.call.outcome().orElseThrow()).isInstanceOf(CallOutcome.Cancelled.class);
            rig.assertNothingOf(scene.session);
            assertThat(rig.glm.aborted() - abortedBefore).isGreaterThanOrEqualTo(running ? 1 : 0);
            if (where != Where.QUEUED) {
                rig.assertIdle();
            }
            assertThat(scene.call.cancel("again")).isTrue();

            rig.sim.runFor(Duration.ofMinutes(5));
            assertThat(rig.glm.opened() - openedBefore)
                    .as("exchanges opened after the cancel")
                    .isEqualTo(where == Where.QUEUED && by != By.EXAI ? rig.glm.opened() - openedBefore : 0);
            assertThat(rig.glm.calls().stream()
                            .filter(asked -> asked.context().callId().equals(scene.call.id()))
                            .count())
                    .isEqualTo(
                            where == Where.QUEUED || where == Where.RESOLVING || where == Where.GRANTED_AND_NOT_TOLD
                                    ? 0
                                    : 1);
            assertThat(scene.recorder.told.subList(toldBefore, scene.recorder.told.size()))
                    .containsExactly("ended CANCELLED");
            assertThat(scene.future).isCompletedExceptionally();
            assertThat(scene.future.handle((value, failure) -> failure).join())
                    .isInstanceOf(CallCancelledException.class);
            assertThat(scene.session.calls()).isEmpty();
            rig.exai.close();
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I9: an aborted exchange is a zombie until its provider reports the end, and holds no permit")
    void cancel_slowAbort_zombieCountedThenGone() {
        Rig rig = new Rig(
                1,
                builder ->
                        builder.limits(PermitLimits.builder().provider("glm", 1).build()));
        rig.glm.script(1, Script.chunk("part").hang().endAfterAbort(seconds(5)));
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        rig.sim.runFor(seconds(1));

        call.cancel("enough");
        assertThat(rig.exai.zombies()).isEqualTo(1);
        assertThat(rig.glm.zombies()).isEqualTo(1);
        rig.assertIdle();
        ChatCall next = rig.exai.openSession("t").chat(ASK_GLM);

        assertThat(rig.text(next)).isEqualTo("ok");
        assertThat(rig.exai.zombies()).isEqualTo(1);
        rig.sim.runFor(seconds(5));
        assertThat(rig.exai.zombies()).isZero();
        rig.assertSettled();
    }

    @Test
    @DisplayName("I9: a success that comes after the cancel is ignored")
    void cancel_lateSuccess_staysCancelled() {
        Rig.forSeeds(20, rig -> {
            rig.glm.script(
                    Script.chunk("a").after(seconds(10)).chunk("b").complete().ignoreAbort());
            Rig.Recorder recorder = new Rig.Recorder();
            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            call.addListener(recorder);
            rig.sim.runFor(seconds(5));

            call.cancel("enough");
            rig.sim.runFor(seconds(1));
            assertThat(rig.exai.zombies()).isEqualTo(1);
            rig.sim.run();

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(recorder.told).endsWith("a", "ended CANCELLED").doesNotContain("b");
            assertThat(recorder.ends).isEqualTo(1);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I9: no delivery begins after cancel but that of the end, also of what was on its way")
    void cancel_whileChunksAreOnTheirWay_deliversOnlyTheEnd() {
        Rig.forSeeds(100, rig -> {
            rig.glm.script(Script.after(Duration.ZERO)
                    .chunks(50, "x", Duration.ofMillis(10))
                    .complete());
            Rig.Recorder recorder = new Rig.Recorder();
            int[] chunksAtCancel = {-1};
            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            call.addListener(recorder);
            rig.at(Duration.ofMillis(100), () -> {
                call.cancel("enough");
                chunksAtCancel[0] = recorder.chunks;
            });
            rig.sim.run();

            assertThat(chunksAtCancel[0]).isBetween(9, 10);
            assertThat(recorder.chunks).isEqualTo(chunksAtCancel[0]);
            assertThat(recorder.told).last().isEqualTo("ended CANCELLED");
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName(
            "I9: cancelling a future cancels the call; orTimeout, completing it, or cancelling a dependent does not")
    void future_whatReachesTheCall_isCancelOnly() {
        Rig rig = new Rig(1);
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);

        assertThat(call.toCompletableFuture().thenApply(reply -> reply).cancel(true))
                .isTrue();
        call.toCompletableFuture().completeExceptionally(new IllegalStateException("by hand"));
        CompletableFuture<ChatReply> copy = call.toCompletableFuture().copy();
        assertThat(copy.cancel(true)).isTrue();

        assertThat(call.isDone()).isFalse();
        assertThat(rig.text(call)).isEqualTo("ok");
        rig.assertSettled();
    }

    @Test
    @DisplayName("I9: a cancelled waiter leaves its place to who comes next")
    void cancel_headOfTheQueue_nextIsServed() {
        Rig rig = new Rig(
                1,
                builder ->
                        builder.limits(PermitLimits.builder().provider("glm", 1).build()));
        rig.glm.script(1, Script.after(seconds(10)).chunk("first").complete());
        Session session = rig.exai.openSession("s");
        session.chat(ASK_GLM);
        ChatCall second = session.chat(ASK_GLM);
        ChatCall third = session.chat(ASK_GLM);
        rig.sim.runFor(seconds(1));

        second.cancel("enough");
        assertThat(rig.exai.snapshot().global().waiting()).isEqualTo(1);

        assertThat(rig.text(third)).isEqualTo("ok");
        assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(10_100));
        assertThat(rig.glm.opened()).isEqualTo(2);
        rig.assertSettled();
    }

    @Test
    @DisplayName("I9: cancel after another end changes nothing and says so")
    void cancel_afterSuccess_isFalse() {
        Rig rig = new Rig(1);
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        rig.end(call);

        assertThat(call.cancel("too late")).isFalse();
        assertThat(call.toCompletableFuture().cancel(true)).isFalse();
        assertThat(call.state()).isEqualTo(CallState.SUCCEEDED);
    }
}
