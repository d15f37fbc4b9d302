package dev.exai.testkit.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.event.ExaiEvent;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that a right library never tells are told here by hand, and found; a right library passes. */
class InvariantChecksTest {
    private static final ProviderId GLM = ProviderId.of("glm");
    private static final PermitLimits LIMITS = PermitLimits.builder()
            .provider("glm", 2)
            .model("glm", "glm-big", 1)
            .global(3)
            .session(2)
            .maxQueuedPerSession(2)
            .newcomerUnit(false)
            .build();

    private final Simulation simulation = Simulation.withSeed(1);
    private final Scheduler clock = simulation.scheduler();
    private final Findings findings = new Findings();
    private final List<Fate> ended = new ArrayList<>();
    private final Bounds bounds = new Bounds(Exai.builder(ScriptedProvider.named("glm", clock))
            .limits(LIMITS)
            .scheduler(clock)
            .executor(simulation.executor())
            .effectsExecutor(simulation.executor())
            .build());
    private final EventModel model = new EventModel(findings, () -> bounds, ended::add);

    private CallContext begin(String session) {
        CallContext call =
                CallContext.create(SessionId.of(session), "chat", Deadline.after(Duration.ofMinutes(1), clock));
        model.callStarted(new ExaiEvent.CallStarted(clock.nanoTime(), call, null, ""));
        return call;
    }

    private void queued(CallContext call) {
        queuedFor("", call);
    }

    private void queuedFor(String name, CallContext call) {
        model.permitQueued(new ExaiEvent.PermitQueued(clock.nanoTime(), call, GLM, name));
    }

    private void granted(CallContext call) {
        model.permitLeft(new ExaiEvent.PermitLeft(clock.nanoTime(), call, GLM, "granted"));
        model.permitGranted(new ExaiEvent.PermitGranted(clock.nanoTime(), call, GLM, ""));
    }

    private void returned(CallContext call, String how) {
        model.permitReturned(new ExaiEvent.PermitReturned(clock.nanoTime(), call, GLM, how));
    }

    private void end(CallContext call) {
        model.callEnded(new ExaiEvent.CallEnded(clock.nanoTime(), call, null, "SUCCEEDED"));
    }

    private void assertBroken(String invariant, CallContext call, String what) {
        assertThatThrownBy(findings::rethrow)
                .isInstanceOfSatisfying(InvariantBroken.class, broken -> {
                    assertThat(broken.invariant()).isEqualTo(invariant);
                    assertThat(broken.call()).contains(call.callId().value());
                })
                .hasMessageContaining(what);
    }

    @Test
    void aWholeCall_isRight() {
        CallContext call = begin("s");
        queued(call);
        granted(call);
        returned(call, "closed");
        end(call);

        assertThatCode(findings::rethrow).doesNotThrowAnyException();
        assertThat(model.callsUnderWay()).isZero();
        assertThat(ended).hasSize(1);
    }

    @Test
    void grantBeyondTheLimit_isI1() {
        for (String session : List.of("a", "b")) {
            CallContext call = begin(session);
            queued(call);
            granted(call);
        }
        CallContext third = begin("c");
        queued(third);
        granted(third);

        assertBroken("I1", third, "number 3 of 2 of glm");
    }

    @Test
    void grantBeyondTheLimitOfItsModel_isI1() {
        CallContext first = begin("a");
        CallContext second = begin("b");
        queuedFor("glm-big", first);
        queuedFor("glm-big", second);
        granted(first);
        granted(second);

        assertBroken("I1", second, "number 2 of 1 of glm-big");
    }

    @Test
    void waitingWhileHolding_isI2() {
        CallContext call = begin("s");
        queued(call);
        granted(call);
        queued(call);

        assertBroken("I2", call, "has or awaits one");
    }

    @Test
    void grantOfAPausedProvider_isI3() {
        model.providerPaused(new ExaiEvent.ProviderPaused(clock.nanoTime(), GLM, "for 1000 ms"));
        CallContext call = begin("s");
        queued(call);
        granted(call);

        assertBroken("I3", call, "paused");
    }

    @Test
    void laterOneOfALaneFirst_isI4() {
        CallContext first = begin("s");
        CallContext second = begin("s");
        queued(first);
        queued(second);
        granted(second);

        assertBroken("I4", second, "came first");
    }

    @Test
    void laterOneOfAnotherQueueFirst_isRight() {
        CallContext big = begin("s");
        CallContext small = begin("s");
        queuedFor("glm-big", big);
        queuedFor("glm-small", small);
        granted(small);

        assertThatCode(findings::rethrow).doesNotThrowAnyException();
    }

    @Test
    void laterOneOfAModelsQueueFirst_isI4() {
        CallContext first = begin("s");
        CallContext second = begin("s");
        queuedFor("glm-big", first);
        queuedFor("glm-small", begin("s"));
        queuedFor("glm-big", second);
        granted(second);

        assertBroken("I4", second, "came first");
    }

    @Test
    void laterOneOfTheQueueOfModelsWithoutLimitFirst_isI4() {
        CallContext first = begin("s");
        CallContext second = begin("s");
        queuedFor("glm-small", first);
        queuedFor("glm-tiny", second);
        granted(second);

        assertBroken("I4", second, "came first");
    }

    @Test
    void overtakenInTheQueueOfItsModel_isI4_inAnotherOneNot() {
        CallContext big = begin("s");
        queuedFor("glm-big", big);
        passing("glm-small", 5);
        assertThatCode(findings::rethrow).doesNotThrowAnyException();

        passing("glm-big", 5);
        assertBroken("I4", big, "overtaken 5 times");
    }

    /** Others come later and go at once. */
    private void passing(String name, int calls) {
        for (int i = 0; i < calls; i++) {
            CallContext passes = begin("t" + i);
            queuedFor(name, passes);
            granted(passes);
            returned(passes, "closed");
        }
    }

    @Test
    void overtakenMoreOftenThanTheBound_isI4() {
        CallContext waits = begin("s");
        queued(waits);
        for (int i = 0; i <= LIMITS.bypassFactor() * LIMITS.provider(GLM); i++) {
            CallContext passes = begin("t" + i);
            queued(passes);
            granted(passes);
            returned(passes, "closed");
        }

        assertBroken("I4", waits, "overtaken 5 times");
    }

    @Test
    void returnedTwice_isI5() {
        CallContext call = begin("s");
        queued(call);
        granted(call);
        returned(call, "closed");
        returned(call, "closed");

        assertBroken("I5", call, "not out");
    }

    @Test
    void revoked_isI6() {
        CallContext call = begin("s");
        queued(call);
        granted(call);
        returned(call, "revoked");

        assertBroken("I6", call, "revoked");
    }

    @Test
    void endedWithItsPermit_isI7() {
        CallContext call = begin("s");
        queued(call);
        granted(call);
        end(call);

        assertBroken("I7", call, "still out");
    }

    @Test
    void endedTwice_isI7() {
        CallContext call = begin("s");
        end(call);
        end(call);

        assertBroken("I7", call, "not under way");
    }

    @Test
    void endedInTheQueue_isI9() {
        CallContext call = begin("s");
        queued(call);
        end(call);

        assertBroken("I9", call, "still in the queue");
    }

    @Test
    void contentInAnEvent_isI11() {
        findings.addSecret("prompt");
        CallContext call = begin("s");
        model.permitRefused(new ExaiEvent.PermitRefused(clock.nanoTime(), call, GLM, "no room for: prompt"));

        assertBroken("I11", call, "content");
    }

    @Test
    void moreInTheQueueThanMayWait_isI12() {
        CallContext last = begin("s");
        for (int i = 0; i < 4; i++) {
            last = begin("s");
            queued(last);
        }

        assertBroken("I12", last, "4 requests of its session wait");
    }

    @Test
    void wiredToALibrary_thatIsRight_passes() {
        InvariantChecks checks = InvariantChecks.on(simulation).auditEvery(1);
        ScriptedProvider provider =
                ScriptedProvider.named("glm", clock).script(2, Script.opened().hang());
        Exai exai = checks.build(Exai.builder(checks.provider(provider)));
        Session session = exai.openSession("agent");
        List<ChatCall> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(checks.watch(
                    session.chat(ChatRequest.builder("hi").model("glm-fast").build())));
        }
        checks.listenTo(calls.get(0));
        simulation.runFor(Duration.ofSeconds(1));
        checks.cancel(calls.get(1), "it hangs");
        simulation.run();
        checks.close(session);
        exai.close();
        simulation.run();
        checks.finish();

        assertThat(checks.endedCalls()).isEqualTo(4);
        assertThat(checks.audits()).isPositive();
        assertThat(checks.events()).isGreaterThan(4 * 6);
    }

    @Test
    void modelsWithLimits_inALibraryThatIsRight_raiseNoAlarm() {
        InvariantChecks checks = InvariantChecks.on(simulation).auditEvery(1);
        ScriptedProvider provider = ScriptedProvider.named("glm", clock)
                .script(Script.after(Duration.ofSeconds(1)).complete());
        Exai exai = checks.build(Exai.builder(checks.provider(provider))
                .limits(LIMITS.toBuilder()
                        .model("glm", "glm-standard", 1)
                        .maxQueuedPerSession(100)
                        .build()));
        Session session = exai.openSession("agent");
        for (int i = 0; i < 12; i++) { // those for the model with a limit wait for each other, the others pass them
            String name = i < 4 ? "glm-standard" : i % 2 == 0 ? "glm-fast" : "glm-standard";
            checks.watch(session.chat(ChatRequest.builder("hi").model(name).build()));
        }
        simulation.runFor(Duration.ofSeconds(3));
        exai.resize(exai.limits().toBuilder().eachModel("glm", 1).build()); // queues are made anew
        simulation.run();
        exai.close();
        simulation.run();
        checks.finish();

        assertThat(checks.endedCalls()).isEqualTo(12);
        assertThat(checks.endedCalls(CallState.SUCCEEDED)).isEqualTo(12);
        assertThat(provider.maxInFlight("glm-standard")).isEqualTo(1);
    }

    @Test
    void userCodeWhereTheLibraryDoesItsOwn_isI10() {
        InvariantChecks checks = InvariantChecks.on(simulation);
        ScriptedProvider provider = ScriptedProvider.named("glm", clock)
                .script(Script.opened().hang().onAbort(() -> checks.userCode("a continuation")));
        Exai exai = checks.build(Exai.builder(checks.provider(provider)));
        exai.openSession("agent")
                .chat(ChatRequest.builder("hi").model("glm-fast").build(), CallOptions.within(Duration.ofSeconds(1)));

        assertThatThrownBy(simulation::run)
                .hasMessageContaining("I10: a continuation runs where the library does its effects");
    }

    @Test
    void codeOfASessionInsideThatOfAnother_isI10() {
        InvariantChecks checks = InvariantChecks.on(simulation);
        Exai exai = checks.build(Exai.builder(checks.provider(ScriptedProvider.named("glm", clock))));
        SessionId other = exai.openSession("other").id();
        exai.openSession("agent")
                .submit(
                        Tool.<String, String>blocking("works", (input, context) -> {
                            checks.userCode("a tool", context.sessionId());
                            checks.userCode("a continuation", other);
                            return "done";
                        }),
                        "");

        assertThatThrownBy(simulation::run)
                .hasMessageContaining("I10: a continuation of session other/1 runs inside code of session agent/2");
    }

    @Test
    void providerThatIsNotWatched_isNoReasonToComplain() {
        InvariantChecks checks = InvariantChecks.on(simulation).auditEvery(1);
        ScriptedProvider seen = ScriptedProvider.named("glm", clock);
        ScriptedProvider unseen =
                ScriptedProvider.named("kimi", clock).script(1, Script.opened().hang());
        Exai exai = checks.build(Exai.builder(checks.provider(seen), unseen));
        for (String model : List.of("kimi-fast", "glm-fast", "kimi-fast")) {
            exai.openSession("agent")
                    .chat(ChatRequest.builder("hi").model(model).build());
        }
        simulation.runFor(Duration.ofSeconds(1));
        exai.close();
        simulation.run();
        checks.finish();

        assertThat(checks.audits()).isGreaterThan(2);
        assertThat(unseen.aborted()).isEqualTo(1);
    }

    @Test
    void finish_callUnderWay_saysSo() {
        InvariantChecks checks = InvariantChecks.on(simulation);
        ScriptedProvider provider =
                ScriptedProvider.named("glm", clock).script(Script.opened().hang());
        Exai exai = checks.build(Exai.builder(checks.provider(provider)));
        ChatCall call = exai.openSession("agent")
                .chat(ChatRequest.builder("hi").model("glm-fast").build());
        simulation.runFor(Duration.ofSeconds(1));

        assertThatThrownBy(checks::finish).isInstanceOf(InvariantBroken.class).hasMessageContaining("calls under way");
        assertThat(call.isDone()).isFalse();
    }

    @Test
    void finish_beforeBuild_isMisuse() {
        assertThatIllegalStateException()
                .isThrownBy(() -> InvariantChecks.on(simulation).finish());
    }
}
