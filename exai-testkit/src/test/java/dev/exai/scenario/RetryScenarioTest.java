package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.error.ExaiException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import dev.exai.permit.PermitLimits;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@DisplayName("I8 one retry layer")
class RetryScenarioTest {
    static Stream<Arguments> errorClasses() {
        return Stream.of(
                Arguments.of("rate limit", Script.fail(() -> Failures.rateLimited("glm", null)), 3),
                Arguments.of("unavailable", Script.fail(() -> Failures.unavailable("glm")), 3),
                Arguments.of("malformed", Script.fail(() -> Failures.malformed("glm")), -1),
                Arguments.of("out of balance", Script.fail(() -> Failures.quotaExhausted("glm")), 1),
                Arguments.of("bad key", Script.fail(() -> Failures.authentication("glm")), 1),
                Arguments.of("bad request", Script.fail(() -> Failures.rejected("glm")), 1),
                Arguments.of("no connection", Script.after(seconds(1)).timeOut(Limit.CONNECT, seconds(1)), 3),
                Arguments.of("hangs", Script.opened().hang(), 3),
                Arguments.of("hangs in mid-stream", Script.chunk("a").hang(), 3),
                Arguments.of("open throws what it should not", Script.throwOnOpen(new IllegalStateException("no")), 1),
                Arguments.of("open throws a refusal", Script.throwOnOpen(Failures.unavailable("glm")), 3));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("errorClasses")
    void fails_eachErrorClass_opensAsOftenAsItsClassSays(String name, Script script, int opens) {
        Rig.forSeeds(5, rig -> {
            rig.glm.script(script);

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            ExaiException failure = rig.failure(call);

            int expected = opens >= 0 ? opens : failure.isRetryable() ? 3 : 1;
            assertThat(rig.glm.calls()).hasSize(expected);
            assertThat(rig.glm.calls().stream().map(ProviderCall::attempt).toList())
                    .containsExactlyElementsOf(
                            Stream.iterate(1, n -> n + 1).limit(expected).toList());
            assertThat(failure.getSuppressed()).hasSize(expected - 1);
            assertThat(failure.callId()).contains(call.id().value());
            assertThat(failure.context().provider()).contains("glm");
            assertThat(failure.context().model()).contains("glm-standard");
            rig.assertSettled();
        });
    }

    @Test
    void fails_thenSucceeds_replyIsWhole() {
        Rig.forSeeds(10, rig -> {
            rig.glm
                    .script(1, Script.chunk("he").fail(() -> Failures.unavailable("glm")))
                    .script(2, Script.chunk("he").chunk("ll").hang())
                    .script(3, Script.chunk("he").chunk("ll").chunk("o").complete());

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);

            assertThat(rig.text(call)).isEqualTo("hello");
            assertThat(rig.glm.opened()).isEqualTo(3);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: what a listener was told cannot be taken back: no retry after a chunk")
    void fails_afterAListenerHadAChunk_isNotRetried() {
        Rig.forSeeds(20, rig -> {
            rig.glm.script(Script.chunk("he").after(seconds(1)).fail(() -> Failures.unavailable("glm")));
            Rig.Recorder recorder = new Rig.Recorder();

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            call.addListener(recorder);

            assertThat(rig.failure(call)).isInstanceOf(UnavailableException.class);
            rig.sim.run();
            assertThat(recorder.chunks).isEqualTo(1);
            assertThat(rig.glm.opened()).isEqualTo(1);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I12: answers that broke off before a reader cost no retry, so they use up nobody's")
    void fails_afterOutput_chargesNoRetryBudget() {
        Rig.forSeeds(3, rig -> {
            for (int call = 1; call <= 30; call++) {
                rig.glm.script(
                        call, Script.chunk("he").after(seconds(1)).fail(() -> Failures.rateLimited("glm", null)));
            }
            rig.glm.script(31, Script.fail(() -> Failures.rateLimited("glm", null)));
            rig.glm.script(32, Script.chunk("hello").complete());
            for (int i = 0; i < 30; i++) {
                ChatCall read = rig.exai.openSession("reader").chat(ASK_GLM);
                read.addListener(new Rig.Recorder());
                rig.failure(read);
            }

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);

            assertThat(rig.text(call)).isEqualTo("hello");
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: one who waits for the end alone is no reader: no output reached it, so the call is retried")
    void fails_listenerThatTakesNoChunks_isRetried() {
        Rig.forSeeds(20, rig -> {
            rig.glm
                    .script(1, Script.chunk("he").after(seconds(1)).fail(() -> Failures.unavailable("glm")))
                    .script(2, Script.chunk("hello").complete());
            List<String> ends = new ArrayList<>();

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
            call.addListener(new CallListener<ChatReply>() {
                @Override
                public void ended(CallOutcome<? extends ChatReply> outcome) {
                    ends.add(outcome.state().toString());
                }
            });

            assertThat(rig.text(call)).isEqualTo("hello");
            rig.sim.run();
            assertThat(ends).containsExactly("SUCCEEDED");
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: a piece that was told to nobody yet has reached nobody: retried, and it is never told")
    void fails_listenerBehindItsExecutor_isRetriedAndHearsOnlyTheAnswer() {
        List<Runnable> held = new ArrayList<>();
        Rig rig = new Rig(1, builder -> builder.executor(held::add));
        rig.glm
                .script(1, Script.chunk("he").after(seconds(1)).fail(() -> Failures.unavailable("glm")))
                .script(2, Script.chunk("hello").complete());
        Rig.Recorder recorder = new Rig.Recorder();

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        call.addListener(recorder);

        assertThat(rig.text(call)).isEqualTo("hello");
        while (!held.isEmpty()) {
            held.remove(0).run();
        }
        assertThat(recorder.told).contains("hello", "ended SUCCEEDED").doesNotContain("he");
    }

    @Test
    @DisplayName("I8: where the caller allows it, an answer of which it has seen pieces begins anew, and it is told")
    void fails_afterOutput_restartAllowed_isRetriedAndSaysSo() {
        Rig.forSeeds(20, rig -> {
            rig.glm
                    .script(1, Script.chunk("he").after(seconds(1)).fail(() -> Failures.unavailable("glm")))
                    .script(2, Script.chunk("hello").complete());
            List<String> told = new ArrayList<>();

            ChatCall call = rig.exai
                    .openSession("s")
                    .chat(
                            ASK_GLM,
                            CallOptions.builder().restartAfterOutput(true).build());
            call.addListener(new CallListener<ChatReply>() {
                @Override
                public void chunk(Chunk chunk) {
                    told.add(Rig.content(chunk));
                }
            });

            assertThat(rig.text(call)).isEqualTo("hello");
            rig.sim.run();
            assertThat(told).containsExactly("he", "StartedOver", "hello");
            List<String> read = new ArrayList<>();
            call.chunks().forEach(chunk -> read.add(chunk.toString()));
            assertThat(read).containsExactly("Text[2 chars]", "StartedOver", "Text[5 chars]");
            assertThat(call.timeline().toString()).contains("started over, as the caller allowed");
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: a listener that came after the chunk has not seen it: retried, and it sees a whole answer")
    void fails_beforeTheListenerCame_isRetried() {
        Rig rig = new Rig(1);
        rig.glm
                .script(1, Script.chunk("he").after(seconds(2)).fail(() -> Failures.unavailable("glm")))
                .script(2, Script.chunk("hello").complete());
        Rig.Recorder recorder = new Rig.Recorder();
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        rig.sim.runFor(seconds(1));

        call.addListener(recorder);

        assertThat(rig.text(call)).isEqualTo("hello");
        rig.sim.run();
        assertThat(recorder.told).contains("hello").doesNotContain("he");
    }

    @Test
    @DisplayName("I8: a late end of the attempt before does not touch the one under way")
    void fails_lateEndOfTheAttemptBefore_isIgnored() {
        Rig.forSeeds(30, rig -> {
            rig.glm
                    .script(
                            1,
                            Script.opened()
                                    .after(seconds(61))
                                    .chunk("stale")
                                    .after(seconds(1))
                                    .complete()
                                    .ignoreAbort())
                    .script(2, Script.after(seconds(20)).chunk("fresh").complete());

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);

            assertThat(rig.text(call)).isEqualTo("fresh");
            assertThat(rig.glm.maxInFlight()).isEqualTo(1);
            rig.assertSettled();
        });
    }

    @Test
    void retryAfter_longerThanOurBackOff_isHonoured() {
        Rig rig = new Rig(1);
        rig.glm.script(1, Script.after(seconds(1)).fail(() -> Failures.rateLimited("glm", seconds(30))));

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        rig.sim.runFor(Duration.ofMillis(30_999));
        assertThat(rig.glm.opened()).isEqualTo(1);
        rig.sim.runFor(Duration.ofMillis(1));
        assertThat(rig.glm.opened()).isEqualTo(2);

        assertThat(rig.text(call)).isEqualTo("ok");
    }

    @Test
    void retryAfter_shorterThanOurBackOff_isNotTrusted() {
        Rig.forSeeds(20, rig -> {
            rig.glm.script(1, Script.fail(() -> Failures.rateLimited("glm", Duration.ofMillis(1))));

            rig.end(rig.exai.openSession("s").chat(ASK_GLM));

            assertThat(rig.sim.now()).isBetween(Duration.ofMillis(350), Duration.ofMillis(600));
        });
    }

    @Test
    @DisplayName("I2: a call that backs off holds nothing: another session gets the only permit meanwhile")
    void backOff_onlyOnePermit_anotherSessionRuns() {
        Rig.forSeeds(
                10,
                builder ->
                        builder.limits(PermitLimits.builder().provider("glm", 1).build()),
                rig -> {
                    rig.glm.script(1, Script.fail(() -> Failures.unavailable("glm")));
                    ChatCall first = rig.exai.openSession("s").chat(ASK_GLM);
                    rig.sim.runFor(Duration.ofMillis(100));
                    rig.assertIdle();

                    ChatCall other = rig.exai.openSession("t").chat(ASK_GLM);

                    assertThat(rig.text(other)).isEqualTo("ok");
                    assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(200));
                    assertThat(rig.text(first)).isEqualTo("ok");
                    rig.assertSettled();
                });
    }

    @Test
    @DisplayName("a provider that says when to come back is asked by nobody until then")
    void retryAfter_otherSession_waitsToo() {
        Rig.forSeeds(10, rig -> {
            rig.glm.script(1, Script.fail(() -> Failures.rateLimited("glm", seconds(20))));
            ChatCall first = rig.exai.openSession("s").chat(ASK_GLM);
            rig.sim.runFor(seconds(1));

            ChatCall other = rig.exai.openSession("t").chat(ASK_GLM);
            rig.sim.runFor(Duration.ofMillis(18_999));
            assertThat(rig.glm.opened()).isEqualTo(1);
            rig.sim.runFor(Duration.ofMillis(2));
            assertThat(rig.glm.opened()).isGreaterThanOrEqualTo(2);

            assertThat(rig.text(other)).isEqualTo("ok");
            assertThat(rig.text(first)).isEqualTo("ok");
        });
    }

    @Test
    @DisplayName("a provider that asks for a day is asked again after a minute")
    void retryAfter_aDay_stopsOthersForAMinute() {
        Rig rig = new Rig(1);
        rig.glm.script(1, Script.fail(() -> Failures.rateLimited("glm", Duration.ofDays(1))));
        ChatCall first = rig.exai.openSession("s").chat(ASK_GLM);
        rig.sim.runFor(seconds(1));
        assertThat(first.isDone()).as("it cannot wait that long").isTrue();

        ChatCall other = rig.exai.openSession("t").chat(ASK_GLM);

        assertThat(rig.text(other)).isEqualTo("ok");
        assertThat(rig.sim.now()).isBetween(seconds(60), seconds(61));
    }

    @Test
    @DisplayName("too many at once: the provider's limit is lowered, and raised again")
    void refusedForConcurrency_limitFollows() {
        Rig rig = new Rig(1);
        rig.glm.script(1, Script.fail(() -> Failures.rateLimited("glm", null)));
        ProviderId glm = ProviderId.of("glm");

        assertThat(rig.text(rig.exai.openSession("s").chat(ASK_GLM))).isEqualTo("ok");

        assertThat(rig.exai.snapshot().provider(glm).orElseThrow().limit()).isEqualTo(1);
        rig.sim.runFor(Duration.ofMinutes(3));
        assertThat(rig.exai.snapshot().provider(glm).orElseThrow().limit())
                .isEqualTo(rig.exai.limits().provider(glm));
    }

    @Test
    @DisplayName("I8: the failures before the last are told as suppressed, in their order")
    void fails_threeTimes_lastCarriesTheOthers() {
        Rig rig = new Rig(1);
        rig.glm
                .script(1, Script.fail(() -> Failures.unavailable("glm")))
                .script(2, Script.hang())
                .script(3, Script.fail(() -> Failures.rateLimited("glm", null)));

        ExaiException failure = rig.failure(rig.exai.openSession("s").chat(ASK_GLM));

        assertThat(failure).isInstanceOf(RateLimitedException.class);
        assertThat(failure.getSuppressed())
                .hasExactlyElementsOfTypes(UnavailableException.class, AttemptTimeoutException.class);
    }

    @Test
    void maxAttempts_one_isNoRetry() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));

        ExaiException failure = rig.failure(rig.exai.openSession("s").chat(ASK_GLM, Rig.once()));

        assertThat(failure).isInstanceOf(UnavailableException.class);
        assertThat(failure.getSuppressed()).isEmpty();
        assertThat(rig.glm.opened()).isEqualTo(1);
    }

    @Test
    @DisplayName("I8: an attempt starts only with a second or more to go")
    void retries_nearTheDeadline_startOnlyWithTimeLeft() {
        Rig.forSeeds(50, rig -> {
            List<Duration> left = new ArrayList<>();
            rig.glm.script(
                    asked -> {
                        left.add(asked.context().deadline().remaining());
                        return true;
                    },
                    Script.fail(() -> Failures.unavailable("glm")));
            CallOptions options =
                    CallOptions.builder().deadline(seconds(20)).maxAttempts(50).build();

            rig.end(rig.exai.openSession("s").chat(ASK_GLM, options));

            assertThat(left).hasSizeGreaterThan(3).allMatch(time -> time.compareTo(seconds(1)) >= 0);
        });
    }

    @Test
    @DisplayName("I8: the worst case of a call is its deadline, not attempts times layers")
    void retries_worstCase_isTheDeadline() {
        Rig rig = new Rig(1);
        rig.glm.script(
                Script.after(Duration.ZERO).chunks(100_000, "x", seconds(1)).complete());

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, within(3_000));
        rig.end(call);

        assertThat(rig.sim.now()).isLessThanOrEqualTo(seconds(3_000));
        assertThat(rig.glm.opened()).isEqualTo(3);
        rig.assertSettled();
    }
}
