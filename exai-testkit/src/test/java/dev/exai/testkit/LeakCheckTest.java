package dev.exai.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
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

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
