package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.DeadlineExceededException.Stage;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.RateLimitedException;
import dev.exai.model.ModelSelector;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@DisplayName("I8 a call ends by its deadline, whatever anything else does")
class DeadlineScenarioTest {
    static Stream<Arguments> scriptsThatNeverEnd() {
        return Stream.of(
                Arguments.of("hangs before anything", Script.hang()),
                Arguments.of("hangs after headers", Script.opened().hang()),
                Arguments.of("hangs in mid-stream", Script.chunk("a").hang()),
                Arguments.of(
                        "hangs in mid-stream, all inside open",
                        Script.chunk("a").hang().insideOpen()),
                Arguments.of(
                        "drips", Script.opened().chunks(1_000, "x", seconds(1)).complete()),
                Arguments.of("throws from abort", Script.hang().abortThrows(new IllegalStateException("no"))),
                Arguments.of("never ends when aborted", Script.hang().endAfterAbort(Duration.ofHours(9))),
                Arguments.of(
                        "goes on when aborted",
                        Script.after(Duration.ZERO)
                                .chunks(40, "x", seconds(1))
                                .complete()
                                .ignoreAbort()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void scriptsThatNeverEnd(String name, Script script) {
        Rig.forSeeds(10, rig -> {
            rig.glm.script(script);
            Rig.Recorder recorder = new Rig.Recorder();

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, within(30));
            call.addListener(recorder);
            ExaiException failure = rig.failure(call);

            assertThat(rig.sim.now()).isEqualTo(seconds(30));
            assertThat(failure).isInstanceOfSatisfying(DeadlineExceededException.class, late -> {
                assertThat(late.stage()).isEqualTo(Stage.RUNNING);
                assertThat(late.budget()).isEqualTo(seconds(30));
                assertThat(late.callId()).contains(call.id().value());
            });
            rig.assertIdle();
            rig.assertSettled();
            assertThat(recorder.ends).isEqualTo(1);
            assertThat(call.state()).isEqualTo(CallState.DEADLINE_EXCEEDED);
        });
    }

    @Test
    @DisplayName("I8: in the queue, with who has the permits as the cause, in every order of the two timers")
    void queued_untilTheDeadline_saysWhatItWaitedFor() {
        Rig.forSeeds(60, rig -> {
            rig.glm.script(Script.hang());
            rig.occupyGlm(3);

            ChatCall call = rig.exai.openSession("late").chat(ASK_GLM, within(30));
            ExaiException failure = rig.failure(call);

            assertThat(rig.sim.now()).isEqualTo(seconds(30));
            assertThat(failure).isInstanceOfSatisfying(DeadlineExceededException.class, late -> {
                assertThat(late.stage()).isEqualTo(Stage.QUEUED);
                assertThat(late).hasCauseInstanceOf(PermitTimeoutException.class);
                PermitTimeoutException cause = (PermitTimeoutException) late.getCause();
                assertThat(cause.held()).isEqualTo(3);
                assertThat(cause.limit()).isEqualTo(3);
                assertThat(cause.waited()).isEqualTo(seconds(30));
            });
            assertThat(rig.exai.snapshot().global().waiting()).isZero();
        });
    }

    @Test
    @DisplayName("I8: a deadline that is over before the queue is reached")
    void queued_deadlineOfANanosecond_endsAtOnce() {
        Rig.forSeeds(30, rig -> {
            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, CallOptions.within(Duration.ofNanos(1)));

            rig.end(call);

            assertThat(rig.sim.now()).isLessThanOrEqualTo(Duration.ofNanos(1));
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: a Retry-After of a day is not waited for")
    void retryAfter_beyondTheDeadline_failsAtOnce() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.after(seconds(2)).fail(() -> Failures.rateLimited("glm", seconds(86_400))));

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, within(30));
        ExaiException failure = rig.failure(call);

        assertThat(failure).isInstanceOf(RateLimitedException.class);
        assertThat(rig.sim.now()).isEqualTo(seconds(2));
        rig.assertSettled();
        assertThat(rig.glm.opened()).isEqualTo(1);
    }

    @Test
    @DisplayName("I8: nor one so long that no clock can count it")
    void retryAfter_beyondAllCounting_failsAtOnce() {
        Rig rig = new Rig(1);
        Duration asked = Duration.ofSeconds(Long.MAX_VALUE / 1_000);
        rig.glm.script(Script.after(seconds(2)).fail(() -> Failures.rateLimited("glm", asked)));

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, within(30));

        assertThat(rig.failure(call)).isInstanceOf(RateLimitedException.class);
        assertThat(rig.sim.now()).isEqualTo(seconds(2));
        rig.assertSettled();
    }

    @Test
    @DisplayName("I8: failing over and over, with as many attempts as it wants, no attempt without useful time")
    void retries_untilTheDeadline_endByIt() {
        Rig.forSeeds(30, rig -> {
            rig.glm.script(Script.after(seconds(3)).fail(() -> Failures.unavailable("glm")));
            CallOptions options = CallOptions.builder()
                    .deadline(seconds(60))
                    .maxAttempts(1_000)
                    .build();

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, options);
            rig.end(call);

            assertThat(rig.sim.now()).isLessThanOrEqualTo(seconds(60));
            assertThat(rig.glm.opened()).isBetween(4L, 20L);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: attempts that hang, one after the other, cannot pass the deadline together")
    void retries_eachHangs_endAtTheDeadline() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.opened().hang());
        CallOptions options =
                CallOptions.builder().deadline(seconds(200)).maxAttempts(10).build();

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, options);
        ExaiException failure = rig.failure(call);

        assertThat(failure).isInstanceOf(DeadlineExceededException.class);
        assertThat(rig.sim.now()).isEqualTo(seconds(200));
        assertThat(rig.glm.opened()).isEqualTo(4);
        rig.assertSettled();
    }

    static Stream<Arguments> selectors() {
        ModelSelector never = (query, catalog) -> new CompletableFuture<>();
        ModelSelector throwing = (query, catalog) -> {
            throw new IllegalStateException("no");
        };
        ModelSelector error = (query, catalog) -> {
            throw new StackOverflowError("no");
        };
        ModelSelector nothing = (query, catalog) -> null;
        ModelSelector empty = (query, catalog) -> CompletableFuture.completedFuture(java.util.List.of());
        ModelSelector nulls =
                (query, catalog) -> CompletableFuture.completedFuture(java.util.Collections.singletonList(null));
        return Stream.of(
                Arguments.of("never answers", never, DeadlineExceededException.class),
                Arguments.of("throws", throwing, InternalErrorException.class),
                Arguments.of("throws an error", error, InternalErrorException.class),
                Arguments.of("returns null", nothing, InternalErrorException.class),
                Arguments.of("chooses nothing", empty, InternalErrorException.class),
                Arguments.of("chooses null", nulls, InternalErrorException.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("selectors")
    void resolving_selectorMisbehaves_endsByTheDeadline(
            String name, ModelSelector selector, Class<? extends Exception> expected) {
        Rig.forSeeds(5, builder -> builder.modelSelector(selector), rig -> {
            ChatCall call = rig.exai.openSession("s").chat(ASK_AUTO, within(20));

            ExaiException failure = rig.failure(call);

            assertThat(failure).isInstanceOf(expected);
            if (failure instanceof DeadlineExceededException late) {
                assertThat(late.stage()).isEqualTo(Stage.RESOLVING);
                assertThat(rig.sim.now()).isEqualTo(seconds(20));
            } else {
                assertThat(rig.sim.now()).isZero();
            }
            rig.assertSettled();
            assertThat(rig.glm.calls()).isEmpty();
        });
    }

    @Test
    @DisplayName("I8: a selector that is slower than the call")
    void resolving_slowSelector_endsAtTheDeadlineAndServesTheNext() {
        Rig[] self = new Rig[1];
        ModelSelector slow = (query, catalog) -> {
            CompletableFuture<java.util.List<dev.exai.model.Route>> answer = new CompletableFuture<>();
            self[0].at(seconds(25), () -> answer.complete(java.util.List.of(catalog.find("kimi-fast"))));
            return answer;
        };
        Rig rig = new Rig(1, builder -> builder.modelSelector(slow));
        self[0] = rig;
        Session session = rig.exai.openSession("s");

        ChatCall first = session.chat(ASK_AUTO, within(20));
        ExaiException failure = rig.failure(first);
        assertThat(rig.sim.now()).isEqualTo(seconds(20));
        ChatCall second = session.chat(ASK_AUTO, within(20));

        assertThat(failure).isInstanceOf(DeadlineExceededException.class);
        assertThat(rig.text(second)).isEqualTo("ok");
        assertThat(rig.exai.models().loads()).isEqualTo(1);
        assertThat(rig.kimi.calls().get(0).model().id()).isEqualTo("kimi-fast");
        rig.assertSettled();
    }

    @Test
    @DisplayName("I8: a selector whose own deadline passed does not end the call as if its deadline had")
    void resolving_selectorFailsWithADeadline_isAFailureOfTheSelector() {
        DeadlineExceededException foreign = new DeadlineExceededException(Stage.RUNNING, seconds(1), null);
        Rig rig = new Rig(
                1, builder -> builder.modelSelector((query, catalog) -> CompletableFuture.failedFuture(foreign)));

        ChatCall call = rig.exai.openSession("s").chat(ASK_AUTO, within(20));
        ExaiException failure = rig.failure(call);

        assertThat(call.state()).isEqualTo(CallState.FAILED);
        assertThat(failure).isInstanceOf(InternalErrorException.class).hasCause(foreign);
    }

    @Test
    @DisplayName("I8: a provider that throws from open")
    void open_throws_failsAtOnce() {
        Rig.forSeeds(5, rig -> {
            rig.glm.script(Script.throwOnOpen(new IllegalStateException("no")));

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, within(30));
            ExaiException failure = rig.failure(call);

            assertThat(failure)
                    .isInstanceOf(InternalErrorException.class)
                    .hasRootCauseInstanceOf(IllegalStateException.class);
            assertThat(rig.sim.now()).isZero();
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: limits so long that no clock can count them are no limits")
    void limits_forEver_doNotKeepTheCallFromRunning() {
        Duration forEver = ChronoUnit.FOREVER.getDuration();
        Rig rig = new Rig(1);
        CallOptions options = CallOptions.builder()
                .deadline(forEver)
                .attempt(forEver)
                .firstEvent(forEver)
                .silence(forEver)
                .build();

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, options);

        assertThat(rig.text(call)).isEqualTo("ok");
        assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(100));
        rig.assertIdle();
    }

    @Test
    @DisplayName("I8: a deadline counts from the start, over queue, attempts and back-off alike")
    void deadline_queueAndAttempts_shareOneBudget() {
        Rig rig = new Rig(
                1,
                builder ->
                        builder.limits(PermitLimits.builder().provider("glm", 1).build()));
        rig.glm
                .script(1, Script.after(seconds(20)).chunk("first").complete())
                .script(2, Script.after(seconds(5)).fail(() -> Failures.unavailable("glm")))
                .script(3, Script.hang());
        rig.exai.openSession("first").chat(ASK_GLM);

        ChatCall call = rig.exai.openSession("second").chat(ASK_GLM, within(30));
        ExaiException failure = rig.failure(call);

        assertThat(rig.sim.now()).isEqualTo(seconds(30));
        assertThat(failure).isInstanceOfSatisfying(DeadlineExceededException.class, late -> {
            assertThat(late.stage()).isEqualTo(Stage.RUNNING);
            assertThat(late).hasCauseInstanceOf(dev.exai.error.UnavailableException.class);
        });
        rig.assertSettled();
    }

    @Test
    @DisplayName("I8: granted | the deadline in one moment: no exchange is opened that has no time left")
    void granted_atTheMomentOfTheDeadline_opensNothing() {
        Rig.forSeeds(50, rig -> {
            rig.glm.script(Script.opened().hang());
            List<ChatCall> hung = rig.occupyGlm(rig.exai.limits().provider(Rig.GLM));
            rig.sim.runFor(Duration.ZERO);
            ChatCall late = rig.exai.openSession("s").chat(ASK_GLM, within(10));
            rig.at(seconds(10), () -> hung.get(0).cancel("enough"));

            rig.sim.runUntil(late::isDone);

            assertThat(late.state()).isEqualTo(CallState.DEADLINE_EXCEEDED);
            assertThat(rig.glm.opened()).isEqualTo(hung.size());
            rig.exai.close();
            rig.sim.run();
            rig.assertSettled();
        });
    }
}
