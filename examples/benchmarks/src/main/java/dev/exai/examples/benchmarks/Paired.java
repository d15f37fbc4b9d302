package dev.exai.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Lets a reference and a candidate take turns in short windows in one JVM, and compares neighbouring windows.
 *
 * <p>What disturbs a machine for seconds (another process, the clock of the processor, a collection) so meets both alike
 * and falls out of the ratio. Who goes first changes from pair to pair, so a drift within a pair falls out too.
 */
final class Paired {
    /** So many pairs are made however long they take. */
    static final int LEAST_PAIRS = 5;

    /**
     * How long to go on.
     *
     * @param warmup pairs that are not counted; they may take a quarter of the time that the others may
     * @param pairs pairs that are
     * @param windowNanos how long a window is
     * @param atMostNanos when to stop though fewer pairs were made, but for the first {@link #LEAST_PAIRS}
     */
    record Turns(int warmup, int pairs, long windowNanos, long atMostNanos) {}

    /**
     * What came of it.
     *
     * @param ratio the candidate's time for an operation by the reference's, pair by pair
     * @param reference the reference's own nanoseconds for an operation
     * @param candidate the candidate's
     */
    record Result(Spread ratio, Spread reference, Spread candidate) {}

    private Paired() {}

    /** {@return how the two compare} */
    static Result compare(Side reference, Side candidate, Turns turns) throws Exception {
        warmUp(reference, candidate, turns);
        List<Double> ratios = new ArrayList<>();
        List<Double> references = new ArrayList<>();
        List<Double> candidates = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < turns.pairs; i++) {
            if (i >= LEAST_PAIRS && System.nanoTime() - start >= turns.atMostNanos) {
                break;
            }
            boolean referenceFirst = i % 2 == 0;
            double first = (referenceFirst ? reference : candidate)
                    .work(turns.windowNanos)
                    .nanosPerOperation();
            double second = (referenceFirst ? candidate : reference)
                    .work(turns.windowNanos)
                    .nanosPerOperation();
            references.add(referenceFirst ? first : second);
            candidates.add(referenceFirst ? second : first);
            ratios.add(referenceFirst ? second / first : first / second);
        }
        return new Result(spread(ratios), spread(references), spread(candidates));
    }

    private static void warmUp(Side reference, Side candidate, Turns turns) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < turns.warmup && (i == 0 || System.nanoTime() - start < turns.atMostNanos / 4); i++) {
            reference.work(turns.windowNanos);
            candidate.work(turns.windowNanos);
        }
    }

    private static Spread spread(List<Double> values) {
        return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
