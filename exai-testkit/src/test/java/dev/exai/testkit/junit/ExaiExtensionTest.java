package dev.exai.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.testkit.LeakCheck;
import dev.exai.testkit.SimulatedExai;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.WireFormat;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.ManualScheduler;
import dev.exai.testkit.time.Simulation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@Timeout(60)
class ExaiExtensionTest {
    /** What the samples saw; they run one at a time. */
    private static final List<Object> SEEN = new ArrayList<>();

    private static CountDownLatch threadMayEnd = new CountDownLatch(0);

    private static boolean samplesAreWanted;

    /** Marks what must not run but inside a test of this class. */
    @Retention(RetentionPolicy.RUNTIME)
    @EnabledIf("dev.exai.testkit.junit.ExaiExtensionTest#samplesAreWanted")
    private @interface Sample {}

    static boolean samplesAreWanted() {
        return samplesAreWanted;
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @Test
    void parameters_allKinds_areGivenOncePerTest() {
        Outcome outcome = run(GivesParameters.class);

        assertThat(outcome.failures).isEmpty();
        assertThat(outcome.succeeded).isEqualTo(1);
        assertThat(SEEN.get(0)).isSameAs(SEEN.get(1));
        FakeProviderServer kimi = (FakeProviderServer) SEEN.get(2);
        assertThat(kimi.format()).isEqualTo(WireFormat.KIMI);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("exai-fake-kimi-" + kimi.port()));
    }

    @ExaiTest
    @Sample
    static class GivesParameters {
        @BeforeEach
        void setUp(Simulation simulation) {
            SEEN.add(simulation);
        }

        @Test
        void test(
                Simulation simulation,
                ManualScheduler clock,
                LeakCheck leaks,
                @Fake(WireFormat.KIMI) FakeProviderServer server,
                @Fake(WireFormat.KIMI) FakeProviderServer same,
                @Fake(WireFormat.GLM) FakeProviderServer other) {
            SEEN.add(simulation);
            SEEN.add(server);
            assertThat(server).isSameAs(same).isNotSameAs(other);
            assertThat(clock.pendingTasks()).isZero();
            assertThat(leaks).isNotNull();
        }
    }

    @Test
    void fake_kinds_areServersOfTheirOwn() {
        assertThat(run(GivesKinds.class).failures).isEmpty();
        assertThat(SEEN).hasSize(1);
    }

    @Sample
    static class GivesKinds {
        @ExaiTest(socketsMayRemain = true)
        void test(
                ManualScheduler clock,
                @Fake(WireFormat.GLM) FakeProviderServer plain,
                @Fake(value = WireFormat.GLM, name = "second") FakeProviderServer second,
                @Fake(value = WireFormat.GLM, tls = true) FakeProviderServer tls,
                @Fake(value = WireFormat.GLM, tls = true, http2 = true, manualClock = true) FakeProviderServer http2)
                throws Exception {
            assertThat(List.of(plain, second, tls, http2)).doesNotHaveDuplicates();
            assertThat(List.of(plain, second, tls, http2))
                    .extracting(server -> server.baseUrl().getScheme())
                    .containsExactly("http", "http", "https", "https");
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(http2.certificate().orElseThrow().clientContext())
                    .build();
            clock.advance(Duration.ofHours(1));
            HttpRequest models = HttpRequest.newBuilder(URI.create(http2.baseUrl() + "/models"))
                    .build();
            assertThat(client.send(models, HttpResponse.BodyHandlers.ofString()).version())
                    .isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(http2.requests().get(0).arrival()).isEqualTo(Duration.ofHours(1));
            SEEN.add(http2);
        }
    }

    @Test
    void leak_ofWhatIsWatched_failsTheTest() {
        assertThat(run(LeaksSomething.class).onlyFailure())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("permit: held by me");
    }

    @Sample
    static class LeaksSomething {
        @ExaiTest(graceMillis = 10)
        void test(LeakCheck leaks) {
            leaks.watch("permit", () -> List.of("held by me"));
        }
    }

    @Test
    void leak_atTheSimulatedLibrary_isNamedWithOwnerAndSite() {
        Outcome outcome = run(LeavesACallAtTheLibraryGiven.class);

        assertThat(outcome.succeeded).isEqualTo(1);
        assertThat(outcome.onlyFailure())
                .hasMessageContaining("permit HELD")
                .hasMessageContaining("call of stuck/1")
                .hasMessageContaining("LeavesACallAtTheLibraryGiven.left(")
                .hasMessageContaining("listener " + ExaiExtensionTest.class.getName())
                .hasMessageContaining("exchange open at glm: glm-1")
                .hasMessageNotContaining("open Session")
                .hasMessageNotContaining("task of the simulation");
    }

    @Sample
    static class LeavesACallAtTheLibraryGiven {
        @ExaiTest(graceMillis = 10)
        void left(SimulatedExai shared) {
            shared.provider("glm").script(1, Script.hang());
            shared.chat("stuck", "glm-fast").addListener(new CallListener<>() {});
            shared.simulation().runUntil(() -> shared.provider("glm").inFlight() == 1);
            shared.await(shared.chat("agent", "glm-fast"), Duration.ofSeconds(1));
            shared.await(shared.chat("agent", "kimi-fast"), Duration.ofSeconds(1));
        }

        @ExaiTest(graceMillis = 10)
        void nothingLeft(SimulatedExai shared, Simulation simulation) {
            shared.provider("glm").script(1, Script.hang());
            ChatCall hung = shared.chat("stuck", "glm-fast");
            simulation.runUntil(() -> shared.provider("glm").inFlight() == 1);
            shared.await(shared.chat("agent", "auto"), Duration.ofSeconds(1));
            hung.cancel("enough");
            assertThat(shared.simulation()).isSameAs(simulation);
        }
    }

    @Test
    void leak_ofAThread_failsTheTest() {
        threadMayEnd = new CountDownLatch(1);
        try {
            assertThat(run(LeaksAThread.class).onlyFailure()).hasMessageContaining("thread exai-leaked");
        } finally {
            threadMayEnd.countDown();
        }
    }

    @Sample
    static class LeaksAThread {
        @ExaiTest(graceMillis = 10)
        void test() {
            CountDownLatch end = threadMayEnd;
            new Thread(
                            () -> {
                                try {
                                    end.await(20, TimeUnit.SECONDS);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            },
                            "exai-leaked")
                    .start();
        }
    }

    @Test
    void leak_ofAnOpenExchange_failsTheTestAndClosesTheServer() {
        assertThat(run(LeaksAnExchange.class).onlyFailure()).hasMessageContaining("exchange open at server: glm");
    }

    @Sample
    static class LeaksAnExchange {
        @ExaiTest(graceMillis = 10)
        void test(@Fake(WireFormat.GLM) FakeProviderServer server) throws Exception {
            server.script(dev.exai.testkit.http.HttpScript.hang());
            Socket socket = new Socket("127.0.0.1", server.port());
            SEEN.add(socket);
            socket.getOutputStream()
                    .write(("POST /api/paas/v4/chat/completions HTTP/1.1\r\nAuthorization: Bearer k\r\n"
                                    + "Content-Length: 42\r\n\r\n{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            server.awaitInFlight(1, Duration.ofSeconds(10));
        }
    }

    @Test
    void leak_ofAConnection_failsTheTestUnlessAllowed() throws Exception {
        Outcome outcome = run(LeavesConnections.class);

        for (Object socket : SEEN) {
            ((Socket) socket).close();
        }
        assertThat(outcome.succeeded).isEqualTo(2);
        assertThat(outcome.onlyFailure())
                .hasMessageContaining("socket open at server: kimi on port")
                .hasMessageContaining("connection from /127.0.0.1:")
                .hasMessageContaining("which has asked nothing");
    }

    @Sample
    static class LeavesConnections {
        @ExaiTest(graceMillis = 10)
        void left(@Fake(WireFormat.KIMI) FakeProviderServer server) throws Exception {
            SEEN.add(connectTo(server));
        }

        @ExaiTest(graceMillis = 10, socketsMayRemain = true)
        void allowed(@Fake(WireFormat.KIMI) FakeProviderServer server) throws Exception {
            SEEN.add(connectTo(server));
        }

        @ExaiTest
        void closed(@Fake(WireFormat.KIMI) FakeProviderServer server) throws Exception {
            connectTo(server).close();
        }

        private static Socket connectTo(FakeProviderServer server) throws Exception {
            Socket socket = new Socket("127.0.0.1", server.port());
            server.awaitConnections(1, Duration.ofSeconds(10));
            return socket;
        }
    }

    @Test
    void leak_ofPermitAndCall_namesOwnerAndSite() {
        assertThat(run(LeavesACall.class).onlyFailure())
                .hasMessageContaining("permit HELD")
                .hasMessageContaining("call of editor/1")
                .hasMessageContaining("LeavesACall")
                .hasMessageContaining("exchange open at glm: glm-1");
    }

    @Sample
    static class LeavesACall {
        @ExaiTest(graceMillis = 10, tasksMayRemain = true)
        void test(Simulation simulation, LeakCheck leaks) {
            ScriptedProvider glm =
                    ScriptedProvider.named("glm", simulation.scheduler()).script(Script.hang());
            Exai exai = Exai.builder(glm)
                    .scheduler(simulation.scheduler())
                    .executor(simulation.executor())
                    .effectsExecutor(simulation.executor())
                    .build();
            leaks.watch(exai).watch(glm);
            exai.openSession("editor").chat(ChatRequest.of("hello"));
            simulation.runFor(Duration.ofSeconds(1));
        }
    }

    @Test
    void leak_ofAListenerThatDoesNotReturn_namesIt() {
        threadMayEnd = new CountDownLatch(1);
        try {
            assertThat(run(LeavesAListener.class).onlyFailure())
                    .hasMessageContaining("code of session editor/1 on thread exai-user")
                    .hasMessageContaining("StuckListener.ended");
        } finally {
            threadMayEnd.countDown();
        }
    }

    private static final class StuckListener implements CallListener<Object> {
        private final CountDownLatch inside = new CountDownLatch(1);

        @Override
        public void ended(CallOutcome<?> outcome) {
            inside.countDown();
            try {
                threadMayEnd.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Sample
    static class LeavesAListener {
        @ExaiTest(graceMillis = 10)
        void test(ManualScheduler clock, LeakCheck leaks) throws Exception {
            ScriptedProvider glm = ScriptedProvider.named("glm", clock);
            try (Exai exai = Exai.builder(glm).scheduler(clock).build()) {
                leaks.watch(exai);
                StuckListener listener = new StuckListener();
                ChatCall call = exai.openSession("editor").chat(ChatRequest.of("hello"));
                call.addListener(listener);
                call.cancel("enough");
                assertThat(listener.inside.await(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void leak_ofATimer_failsTheTestUnlessAllowed() {
        Outcome outcome = run(LeavesTimers.class);

        assertThat(outcome.succeeded).isEqualTo(2);
        assertThat(outcome.failures)
                .hasSize(2)
                .anyMatch(failure -> failure.getMessage().contains("task of the simulation: timer ExaiExtensionTest"))
                .allMatch(failure -> failure.getMessage().contains(", set at ")
                        && failure.getMessage().contains("LeavesTimers.in"))
                .anyMatch(failure -> failure.getMessage().contains("task of the manual scheduler: timer"));
    }

    @Sample
    static class LeavesTimers {
        @ExaiTest(graceMillis = 10)
        void inSimulation(Simulation simulation) {
            simulation.scheduler().schedule(Duration.ofMinutes(1), () -> {});
        }

        @ExaiTest(graceMillis = 10)
        void inClock(ManualScheduler clock) {
            clock.schedule(Duration.ofMinutes(1), () -> {});
        }

        @ExaiTest(graceMillis = 10, tasksMayRemain = true)
        void allowed(Simulation simulation, ManualScheduler clock) {
            simulation.scheduler().schedule(Duration.ofMinutes(1), () -> {});
            clock.schedule(Duration.ofMinutes(1), () -> {});
        }

        @ExaiTest(graceMillis = 10)
        void dueNow(Simulation simulation, ManualScheduler clock) {
            simulation.executor().execute(() -> {});
            clock.schedule(Duration.ZERO, () -> {});
        }
    }

    @Test
    void lastTask_throws_failsTheTest() {
        assertThat(run(LastTaskThrows.class).onlyFailure())
                .hasMessageContaining("seed 5")
                .hasMessageContaining("bug");
    }

    @Sample
    static class LastTaskThrows {
        @ExaiTest(seed = 5)
        void test(Simulation simulation) {
            simulation.executor().execute(() -> {
                throw new IllegalStateException("bug");
            });
        }
    }

    @Test
    void failure_withSimulation_reportsTheSeed() {
        Outcome outcome = run(Fails.class);

        assertThat(outcome.onlyFailure()).hasMessage("wrong");
        assertThat(outcome.onlyFailure().getSuppressed())
                .singleElement()
                .satisfies(note -> assertThat(note).hasMessageContaining("-Dexai.seed=77"));
        assertThat(outcome.reported).containsExactly("77");
    }

    @Sample
    static class Fails {
        @ExaiTest(seed = 77)
        void test(Simulation simulation) {
            throw new IllegalStateException("wrong");
        }
    }

    @Test
    void seed_systemProperty_hasTheLastWord() {
        System.setProperty(TestState.SEED, "123");
        try {
            assertThat(run(TellsSeed.class).succeeded).isEqualTo(2);
            assertThat(SEEN).containsExactly(123L, 123L);
        } finally {
            System.clearProperty(TestState.SEED);
        }
    }

    @Test
    void seed_notGiven_isAnotherOneEachTime() {
        run(TellsSeed.class);
        run(TellsSeed.class);

        assertThat(SEEN).hasSize(4).contains(9L);
        assertThat(SEEN.stream().filter(seed -> !seed.equals(9L)).distinct()).hasSize(2);
    }

    @Sample
    static class TellsSeed {
        @ExaiTest
        void byChance(Simulation simulation) {
            SEEN.add(simulation.seed());
        }

        @ExaiTest(seed = 9)
        void fixed(Simulation simulation) {
            SEEN.add(simulation.seed());
        }
    }

    @Test
    void settings_ofTheClass_holdInNestedClassesToo() {
        assertThat(run(HasNested.class).failures).isEmpty();
        assertThat(SEEN).containsExactly(31L);
    }

    @ExaiTest(seed = 31)
    @Sample
    static class HasNested {
        @Nested
        class Inner {
            @Test
            void test(Simulation simulation) {
                SEEN.add(simulation.seed());
            }
        }
    }

    @Test
    void parameter_serverWithoutFake_isExplained() {
        assertThat(run(ForgetsFake.class).onlyFailure()).hasMessageContaining("@Fake must say which server");
    }

    @Sample
    static class ForgetsFake {
        @ExaiTest
        void test(FakeProviderServer server) {
            SEEN.add(server);
        }
    }

    private static Outcome run(Class<?> sample) {
        Outcome outcome = new Outcome();
        samplesAreWanted = true;
        try {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(sample))
                                    .build(),
                            outcome);
        } finally {
            samplesAreWanted = false;
        }
        return outcome;
    }

    private static final class Outcome implements TestExecutionListener {
        private final List<Throwable> failures = new ArrayList<>();
        private final List<String> reported = new ArrayList<>();
        private int succeeded;

        Throwable onlyFailure() {
            assertThat(failures).hasSize(1);
            return failures.get(0);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            result.getThrowable().ifPresent(failures::add);
            if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                succeeded++;
            }
        }

        @Override
        public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
            reported.addAll(entry.getKeyValuePairs().values());
        }
    }
}
