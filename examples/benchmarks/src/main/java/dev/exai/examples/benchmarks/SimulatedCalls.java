package dev.exai.examples.benchmarks;

import dev.exai.testkit.storm.FaultStorm;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many simulated calls of the whole library a machine makes in a second, with the invariants checked after each event
 * and everything counted again every 1,000 events: storms of 2 to 200 sessions, one on each thread at a time.
 *
 * <pre>{@code
 * java -cp examples/benchmarks/target/benchmarks.jar dev.exai.examples.benchmarks.SimulatedCalls [threads] [seconds]
 * }</pre>
 *
 * <p>A second figure is by the processor time that the threads took: it is what a machine without other work would show.
 */
public final class SimulatedCalls {
    private static final int WINDOWS = 5;
    private static final double NANOS = 1e9;

    private final ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    private final AtomicLong nextSeed = new AtomicLong(1);
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong processorNanos = new AtomicLong();

    private SimulatedCalls() {}

    /**
     * Measures, and prints a line for each window and one with the medians.
     *
     * @param args how many threads, 2 by default; how many seconds a window is, 6 by default
     * @throws Exception if an invariant is broken
     */
    public static void main(String[] args) throws Exception {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        long seconds = args.length > 1 ? Long.parseLong(args[1]) : 6;
        double loadBefore = Machine.load();
        SimulatedCalls measured = new SimulatedCalls();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            measured.window(pool, threads, seconds); // to warm up
            double[] rates = new double[WINDOWS];
            double[] byProcessor = new double[WINDOWS];
            for (int i = 0; i < WINDOWS; i++) {
                Rate rate = measured.window(pool, threads, seconds);
                rates[i] = rate.bySecond();
                byProcessor[i] = rate.byProcessorSecond();
                System.out.println(rate);
            }
            System.out.printf(
                    Locale.ROOT,
                    "median: %s; %d threads, %.1f events a call%n",
                    new Rate(Spread.of(rates).median(), Spread.of(byProcessor).median()),
                    threads,
                    measured.events.doubleValue() / measured.calls.get());
            System.out.println(Machine.line(loadBefore));
        } finally {
            pool.shutdownNow();
        }
    }

    private record Rate(double bySecond, double byProcessorSecond) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%,.0f calls a second, %,.0f a second of one processor", bySecond, byProcessorSecond);
        }
    }

    /** Rages for a while. */
    private Rate window(ExecutorService pool, int threads, long seconds) throws Exception {
        long callsBefore = calls.get();
        long processorBefore = processorNanos.get();
        long begun = System.nanoTime();
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Callable<Void> storms = () -> {
                long own = processor.getCurrentThreadCpuTime();
                while (System.nanoTime() - begun < seconds * NANOS) {
                    FaultStorm.Report report =
                            FaultStorm.withSeed(nextSeed.getAndIncrement()).run();
                    calls.addAndGet(report.calls());
                    events.addAndGet(report.events());
                }
                processorNanos.addAndGet(processor.getCurrentThreadCpuTime() - own);
                return null;
            };
            all.add(pool.submit(storms));
        }
        for (Future<Void> each : all) {
            each.get();
        }
        double made = calls.get() - callsBefore;
        return new Rate(
                made * NANOS / (System.nanoTime() - begun), made * NANOS / (processorNanos.get() - processorBefore));
    }
}
