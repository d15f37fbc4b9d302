package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exai.call.CallState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Chaos over real sockets for long, then nothing is left: no permit, call, session, exchange, thread or socket, and the
 * heap is as large as it was.
 *
 * <p>How long: {@code -Dexai.soak.seconds=600} in the tier deep, {@code -Dexai.soak.ci.seconds=20} in the tier ci.
 */
class SoakTest {
    /**
     * What the heap may grow by, all in all, from the end of the second round to the end of the last. Over ten minutes
     * that is a few bytes a call, over twenty seconds less than a call takes.
     */
    private static final long HEAP_SLACK = 2L << 20;

    private static final Duration GENEROUS = Duration.ofSeconds(10);

    @Test
    @Tag("ci")
    @Timeout(180)
    void chaos_forSeconds_leavesNothing() throws Exception { // I1, I5, I6, I7, I8, I9
        soak(Duration.ofSeconds(Integer.getInteger("exai.soak.ci.seconds", 20)), 4);
    }

    @Test
    @Tag("deep")
    @Timeout(7200)
    void chaos_forMinutes_leavesNothing() throws Exception { // I1, I5, I6, I7, I8, I9
        soak(Duration.ofSeconds(Integer.getInteger("exai.soak.seconds", 600)), 12);
    }

    private static void soak(Duration length, int rounds) throws Exception {
        long seed = Long.getLong("exai.soak.seed", System.nanoTime());
        System.out.println("Soak for " + length.toSeconds() + " s; -Dexai.soak.seed=" + seed);
        List<String> socketsBefore = sockets();
        List<Long> heap;
        Chaos chaos = new Chaos(seed);
        try {
            heap = chaos.run(length, rounds);
        } finally {
            chaos.close();
        }

        System.out.println("Soak: " + chaos + ", heap at rest after each round, in bytes: " + heap);
        assertThat(chaos.failures()).isEmpty();
        assertThat(chaos.ends().keySet())
                .as("each kind of end was met")
                .contains(CallState.SUCCEEDED, CallState.FAILED, CallState.CANCELLED, CallState.DEADLINE_EXCEEDED);
        long calls = chaos.ends().values().stream().mapToLong(Long::longValue).sum();
        assertThat(chaos.ends().get(CallState.SUCCEEDED))
                .as("good answers among %s calls, so that it was about sockets and not about refusals", calls)
                .isGreaterThan(calls / 20);
        assertThat(heap.get(rounds - 1) - heap.get(1)).as("growth of the heap").isLessThan(HEAP_SLACK);
        await("sockets that were not there before are closed, be it by a thread that is still at it")
                .atMost(GENEROUS)
                .untilAsserted(() -> assertThat(sockets()).isSubsetOf(socketsBefore));
    }

    /** The sockets that this process has open, where the system tells; none elsewhere. */
    private static List<String> sockets() throws Exception {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return List.of();
        }
        try (var all = Files.list(open)) {
            return all.map(SoakTest::target)
                    .filter(name -> name.startsWith("socket:"))
                    .toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (java.io.IOException closedMeanwhile) {
            return "";
        }
    }
}
