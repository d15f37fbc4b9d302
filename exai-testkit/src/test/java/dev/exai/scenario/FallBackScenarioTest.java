package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.GLM;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.error.ExaiException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I8 another model serves where one cannot, within the deadline and by the one retry layer")
class FallBackScenarioTest {
    private static final CallOptions MAY_FALL_BACK = CallOptions.builder()
            .models(ModelRequest.auto().fallBack(true).build())
            .build();

    private static ChatReply reply(Rig rig, ChatCall call) {
        CallOutcome<ChatReply> outcome = rig.end(call);
        assertThat(outcome).isInstanceOf(CallOutcome.Succeeded.class);
        return ((CallOutcome.Succeeded<ChatReply>) outcome).value();
    }

    @Test
    void auto_firstFails_anotherServesAndTheReplySaysSo() {
        Rig.forSeeds(10, rig -> {
            rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));

            ChatCall call = rig.exai.openSession("s").chat(ASK_AUTO);
            ChatReply reply = reply(rig, call);

            assertThat(reply.provider()).isEqualTo("kimi");
            assertThat(reply.choice().wanted()).isEqualTo("auto");
            assertThat(reply.choice().asked()).isEqualTo("kimi/kimi-standard");
            assertThat(reply.choice().notes())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "kimi/kimi-standard was asked, because of glm/glm-standard: The provider is unavailable");
            assertThat(call.timeline().toString())
                    .contains("resolved to glm/glm-standard (selected, 4 of 4 models")
                    .contains("fell back to kimi/kimi-standard");
            assertThat(rig.glm.opened()).isEqualTo(1);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I2: between the two it holds nothing: the only permit is free for another session")
    void auto_fallsBack_permitIsBackBeforeTheNextIsAsked() {
        Rig.forSeeds(
                10,
                builder -> builder.limits(PermitLimits.builder()
                        .global(1)
                        .provider("glm", 1)
                        .provider("kimi", 1)
                        .build()),
                rig -> {
                    rig.glm.script(1, Script.after(seconds(1)).fail(() -> Failures.unavailable("glm")));
                    ChatCall first = rig.exai.openSession("s").chat(ASK_AUTO);
                    rig.sim.runFor(seconds(1));
                    ChatCall other = rig.exai.openSession("t").chat(ASK_GLM);

                    assertThat(rig.text(other)).isEqualTo("ok");
                    assertThat(reply(rig, first).provider()).isEqualTo("kimi");
                    rig.assertSettled();
                });
    }

    @Test
    void explicit_fails_isNotReplacedUnlessAsked() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.fail(() -> Failures.quotaExhausted("glm")));
        Session session = rig.exai.openSession("s");

        assertThat(rig.failure(session.chat(ASK_GLM))).isInstanceOf(QuotaExhaustedException.class);
        assertThat(rig.kimi.opened()).isZero();
        assertThat(reply(rig, session.chat(ASK_GLM, MAY_FALL_BACK)).provider()).isEqualTo("kimi");
    }

    @Test
    @DisplayName("what the caller did wrong is wrong everywhere")
    void auto_rejected_isNotTriedElsewhere() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.fail(() -> Failures.rejected("glm")));

        assertThat(rig.failure(rig.exai.openSession("s").chat(ASK_AUTO))).isInstanceOf(RejectedException.class);
        assertThat(rig.kimi.opened()).isZero();
    }

    @Test
    void auto_modelGone_anotherServesAndItIsNotAskedAgain() {
        Rig rig = new Rig(1);
        rig.glm.script(
                asked -> asked.model().id().equals("glm-standard"), Script.fail(() -> Failures.modelGone("glm")));
        Session session = rig.exai.openSession("s");

        assertThat(reply(rig, session.chat(ASK_AUTO)).provider()).isEqualTo("kimi");
        for (int i = 0; i < 10; i++) {
            rig.text(session.chat(ASK_AUTO));
        }

        assertThat(rig.glm.calls().stream().map(call -> call.model().id())).containsOnlyOnce("glm-standard");
    }

    @Test
    @DisplayName("I8: no fall-back once output has reached the caller")
    void auto_failsAfterOutput_isNotReplaced() {
        Rig.forSeeds(10, rig -> {
            rig.glm.script(Script.chunk("he").after(seconds(1)).fail(() -> Failures.unavailable("glm")));
            ChatCall call = rig.exai.openSession("s").chat(ASK_AUTO);
            call.addListener(new Rig.Recorder());

            assertThat(rig.failure(call)).isInstanceOf(UnavailableException.class);
            assertThat(rig.kimi.opened()).isZero();
        });
    }

    @Test
    void auto_allFail_attemptsAreThreeInAll() {
        Rig.forSeeds(10, rig -> {
            rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));
            rig.kimi.script(Script.fail(() -> Failures.unavailable("kimi")));

            ExaiException failure = rig.failure(rig.exai.openSession("s").chat(ASK_AUTO));

            assertThat(rig.glm.opened() + rig.kimi.opened()).isEqualTo(3);
            assertThat(failure.getSuppressed()).hasSize(2);
            rig.assertSettled();
        });
    }

    @Test
    @DisplayName("I8: no fall-back that cannot finish usefully in the time left")
    void auto_noTimeLeft_isNotReplaced() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.after(seconds(10)).fail(() -> Failures.unavailable("glm")));

        ExaiException failure = rig.failure(rig.exai
                .openSession("s")
                .chat(
                        ASK_AUTO,
                        CallOptions.builder()
                                .deadline(seconds(10).plusMillis(500))
                                .build()));

        assertThat(failure).isInstanceOf(UnavailableException.class);
        assertThat(rig.kimi.opened()).isZero();
    }

    @Test
    void auto_cancelledAsItFallsBack_nothingIsLeft() {
        Rig.forSeeds(50, rig -> {
            rig.glm.script(Script.after(seconds(1)).fail(() -> Failures.unavailable("glm")));
            ChatCall call = rig.exai.openSession("s").chat(ASK_AUTO, within(60));
            rig.at(seconds(1), () -> {
                call.cancel("enough");
                rig.assertNothingOf(rig.exai.sessions().get(0));
            });

            rig.end(call);

            rig.assertSettled();
        });
    }

    @Test
    void auto_needs_areKeptOnTheWay() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.fail(() -> Failures.unavailable("glm")));
        ChatRequest withFunctions = ASK_AUTO.toBuilder()
                .functions(java.util.List.of(dev.exai.message.FunctionSpec.of("f", "does something", "{}")))
                .build();

        assertThat(reply(rig, rig.exai.openSession("s").chat(withFunctions))
                        .choice()
                        .asked())
                .isEqualTo("kimi/kimi-standard");
        assertThat(rig.glm.calls()).extracting(ProviderCall::attempt).containsExactly(1);
    }

    @Test
    @DisplayName("chapter 5: a conversation stays with its model while that fits")
    void auto_pinned_staysWithItsModel() {
        Rig rig = new Rig(1);
        Session session = rig.exai.openSession("s");
        ChatReply first = reply(
                rig, session.chat(ChatRequest.builder("x").model("kimi-fast").build()));
        CallOptions stay = CallOptions.builder()
                .models(ModelRequest.auto().pinnedTo(first).build())
                .build();

        assertThat(reply(rig, session.chat(ASK_AUTO, stay)).choice().asked()).isEqualTo("kimi/kimi-fast");
        assertThat(reply(rig, session.chat(ASK_AUTO)).choice().asked()).isEqualTo("glm/glm-standard");
        assertThat(rig.exai.health().isWell()).isTrue();
        assertThat(rig.exai.snapshot().provider(GLM)).isPresent();
    }
}
