package dev.exai.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.junit.ExaiTest;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The whole library on one thread, in virtual time, with providers that hang, fail and answer late. */
@ExaiTest
class ExaiSimulationTest {
    private static final int SESSIONS = 5;
    private static final int CALLS = 40;

    // I1, I7: whatever the order, nothing is over-admitted and every permit is back
    @RepeatedTest(20)
    void fiveSessions_hungAndFailingProviders_neverOverAdmitAndLeaveNothing(Simulation simulation, LeakCheck leaks) {
        Run run = new Run(simulation);
        leaks.watch(run.exai).watch(run.glm).watch(run.kimi);

        run.play();

        assertThat(run.calls)
                .hasSize(SESSIONS * CALLS)
                .allMatch(call -> call.state().isTerminal());
        assertThat(run.glm.maxInFlight()).isLessThanOrEqualTo(3);
        assertThat(run.kimi.maxInFlight()).isLessThanOrEqualTo(3);
        assertThat(run.exai.snapshot().isIdle()).isTrue();
        assertThat(run.exai.audit().isWhole()).isTrue();
        assertThat(run.glm.completed() + run.kimi.completed()).isPositive();
    }

    @Test
    void sameSeed_sameTrace() {
        Simulation one = Simulation.withSeed(11);
        Simulation two = Simulation.withSeed(11);
        Simulation other = Simulation.withSeed(12);
        new Run(one).play();
        new Run(two).play();
        new Run(other).play();

        assertThat(one.traceHash()).isEqualTo(two.traceHash()).isNotEqualTo(other.traceHash());
        assertThat(one.now()).isGreaterThan(Duration.ofMinutes(1));
    }

    /** Sessions that call at random moments, and give up on some of what they asked for. */
    private static final class Run {
        final Simulation simulation;
        final ScriptedProvider glm;
        final ScriptedProvider kimi;
        final Exai exai;
        final List<ChatCall> calls = new ArrayList<>();

        Run(Simulation simulation) {
            this.simulation = simulation;
            this.glm = provider("glm");
            this.kimi = provider("kimi");
            this.exai = Exai.builder(glm, kimi)
                    .limits(PermitLimits.builder()
                            .provider("glm", 3)
                            .provider("kimi", 3)
                            .build())
                    .scheduler(simulation.scheduler())
                    .executor(simulation.executor())
                    .effectsExecutor(simulation.executor())
                    .seed(simulation.seed())
                    .build();
        }

        private ScriptedProvider provider(String name) {
            Script answer = Script.after(this::someSeconds)
                    .chunk("a")
                    .after(this::someSeconds)
                    .chunk("b")
                    .complete();
            return ScriptedProvider.named(name, simulation.scheduler())
                    .script(answer)
                    .script(call -> chance(10), Script.opened().hang())
                    .script(call -> chance(10), Script.after(this::someSeconds).fail(() -> Failures.unavailable(name)))
                    .script(call -> chance(10), Script.fail(() -> Failures.rateLimited(name, Duration.ofSeconds(1))))
                    .script(call -> chance(10), answer.ignoreAbort())
                    .script(call -> chance(10), answer.endAfterAbort(Duration.ofSeconds(3)));
        }

        private boolean chance(int percent) {
            return simulation.random().nextInt(100) < percent;
        }

        private Duration someSeconds() {
            return Duration.ofMillis(simulation.random().nextInt(5_000));
        }

        void play() {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                Session session = exai.openSession("s" + i);
                sessions.add(session);
                for (int j = 0; j < CALLS; j++) {
                    Duration start = Duration.ofMillis(simulation.random().nextInt(120_000));
                    simulation.scheduler().schedule(start, () -> chat(session));
                }
            }
            simulation.run();
            sessions.forEach(Session::close);
            exai.close();
            simulation.run();
        }

        private void chat(Session session) {
            String model = (chance(50) ? "glm" : "kimi") + "/" + (chance(50) ? "glm" : "kimi") + "-fast";
            boolean known = model.equals("glm/glm-fast") || model.equals("kimi/kimi-fast");
            ChatRequest request = ChatRequest.builder("hi")
                    .model(known ? model : ChatRequest.AUTO)
                    .build();
            ChatCall call = session.chat(request, CallOptions.within(Duration.ofSeconds(90)));
            calls.add(call);
            if (chance(20)) {
                simulation.scheduler().schedule(someSeconds(), () -> call.cancel("changed my mind"));
            }
        }
    }
}
