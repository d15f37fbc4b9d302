package dev.exai.testkit.junit;

import dev.exai.testkit.LeakCheck;
import dev.exai.testkit.SimulatedExai;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.time.ManualScheduler;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What one test was given. */
final class TestState {
    static final String SEED = "exai.seed";

    private final Duration grace;
    private final boolean tasksMayRemain;
    private final boolean socketsMayRemain;
    private final long seed;
    private final LeakCheck leaks = LeakCheck.start();
    private final Map<Fake, FakeProviderServer> servers = new HashMap<>();
    private @Nullable Simulation simulation;
    private @Nullable ManualScheduler clock;
    private @Nullable SimulatedExai simulated;

    /** What the test left at its library instance, which was closed since. */
    private List<String> leftAtExai = List.of();

    TestState(Optional<ExaiTest> settings) {
        this.grace = Duration.ofMillis(settings.map(ExaiTest::graceMillis).orElse(2_000L));
        this.tasksMayRemain = settings.map(ExaiTest::tasksMayRemain).orElse(false);
        this.socketsMayRemain = settings.map(ExaiTest::socketsMayRemain).orElse(false);
        this.seed = seedOf(settings);
    }

    private static long seedOf(Optional<ExaiTest> settings) {
        String given = System.getProperty(SEED);
        if (given != null) {
            return Long.parseLong(given);
        }
        long[] fixed = settings.map(ExaiTest::seed).orElse(new long[0]);
        return fixed.length > 0 ? fixed[0] : ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    }

    /** {@return the seed, if chance played a part in this test} */
    OptionalLong seed() {
        return simulation == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    LeakCheck leaks() {
        return leaks;
    }

    Simulation simulation() {
        if (simulation == null) {
            Simulation made = Simulation.withSeed(seed).rememberSites();
            leaks.watch("task of the simulation", () -> unlessAllowed(made.pending()));
            simulation = made;
        }
        return simulation;
    }

    SimulatedExai simulated() {
        if (simulated == null) {
            simulated = SimulatedExai.in(simulation(), "glm", "kimi");
            leaks.watch("exai", () -> leftAtExai);
        }
        return simulated;
    }

    ManualScheduler clock() {
        if (clock == null) {
            ManualScheduler made = ManualScheduler.create().rememberSites();
            leaks.watch("task of the manual scheduler", () -> unlessAllowed(made.pending()));
            clock = made;
        }
        return clock;
    }

    private List<String> unlessAllowed(List<String> tasks) {
        return tasksMayRemain ? List.of() : tasks;
    }

    FakeProviderServer server(Fake fake) {
        return servers.computeIfAbsent(fake, unused -> {
            FakeProviderServer server = start(fake);
            if (socketsMayRemain) {
                leaks.watchExchanges(server);
            } else {
                leaks.watch(server);
            }
            return leaks.closeAtEnd(server);
        });
    }

    private FakeProviderServer start(Fake fake) {
        FakeProviderServer.Builder builder = FakeProviderServer.builder(fake.value());
        if (fake.tls()) {
            builder.tls();
        }
        if (fake.http2()) {
            builder.http2();
        }
        if (fake.manualClock()) {
            builder.clock(clock()::nanoTime);
        }
        return builder.start();
    }

    /** Runs what can run now, then checks that nothing is left. */
    void finish() {
        AssertionError broken = null;
        try {
            runWhatIsDue();
        } catch (AssertionError | RuntimeException e) {
            broken = e instanceof AssertionError error ? error : new AssertionError("a last task threw " + e, e);
        }
        try {
            leaks.assertNothingLeft(grace);
        } catch (AssertionError left) {
            if (broken == null) {
                throw left;
            }
            broken.addSuppressed(left);
        }
        if (broken != null) {
            throw broken;
        }
    }

    private void runWhatIsDue() {
        if (simulation != null) {
            simulation.runFor(Duration.ZERO);
        }
        if (simulated != null && simulation != null) {
            leftAtExai = simulated.leftovers();
            simulated.exai().close(); // so that tasks that stay are the test's own
            simulation.runFor(Duration.ZERO);
        }
        if (clock != null) {
            clock.runDue();
        }
    }
}
