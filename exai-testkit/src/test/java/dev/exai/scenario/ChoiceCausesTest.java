package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.once;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.error.ModelNotFoundException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.model.CatalogChanges;
import dev.exai.model.Explanation;
import dev.exai.model.ModelRequest;
import dev.exai.model.Verdict;
import dev.exai.resilience.Resilience;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelStatus;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What went wrong with choosing and retrying in the system that failed, cause by cause. */
@Timeout(60)
@DisplayName("Causes of the incident: model selection (chapter 5), R2 to R9, T9, D9")
class ChoiceCausesTest {
    private final Rig rig = new Rig(1);
    private final Session session = rig.exai.openSession("s");

    private ChatReply reply(ChatCall call) {
        rig.text(call);
        return call.toCompletableFuture().join();
    }

    @Test
    @DisplayName("chapter 5: an unknown model was replaced in silence")
    void explicit_unknown_isAskedAsNamedWithANote() {
        ChatReply reply = reply(session.chat(
                ChatRequest.builder("x").model("glm/glm-of-tomorrow").build()));

        assertThat(rig.glm.calls().get(0).model().id()).isEqualTo("glm-of-tomorrow");
        assertThat(reply.choice().notes())
                .singleElement()
                .asString()
                .startsWith("no catalogue has glm/glm-of-tomorrow");
        assertThat(rig.failure(
                        session.chat(ChatRequest.builder("x").model("nobody/x").build())))
                .isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    @DisplayName("chapter 5: a retired model is asked as named, and its successor is told")
    void explicit_retired_warns() {
        ModelInfo old = ModelInfo.builder("glm-old")
                .status(ModelStatus.retired(null, "glm-standard"))
                .build();
        Rig aged = new Rig(
                1,
                builder ->
                        builder.models(CatalogChanges.builder().put("glm", old).build()));

        ChatCall call = aged.exai
                .openSession("s")
                .chat(ChatRequest.builder("x").model("glm-old").build());
        aged.text(call);

        assertThat(call.toCompletableFuture().join().choice().notes())
                .containsExactly("glm/glm-old is retired, use glm-standard");
        assertThat(call.timeline().toString()).contains("note: glm/glm-old is retired");
    }

    @Test
    @DisplayName("chapter 5: the cache ignored availability, breaker, prompt size and needs")
    void auto_cached_followsHealthNeedsAndSize() {
        rig.text(session.chat(ASK_AUTO));
        rig.glm.script(Script.fail(() -> Failures.quotaExhausted("glm")));
        rig.text(session.chat(ASK_AUTO));
        long asked = rig.glm.opened();
        for (int i = 0; i < 5; i++) {
            assertThat(reply(session.chat(ASK_AUTO)).provider()).isEqualTo("kimi");
        }

        assertThat(rig.glm.opened()).isEqualTo(asked);
        assertThat(ModelRequest.of(ChatRequest.of("x".repeat(500_000))))
                .as("a long prompt is another request")
                .isNotEqualTo(ModelRequest.of(ASK_AUTO));
        assertThat(rig.exai.models().explain(ModelRequest.of(ASK_AUTO)).verdicts())
                .extracting(Verdict::toString)
                .contains("glm/glm-standard: balanced, down");
    }

    @Test
    @DisplayName("chapter 5: a failed selection was returned and cached as if decided")
    void auto_selectorFails_isToldAsAFailure() {
        Rig failing = new Rig(
                1,
                builder -> builder.modelSelector(
                        (request, catalog) -> CompletableFuture.failedFuture(new IllegalStateException("no reply"))));

        ExaiException failure = failing.failure(failing.exai.openSession("s").chat(ASK_AUTO));

        assertThat(failure).hasMessageContaining("The model selector failed");
        assertThat(failing.glm.opened() + failing.kimi.opened()).isZero();
        Explanation explanation = failing.exai.models().explain(ModelRequest.of(ASK_AUTO));
        assertThat(explanation.source()).isEqualTo(Explanation.Source.FAILED);
        assertThat(failing.exai.models().statistics().failures()).isEqualTo(1);
    }

    @Test
    @DisplayName("R7: a provider's error is never content, though content came before it")
    void fails_afterContent_isNoAnswer() {
        rig.glm.script(Script.chunk("Error: half an answer").fail(() -> Failures.unavailable("glm")));

        assertThat(rig.failure(session.chat(ASK_GLM, once()))).isInstanceOf(UnavailableException.class);
    }

    @Test
    @DisplayName("R6: health is noted on whatever thread an end comes")
    void fails_onAnyThread_isNoted() {
        for (Script way : List.of(
                Script.fail(() -> Failures.unavailable("glm")),
                Script.fail(() -> Failures.unavailable("glm")).insideOpen(),
                Script.throwOnOpen(Failures.unavailable("glm")),
                Script.hang())) {
            long before = failures();
            rig.glm.script(way);
            rig.failure(session.chat(ASK_GLM, once()));
            assertThat(failures()).isEqualTo(before + 1);
        }
    }

    private long failures() {
        return rig.exai.health().models().stream()
                .flatMap(model -> model.failures().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    @DisplayName("R8: a refusal is tried again after back-off, and not before the provider says")
    void refused_withRetryAfter_waits() {
        rig.glm.script(1, Script.fail(() -> Failures.rateLimited("glm", seconds(7))));

        rig.text(session.chat(ASK_GLM));

        assertThat(rig.sim.now()).isBetween(seconds(7), seconds(8));
        assertThat(rig.glm.opened()).isEqualTo(2);
    }

    @Test
    @DisplayName("T9: the first caller's settings are nobody else's: of calls, and of library instances")
    void settings_ofTheFirst_areNotKept() {
        rig.glm.script(Script.hang());
        ChatCall shorter = session.chat(ASK_GLM, within(5));
        ChatCall longer = session.chat(ASK_GLM, within(9));

        assertThat(rig.failure(shorter)).isInstanceOf(DeadlineExceededException.class);
        assertThat(rig.sim.now()).isEqualTo(seconds(5));
        assertThat(rig.failure(longer)).isInstanceOf(DeadlineExceededException.class);
        assertThat(rig.sim.now()).isEqualTo(seconds(9));
        assertThat(circuitAfterOneFailure(1)).isEqualTo("open");
        assertThat(circuitAfterOneFailure(5)).isEqualTo("closed");
    }

    private static String circuitAfterOneFailure(int opensAfter) {
        Rig other = new Rig(
                1,
                builder -> builder.resilience(
                        Resilience.builder().failuresInARow(opensAfter).build()));
        other.glm.script(Script.fail(() -> Failures.unavailable("glm")));
        other.failure(other.exai.openSession("s").chat(ASK_GLM, once()));
        return other.exai.health().models().get(0).circuit();
    }

    @Test
    @DisplayName("D9: keys of the cache are the same in every process, and the cache is bounded")
    void keys_sameParts_sameHash() {
        ModelRequest request = ModelRequest.auto()
                .needs(ModelInfo.Capability.VISION, ModelInfo.Capability.FUNCTIONS)
                .prefer(ModelRequest.Preference.CHEAPEST)
                .deny("glm")
                .build();

        assertThat(request.hashCode()).as("of texts and numbers alone").isEqualTo(HASH);
        for (int i = 1; i <= 1_200; i++) {
            CallOptions options = CallOptions.builder()
                    .models(ModelRequest.auto().minimumContext(i).build())
                    .build();
            ChatCall call = session.chat(ASK_AUTO, options);
            rig.sim.runFor(java.time.Duration.ofMillis(1));
            call.cancel("it was chosen");
        }
        assertThat(rig.exai.models().statistics().entries()).isEqualTo(1_000);
    }

    /** What the hash was when this was written. */
    private static final int HASH = -1_391_643_571;
}
