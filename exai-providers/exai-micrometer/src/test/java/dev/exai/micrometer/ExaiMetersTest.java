package dev.exai.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In virtual time: each number is exact. */
final class ExaiMetersTest {
    private final Simulation sim = Simulation.withSeed(1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedProvider glm = ScriptedProvider.named("glm", sim.scheduler())
            .model(ModelInfo.builder("m")
                    .capabilities(ModelInfo.Capability.THINKING)
                    .build());
    private final Exai exai = Exai.builder(glm)
            .scheduler(sim.scheduler())
            .executor(sim.executor())
            .effectsExecutor(sim.executor())
            .build();
    private final ExaiMeters meters = ExaiMeters.of(exai, registry, "glm");

    @AfterEach
    void close() {
        exai.close();
    }

    private ChatCall ask(Session session, ChatRequest request, Duration deadline) {
        CallOptions options =
                CallOptions.builder().deadline(deadline).maxAttempts(1).build();
        ChatCall call = session.chat(request, options);
        meters.observe(call, request);
        return call;
    }

    @Test
    void bind_whileCallsRunAndWait_showsWhatTheyHold() {
        glm.script(Script.hang());
        meters.bind();
        Session session = exai.openSession("s");
        for (int i = 0; i < 5; i++) {
            ask(session, ChatRequest.of("secret"), Duration.ofMinutes(5));
        }
        sim.runFor(Duration.ofSeconds(1));

        assertThat(gauge("exai.permits.in.use", "provider", "glm"))
                .isEqualTo(exai.snapshot().global().inUse())
                .isPositive();
        assertThat(gauge("exai.permits.limit", "provider", "glm")).isEqualTo(3);
        assertThat(gauge("exai.permits.in.use", "global", ""))
                .isEqualTo(gauge("exai.permits.in.use", "provider", "glm"));
        assertThat(gauge("exai.permits.waiting", "global", "") + gauge("exai.permits.in.use", "global", ""))
                .isEqualTo(5);
        assertThat(registry.get("exai.sessions").gauge().value()).isEqualTo(1);

        session.close();
        sim.run();
        assertThat(gauge("exai.permits.in.use", "global", "")).isZero();
        assertThat(registry.get("exai.permits.granted").functionCounter().count())
                .isEqualTo(exai.snapshot().granted());
    }

    @Test
    void bind_twice_changesNothing() {
        meters.bind();
        int before = registry.getMeters().size();

        meters.bind();

        assertThat(registry.getMeters()).hasSize(before);
    }

    // Whoever may name a model must not be able to make a meter for each name
    @Test
    void observe_modelsThatNoCatalogueHas_areOneTag() {
        Session session = exai.openSession("s");
        for (int i = 0; i < 20; i++) {
            glm.script(Script.after(Duration.ofSeconds(1)).chunk("hi").complete());
            ask(session, ChatRequest.builder("secret").model("glm/made-up-" + i).build(), Duration.ofMinutes(5));
            sim.runFor(Duration.ofSeconds(5));
        }
        glm.script(Script.after(Duration.ofSeconds(1)).chunk("hi").complete());
        ask(session, ChatRequest.of("secret"), Duration.ofMinutes(5));
        sim.run();

        assertThat(registry.find("exai.calls").timers())
                .extracting(timer -> timer.getId().getTag("model"), Timer::count)
                .containsExactlyInAnyOrder(tuple("other", 20L), tuple("m", 1L));
    }

    @Test
    void observe_callThatEndsWell_countsItsTimeAndTokens() {
        glm.script(Script.after(Duration.ofSeconds(3)).chunk("hi").complete());

        ask(exai.openSession("s"), ChatRequest.builder("secret").thinking(true).build(), Duration.ofMinutes(5));
        sim.run();

        var timer = registry.get("exai.calls")
                .tags("provider", "glm", "thinking", "on", "outcome", "succeeded")
                .timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(registry.find("exai.call.timeouts").counter()).isNull();
        assertThat(registry.getMeters()).extracting(Meter::getId).asString().doesNotContain("secret");
    }

    @Test
    void observe_callsThatRunOutOfTime_areToldApartByTheLimit() {
        glm.script(Script.hang());
        Session session = exai.openSession("s");

        ask(session, ChatRequest.of("a"), Duration.ofSeconds(5));
        ask(session, ChatRequest.of("b"), Duration.ofHours(1));
        sim.run();

        assertThat(timeouts("deadline_running")).isEqualTo(1);
        assertThat(timeouts("first_event")).isEqualTo(1);
    }

    private double timeouts(String limit) {
        return registry.get("exai.call.timeouts")
                .tags("provider", "glm", "thinking", "default", "limit", limit)
                .counter()
                .count();
    }

    private double gauge(String name, String level, String key) {
        return registry.get(name).tags("level", level, "key", key).gauge().value();
    }
}
