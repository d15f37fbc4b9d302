package dev.exai.examples.benchmarks;

import dev.exai.examples.benchmarks.Figure.Bound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks some times over, and compares within each run. */
final class Uncontended {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Map<String, List<Double>> nanos = new HashMap<>();
    private final Map<String, List<Double>> bytes = new HashMap<>();

    private Uncontended() {}

    static List<Figure> figures(Scale scale) throws RunnerException {
        System.setProperty("jmh.ignoreLock", "true"); // whoever runs two at a time sees it in the load
        Uncontended results = new Uncontended();
        for (int i = 0; i < scale.rounds(); i++) {
            for (RunResult result : new Runner(options(scale)).run()) {
                results.add(result);
            }
        }
        return results.figures();
    }

    private static Options options(Scale scale) {
        TimeValue iteration = TimeValue.milliseconds(scale.iteration().toMillis());
        return new OptionsBuilder()
                .include(UncontendedAcquireBenchmark.class.getName())
                .include(ResolutionBenchmark.class.getName())
                .forks(1)
                .warmupTime(iteration)
                .measurementTime(iteration)
                .addProfiler(GCProfiler.class)
                .jvmArgsPrepend(Part.Jvm.HEAP_MADE_BEFORE.toArray(String[]::new))
                .jvmArgsAppend(quietly())
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
    }

    /** JMH uses what newer JDKs warn of, on each start. */
    private static String[] quietly() {
        return Runtime.version().feature() < 24
                ? new String[0]
                : new String[] {"--sun-misc-unsafe-memory-access=allow"};
    }

    private void add(RunResult run) {
        String benchmark = run.getParams().getBenchmark();
        String name = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        nanos.computeIfAbsent(name, any -> new ArrayList<>())
                .add(run.getPrimaryResult().getScore());
        run.getSecondaryResults().forEach((label, result) -> add(name, label, result));
    }

    private void add(String name, String label, Result<?> result) {
        if (label.endsWith(ALLOCATED)) {
            bytes.computeIfAbsent(name, any -> new ArrayList<>()).add(result.getScore());
        }
    }

    private List<Figure> figures() {
        double none = Double.NaN;
        return List.of(
                beside("threeSemaphores", "three Semaphores").within(Bound.RATIO, 3.0, 1.5),
                beside("threeFairSemaphores", "three fair Semaphores"),
                beside("threeResilience4jBulkheads", "three Resilience4j bulkheads"),
                beside("threeFailsafeBulkheads", "three Failsafe bulkheads").within(Bound.RATIO, none, 1.0),
                beside("threeNetflixLimiters", "three Netflix limiters").within(Bound.RATIO, none, 1.0),
                compare(
                                "the same, with a context and its site for each permit",
                                "a context made once",
                                "permitPool",
                                "permitPoolWithSite")
                        .within(Bound.MORE, 1_000, none),
                Figure.alone("a context alone, with its site", "ns", median(nanos, "contextWithSite")),
                Figure.alone("allocated for a permit, context made before", "B", median(bytes, "permitPool")),
                Figure.alone("allocated for a permit and its context", "B", median(bytes, "permitPoolWithSite")),
                compare(
                                "\"auto\", chosen before",
                                "ConcurrentHashMap.get with a record key",
                                "mapWithRecordKey",
                                "cachedChoice")
                        .within(Bound.RATIO, 1.5, none),
                compare(
                        "\"auto\", chosen before",
                        "Guava's cache with a record key, 1,000 entries and 5 minutes",
                        "guavaCacheWithRecordKey",
                        "cachedChoice"),
                Figure.alone("allocated for it: the future that is the answer", "B", median(bytes, "cachedChoice")),
                Figure.alone("choosing among 64 models", "ns", median(nanos, "selection"))
                        .within(Bound.COST, 20_000, none));
    }

    private Figure beside(String peer, String name) {
        return compare("acquire + release, uncontended", name, peer, "permitPool");
    }

    private Figure compare(String what, String beside, String reference, String candidate) {
        List<Double> there = nanos.get(reference);
        List<Double> here = nanos.get(candidate);
        double[] ratios = new double[there.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = here.get(i) / there.get(i);
        }
        return Figure.of(what, beside, "ns", median(nanos, reference), median(nanos, candidate), Spread.of(ratios));
    }

    private static double median(Map<String, List<Double>> values, String name) {
        return Spread.of(values.get(name).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                .median();
    }
}
