package dev.exai.testkit.storm;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Latency;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** An hour of five agents at two providers, one of which now and then hangs or refuses; told call by call. */
final class Story {
    private static final Duration HOUR = Duration.ofHours(1);

    final Simulation simulation;
    final InvariantChecks checks;
    private final ScriptedProvider glm;
    private final ScriptedProvider kimi;
    private final Exai exai;
    private int calls;

    Story(long seed) {
        simulation = Simulation.withSeed(seed);
        checks = InvariantChecks.on(simulation);
        glm = provider("glm").sometimes(0.05, Script.opened().hang());
        kimi = provider("kimi").sometimes(0.1, Script.refuse(name -> Failures.tooManyRequests(name, null)));
        exai = checks.build(Exai.builder(checks.provider(glm), checks.provider(kimi))
                .limits(PermitLimits.forDevelopment())
                .listener(new Teller()));
    }

    private ScriptedProvider provider(String name) {
        return ScriptedProvider.named(name, simulation.scheduler())
                .seed(simulation.seed())
                .script(Script.after(Latency.uniform(Duration.ofSeconds(1), Duration.ofSeconds(4)))
                        .chunk("well")
                        .after(Latency.uniform(Duration.ofSeconds(1), Duration.ofSeconds(5)))
                        .complete());
    }

    /** Each agent asks, waits for the answer, thinks for some seconds, and asks again. */
    Story play(Duration time) {
        List<Session> sessions =
                IntStream.range(0, 5).mapToObj(i -> exai.openSession("agent")).toList();
        sessions.forEach(this::ask);
        simulation.runFor(time);
        exai.close();
        simulation.run();
        checks.finish();
        return this;
    }

    Story playAnHour() {
        return play(HOUR);
    }

    int calls() {
        return calls;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // both ends go on
    private void ask(Session session) {
        if (!session.isOpen()) {
            return;
        }
        calls++;
        String model = simulation.random().nextBoolean() ? "glm-standard" : "kimi-standard";
        ChatCall call = checks.watch(session.chat(
                ChatRequest.builder("what next?").model(model).build(), CallOptions.within(Duration.ofMinutes(2))));
        call.toCompletableFuture().whenComplete((reply, failure) -> {
            Duration thinks = Duration.ofMillis(500 + simulation.random().nextInt(3_000));
            simulation.scheduler().schedule(thinks, () -> ask(session));
        });
    }

    /** Notes what happens, without the ids of calls, which go on from run to run. */
    private final class Teller implements ExaiListener {
        private void note(ExaiEvent event) {
            simulation.note(event.sessionId().map(Object::toString).orElse("") + " "
                    + event.getClass().getSimpleName()
                    + event.provider().map(id -> " " + id).orElse("")
                    + (event.detail().isEmpty() ? "" : ": " + event.detail()));
        }

        @Override
        public void permitGranted(ExaiEvent.PermitGranted event) {
            note(event);
        }

        @Override
        public void permitReturned(ExaiEvent.PermitReturned event) {
            note(event);
        }

        @Override
        public void providerAdapted(ExaiEvent.ProviderAdapted event) {
            note(event);
        }

        @Override
        public void callEnded(ExaiEvent.CallEnded event) {
            note(event);
        }
    }
}
