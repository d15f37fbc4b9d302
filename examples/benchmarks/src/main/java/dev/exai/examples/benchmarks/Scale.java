package dev.exai.examples.benchmarks;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param rounds how often JMH is run, and heap is weighed
 * @param iteration the length of a JMH iteration
 * @param turns of short windows
 * @param waiters how many requests wait in a long queue
 * @param sessions over how many sessions
 * @param backlogged how many sessions are many
 * @param backlog how many requests of theirs wait together
 * @param threads how many threads wait where their heap is weighed
 * @param virtualThreads how many virtual threads wait
 * @param exchanges how many exchanges over sockets a median is of
 */
record Scale(
        int rounds,
        Duration iteration,
        Paired.Turns turns,
        int waiters,
        int sessions,
        int backlogged,
        int backlog,
        int threads,
        int virtualThreads,
        int exchanges) {
    /** For figures that are published: some ten minutes. */
    static final Scale FULL = new Scale(
            3, Duration.ofMillis(500), turns(20, 36, 50, 60_000), 100_000, 1_000, 2_048, 65_536, 2_000, 10_000, 30);

    /** For a look: about a minute. */
    static final Scale QUICK =
            new Scale(1, Duration.ofMillis(200), turns(4, 5, 20, 2_000), 10_000, 100, 256, 4_096, 500, 1_000, 5);

    /** For a test: a few operations. */
    static final Scale TINY = new Scale(1, Duration.ofMillis(1), turns(0, 1, 0, 0), 40, 4, 16, 64, 4, 8, 1);

    private static Paired.Turns turns(int warmup, int pairs, long windowMillis, long atMostMillis) {
        return new Paired.Turns(warmup, pairs, windowMillis * 1_000_000, atMostMillis * 1_000_000);
    }
}
