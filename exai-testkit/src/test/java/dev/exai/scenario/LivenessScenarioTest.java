package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.ASK_KIMI;
import static dev.exai.scenario.Rig.once;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.error.ExaiException;
import dev.exai.message.Chunk;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@DisplayName("I8 liveness: each limit has an error of its own, and progress moves the watch on")
class LivenessScenarioTest {
    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of("nothing at all", Script.hang(), Limit.FIRST_EVENT, 60),
                Arguments.of("headers only", Script.after(seconds(50)).opened().hang(), Limit.FIRST_EVENT, 60),
                Arguments.of("one piece", Script.after(seconds(50)).chunk("a").hang(), Limit.SILENCE, 110),
                Arguments.of(
                        "one thought", Script.after(seconds(50)).reasoning("a").hang(), Limit.SILENCE, 110),
                Arguments.of("inside open", Script.chunk("a").hang().insideOpen(), Limit.SILENCE, 60),
                Arguments.of(
                        "a drip",
                        Script.after(Duration.ZERO)
                                .chunks(1_000, "x", seconds(59))
                                .hang(),
                        Limit.ATTEMPT,
                        600),
                Arguments.of(
                        "too slow by a moment",
                        Script.after(Duration.ZERO)
                                .chunks(9, "x", Duration.ofMillis(60_001))
                                .hang(),
                        Limit.FIRST_EVENT,
                        60));
    }

    @ParameterizedTest(name = "{0}: {2} at {3} s")
    @MethodSource("limits")
    void hangs_atEachPlace_meetsItsOwnLimit(String name, Script script, Limit limit, int at) {
        Rig.forSeeds(5, rig -> {
            rig.glm.script(script);

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, once());
            ExaiException failure = rig.failure(call);

            assertThat(rig.sim.now()).isEqualTo(seconds(at));
            assertThat(failure).isInstanceOfSatisfying(AttemptTimeoutException.class, met -> {
                assertThat(met.limit()).isEqualTo(limit);
                assertThat(met.duration()).isEqualTo(limit == Limit.ATTEMPT ? seconds(600) : seconds(60));
            });
            assertThat(rig.glm.aborted()).isEqualTo(1);
            rig.assertIdle();
            rig.assertSettled();
        });
    }

    // found by the whole-system simulation: the watch stood at the limit of the first event, and noticed silence then
    @Test
    void silence_limitShorterThanThatOfTheFirstEvent_isMetInTime() {
        Rig.forSeeds(5, rig -> {
            rig.glm.script(Script.after(seconds(1)).chunk("a").hang());
            CallOptions options = CallOptions.builder()
                    .firstEvent(seconds(50))
                    .silence(seconds(2))
                    .maxAttempts(1)
                    .build();

            ExaiException failure = rig.failure(rig.exai.openSession("s").chat(ASK_GLM, options));

            assertThat(rig.sim.now()).isEqualTo(seconds(3));
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            AttemptTimeoutException.class,
                            met -> assertThat(met.limit()).isEqualTo(Limit.SILENCE));
            rig.assertSettled();
        });
    }

    @Test
    void progress_ofAnyKind_movesTheWatchOn() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.after(seconds(59))
                .reasoning("a")
                .after(seconds(59))
                .reasoning("b")
                .after(seconds(59))
                .chunk(Chunk.functionPiece(0, "id", "f", "{"))
                .after(seconds(59))
                .chunk(Chunk.functionPiece(0, null, null, "}"))
                .after(seconds(59))
                .chunk("c")
                .after(seconds(59))
                .complete());

        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, once());

        assertThat(rig.text(call)).isEqualTo("c");
        assertThat(rig.sim.now()).isEqualTo(seconds(6 * 59));
        rig.assertSettled();
    }

    @Test
    void options_ofTheCall_standInForTheModels() {
        Rig rig = new Rig(1);
        rig.glm.script(1, Script.hang()).script(2, Script.chunk("a").hang());
        rig.glm.script(Script.after(Duration.ZERO).chunks(100, "x", seconds(1)).hang());
        CallOptions options = once().toBuilder()
                .firstEvent(seconds(3))
                .silence(seconds(4))
                .attempt(seconds(50))
                .build();
        var session = rig.exai.openSession("s");

        AttemptTimeoutException first = (AttemptTimeoutException) rig.failure(session.chat(ASK_GLM, options));
        assertThat(rig.sim.now()).isEqualTo(seconds(3));
        AttemptTimeoutException second = (AttemptTimeoutException) rig.failure(session.chat(ASK_GLM, options));
        assertThat(rig.sim.now()).isEqualTo(seconds(7));
        AttemptTimeoutException third = (AttemptTimeoutException) rig.failure(session.chat(ASK_GLM, options));
        assertThat(rig.sim.now()).isEqualTo(seconds(57));

        assertThat(first.limit()).isEqualTo(Limit.FIRST_EVENT);
        assertThat(second.limit()).isEqualTo(Limit.SILENCE);
        assertThat(third.limit()).isEqualTo(Limit.ATTEMPT);
    }

    @Test
    @DisplayName("I8: limits of a provider stand in for its models', and those of a call for them")
    void limits_ofTheProvider_standInForItsModels_andThoseOfTheCallForThem() {
        Rig rig = new Rig(
                1,
                builder -> builder.connectLimit("glm", seconds(2))
                        .firstEventLimit("glm", seconds(3))
                        .silenceLimit("glm", seconds(4))
                        .attemptLimit("glm", seconds(50)));
        CallOptions ownConnect =
                once().toBuilder().connect(seconds(1)).silence(seconds(9)).build();
        var session = rig.exai.openSession("s");

        rig.end(session.chat(ASK_GLM, once()));
        rig.end(session.chat(ASK_GLM, ownConnect));
        rig.end(session.chat(ASK_KIMI, once()));

        assertThat(rig.glm.calls().stream().map(ProviderCall::limits))
                .extracting(LivenessLimits::toString)
                .containsExactly(
                        LivenessLimits.plain()
                                .withConnect(seconds(2))
                                .withFirstEvent(seconds(3))
                                .withSilence(seconds(4))
                                .withAttempt(seconds(50))
                                .toString(),
                        LivenessLimits.plain()
                                .withConnect(seconds(1))
                                .withFirstEvent(seconds(3))
                                .withSilence(seconds(9))
                                .withAttempt(seconds(50))
                                .toString());
        assertThat(rig.kimi.calls().get(0).limits())
                .hasToString(LivenessLimits.plain().toString());
        assertThatThrownBy(() -> new Rig(1, builder -> builder.silenceLimit("glm", Duration.ZERO)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("silence limit must be more than zero");
    }

    @Test
    @DisplayName("I8: a chunk | the silence limit in one moment: either, and the pool is whole")
    void silence_chunkInTheSameMoment_eitherWins() {
        Rig.forSeeds(60, rig -> {
            rig.glm.script(Script.chunk("a").after(seconds(60)).chunk("b").complete());

            ChatCall call = rig.exai.openSession("s").chat(ASK_GLM, once());
            rig.end(call);

            assertThat(rig.sim.now()).isEqualTo(seconds(60));
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: time in the queue is not time of the attempt")
    void queued_longerThanTheAttemptMay_doesNotCount() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.after(seconds(50)).chunk("ok").complete());
        var session = rig.exai.openSession("s");
        for (int i = 0; i < 40; i++) {
            session.chat(
                    ASK_GLM,
                    CallOptions.builder().maxAttempts(1).attempt(seconds(55)).build());
        }
        ChatCall last = session.chat(ASK_GLM, once());

        assertThat(rig.text(last)).isEqualTo("ok");
        assertThat(rig.sim.now()).isGreaterThan(seconds(600));
        rig.assertSettled();
        assertThat(rig.glm.completed()).isEqualTo(41);
        assertThat(rig.glm.maxInFlight()).isLessThanOrEqualTo(3);
    }
}
