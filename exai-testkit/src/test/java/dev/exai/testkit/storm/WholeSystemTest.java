package dev.exai.testkit.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A million calls. The seeds are always the same; to begin at another one, or to repeat one storm alone:
 * {@code -Dexai.storm.first=1000001} or {@code -Dexai.seed=42}.
 */
@Tag("ci")
@DisplayName("I1 to I12 after each event, for a million calls of 2 to 200 sessions")
class WholeSystemTest {
    private static final long CALLS = 1_000_000;
    private static final int THREADS = 2;

    private final AtomicLong nextSeed = new AtomicLong(Long.getLong("exai.storm.first", 1_000_001));
    private final AtomicLong calls = new AtomicLong();

    @Test
    @Timeout(900)
    void storms_aMillionCalls_allInvariantsHold() throws Exception {
        Long only = Long.getLong("exai.seed");
        if (only != null) {
            System.out.println(FaultStorm.withSeed(only).run());
            return;
        }
        long begun = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<Void> storms = this::storms;
                all.add(threads.submit(storms));
            }
            for (Future<Void> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        Duration real = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(calls.get()).isGreaterThanOrEqualTo(CALLS);
        System.out.println("simulated calls: " + calls + " in " + real.toMillis() + " ms, "
                + calls.get() * 1_000 / Math.max(1, real.toMillis()) + " a second, on " + THREADS + " threads");
    }

    private Void storms() {
        while (calls.get() < CALLS && !Thread.currentThread().isInterrupted()) {
            FaultStorm.Report report =
                    FaultStorm.withSeed(nextSeed.getAndIncrement()).run();
            assertThat(report.sessions()).isBetween(2, 200);
            calls.addAndGet(report.calls());
        }
        return null;
    }
}
