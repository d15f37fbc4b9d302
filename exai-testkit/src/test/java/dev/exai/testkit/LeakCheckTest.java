package dev.exai.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.ManualScheduler;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeakCheckTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final LeakCheck leaks = LeakCheck.start();

    @Test
    void assertNothingLeft_nothingWatched_passes() {
        leaks.assertNothingLeft(SHORT);

        assertThat(leaks.leftovers()).isEmpty();
    }

    @Test
    void assertNothingLeft_somethingStays_namesItAndWhatItIs() {
        leaks.watch("permit", () -> List.of("glm held by editor/1 from Main.java:3"));

        assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("permit: glm held by editor/1 from Main.java:3")
                .hasMessageContaining("PT0.02S");
    }

    @Test
    void assertNothingLeft_somethingGoesInTime_passes() {
        List<String> left = new CopyOnWriteArrayList<>(List.of("a", "b", "c"));
        leaks.watch("slow", () -> {
            List<String> now = List.copyOf(left);
            left.removeAll(now.stream().limit(1).toList());
            return now;
        });

        leaks.assertNothingLeft(LONG);

        assertThat(left).isEmpty();
    }

    @Test
    void assertNothingLeft_supplierThrows_saysSo() {
        leaks.watch("broken", () -> {
            throw new IllegalStateException("gone");
        });

        assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT)).hasMessageContaining("broken: cannot be asked");
    }

    @Test
    void assertNothingLeft_newThreadOfTheLibrary_isNamedWithItsStack() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> awaitQuietly(end), "exai-left-behind");
        Thread foreign = new Thread(() -> awaitQuietly(end), "somebody-else");
        thread.start();
        foreign.start();
        try {
            assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT))
                    .hasMessageContaining("thread exai-left-behind")
                    .hasMessageContaining("      at ")
                    .hasMessageNotContaining("somebody-else");
            LeakCheck.start().assertNothingLeft(SHORT);
        } finally {
            end.countDown();
        }
        leaks.assertNothingLeft(LONG);
    }

    @Test
    void assertNothingLeft_interruptedThread_waitsAndStaysInterrupted() {
        leaks.watch("x", () -> List.of("y"));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT)).isInstanceOf(AssertionError.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closeAtEnd_closesBetweenWatchedThingsAndThreads() throws Exception {
        FakeProviderServer server = leaks.closeAtEnd(FakeProviderServer.glm());
        leaks.watch(server);
        assertThat(leaks.leftovers()).anyMatch(line -> line.contains("exai-fake-glm-" + server.port()));

        leaks.assertNothingLeft(LONG);
    }

    @Test
    void closeAtEnd_closeThrows_isALeak() {
        leaks.closeAtEnd(() -> {
            throw new IllegalStateException("cannot");
        });

        assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT)).hasMessageContaining("cannot");
        leaks.assertNothingLeft(SHORT);
    }

    @Test
    void watchExai_hungCall_isNamedWithPermitSessionAndSite() {
        Simulation simulation = Simulation.withSeed(1);
        ScriptedProvider glm =
                ScriptedProvider.named("glm", simulation.scheduler()).script(Script.hang());
        Exai exai = Exai.builder(glm)
                .scheduler(simulation.scheduler())
                .executor(simulation.executor())
                .effectsExecutor(simulation.executor())
                .build();
        leaks.watch(exai).watch(glm);
        Session session = exai.openSession("editor");
        ChatCall call = session.chat(ChatRequest.of("hello"));
        simulation.runFor(Duration.ofSeconds(1));

        assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT))
                .hasMessageContaining("permit HELD")
                .hasMessageContaining("LeakCheckTest")
                .hasMessageContaining("call of editor/1")
                .hasMessageContaining("exchange open at glm: glm-1");

        exai.close();
        simulation.run();
        assertThat(call.state().isTerminal()).isTrue();
        leaks.assertNothingLeft(SHORT);
    }

    @Test
    void watchExai_realThreads_areNamedUntilItIsClosed() throws Exception {
        SystemScheduler timer = SystemScheduler.create("exai-test-timer");
        ScriptedProvider glm = ScriptedProvider.named("glm", timer);
        Exai exai = Exai.builder(glm).scheduler(timer).build();
        leaks.watch(exai).watch(glm);
        exai.openSession("editor").chat(ChatRequest.of("hello")).await();

        assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT))
                .hasMessageContaining("open Session")
                .hasMessageContaining("thread exai-test-timer")
                .hasMessageNotContaining("permit");

        exai.close();
        timer.close();
        leaks.assertNothingLeft(LONG);
    }

    @Test
    void watchExai_callThatWaits_isNamedWithItsSiteAndItsListener() {
        try (SimulatedExai simulated = SimulatedExai.withSeed(1, "glm")) {
            simulated.provider("glm").script(Script.hang());
            leaks.watch(simulated.exai());
            for (int i = 0; i < 4; i++) {
                simulated.chat("editor", "glm-fast");
            }
            ChatCall waits = simulated.chat("editor", "glm-fast");
            waits.addListener(new CallListener<>() {});
            simulated.simulation().runFor(Duration.ofSeconds(1));

            assertThat(waits.state()).isEqualTo(CallState.QUEUED);
            assertThat(leaks.leftovers())
                    .anyMatch(line -> line.contains("call of editor/1: " + waits)
                            && line.contains("watchExai_callThatWaits_isNamedWithItsSiteAndItsListener"))
                    .anyMatch(line -> line.contains("listener " + LeakCheckTest.class.getName() + "$")
                            && line.contains("of call " + waits.id()));
        }
        leaks.assertNothingLeft(SHORT);
    }

    @Test
    void watchShared_takesWhatIsThereAsGiven_andFindsWhatHasComeSince() {
        try (SimulatedExai simulated = SimulatedExai.withSeed(1, "glm")) {
            simulated.provider("glm").script(Script.hang());
            Session session = simulated.exai().openSession("everybody's");
            ChatCall older = session.chat(request("glm-fast"));
            older.addListener(new CallListener<>() {});
            simulated.simulation().runFor(Duration.ofSeconds(1));

            leaks.watchShared(simulated.exai());
            leaks.assertNothingLeft(SHORT);

            older.addListener(new LeftBehind());
            ChatCall newer = session.chat(request("glm-fast"));
            simulated.simulation().runFor(Duration.ofSeconds(1));
            assertThat(leaks.leftovers())
                    .hasSize(3)
                    .anyMatch(line -> line.contains("LeftBehind of call " + older.id()))
                    .anyMatch(line -> line.contains("permit HELD")
                            && line.contains(newer.id().value()))
                    .anyMatch(line -> line.contains("call of " + session.id()) && line.contains(newer.toString()));

            newer.cancel("enough");
            older.cancel("enough");
            simulated.simulation().runFor(Duration.ofSeconds(1));
            leaks.assertNothingLeft(SHORT);
        }
    }

    private static ChatRequest request(String model) {
        return ChatRequest.builder("hello").model(model).build();
    }

    /** On 17 its thread can be listed; from 21 on it is virtual, and only the instance knows it. */
    @Test
    void watchExai_listenerThatDoesNotReturn_isNamedWithItsSessionAndStack_alsoAfterTheEnd() throws Exception {
        ManualScheduler clock = ManualScheduler.create();
        StuckListener listener = new StuckListener();
        Exai exai = Exai.builder(ScriptedProvider.named("glm", clock))
                .scheduler(clock)
                .build();
        leaks.watch(exai);
        try {
            // A model that is named: for "auto" the selector's code could still be about to return.
            ChatCall call = exai.openSession("editor").chat(request("glm-standard"));
            call.addListener(listener);
            call.cancel("enough");
            assertThat(listener.inside.await(20, TimeUnit.SECONDS)).isTrue();
            exai.close();

            assertThat(exai.running())
                    .singleElement()
                    .satisfies(code -> assertThat(code.owner()).isEqualTo("session editor/1"));
            assertThatThrownBy(() -> leaks.assertNothingLeft(SHORT))
                    .hasMessageContaining("exai: code of session editor/1 on thread exai-user-")
                    .hasMessageContaining("StuckListener.ended(LeakCheckTest.java:");
        } finally {
            listener.mayReturn.countDown();
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (exai.zombies() > 0 && System.nanoTime() < limit) {
            clock.runDue(); // if the call came as far as the provider, its abort is reported on this clock
            Thread.onSpinWait();
        }
        leaks.assertNothingLeft(Duration.ofSeconds(20)); // on 17 a thread without work is kept for ten
    }

    private static final class LeftBehind implements CallListener<Object> {}

    private static final class StuckListener implements CallListener<Object> {
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch mayReturn = new CountDownLatch(1);

        @Override
        public void ended(CallOutcome<?> outcome) {
            inside.countDown();
            awaitQuietly(mayReturn);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
