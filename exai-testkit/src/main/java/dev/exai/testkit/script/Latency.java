package dev.exai.testkit.script;

import com.google.errorprone.annotations.Immutable;
import dev.exai.testkit.internal.Chance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * How long something takes: always the same, or spread in a way that has a name.
 *
 * <p>Each sample takes one number of the chance that is given and turns it into a duration by the percentiles of the
 * distribution, without anything that differs between machines: the same seed gives the same durations everywhere.
 * Immutable.
 *
 * <pre>{@code
 * Latency.fixed(Duration.ofMillis(200));
 * Latency.uniform(Duration.ofMillis(100), Duration.ofMillis(300));
 * Latency.logNormal(Duration.ofSeconds(5), Duration.ofSeconds(40));          // median, 99th percentile
 * Latency.measured(Map.of(50.0, Duration.ofSeconds(5), 99.0, Duration.ofSeconds(170)));
 * Latency.parse("log-normal:5s,40s");
 * }</pre>
 */
@Immutable
public final class Latency {
    /** The longest that is ever sampled. */
    private static final double LONGEST_NANOS = Duration.ofDays(1000).toNanos();

    private static final double P99_OF_NORMAL = Normal.quantile(0.99);

    private final String name;

    /** Nanoseconds at a share of all samples. */
    @SuppressWarnings("Immutable") // the ones made here are
    private final Quantile quantile;

    @Immutable
    @FunctionalInterface
    private interface Quantile {
        double nanosAt(double share);
    }

    private Latency(String name, Quantile quantile) {
        this.name = name;
        this.quantile = quantile;
    }

    /** {@return no time at all} */
    public static Latency none() {
        return fixed(Duration.ZERO);
    }

    /**
     * {@return always the same}
     *
     * @param time how long
     */
    public static Latency fixed(Duration time) {
        double nanos = nanos(time);
        return new Latency("fixed:" + LatencyText.of(time), share -> nanos);
    }

    /**
     * {@return anything between two durations, each as likely}
     *
     * @param min the shortest
     * @param max the longest, not shorter than that
     */
    public static Latency uniform(Duration min, Duration max) {
        double shortest = nanos(min);
        double longest = nanos(max);
        if (longest < shortest) {
            throw new IllegalArgumentException("max < min: " + max + " < " + min);
        }
        return new Latency(
                "uniform:" + LatencyText.of(min) + "," + LatencyText.of(max),
                share -> shortest + share * (longest - shortest));
    }

    /**
     * {@return a log-normal distribution, as latencies of networks often are: most of them close to the median, and a
     * long tail}
     *
     * @param median half of all are shorter; more than zero
     * @param p99 of a hundred one is longer; longer than the median
     */
    public static Latency logNormal(Duration median, Duration p99) {
        double middle = nanos(median);
        double late = nanos(p99);
        if (middle == 0 || late <= middle) {
            throw new IllegalArgumentException("not 0 < median < p99: " + median + ", " + p99);
        }
        double mu = StrictMath.log(middle);
        double sigma = (StrictMath.log(late) - mu) / P99_OF_NORMAL;
        return new Latency(
                "log-normal:" + LatencyText.of(median) + "," + LatencyText.of(p99),
                share -> StrictMath.exp(mu + sigma * Normal.quantile(share)));
    }

    /**
     * {@return what was measured} Between two percentiles it runs in a straight line; below the lowest and above the
     * highest it does not go.
     *
     * @param percentiles durations by percentile, from 0 to 100; a higher one is never shorter; at least one
     */
    public static Latency measured(Map<Double, Duration> percentiles) {
        if (percentiles.isEmpty()) {
            throw new IllegalArgumentException("no percentile");
        }
        TreeMap<Double, Duration> sorted = new TreeMap<>(percentiles);
        if (!(sorted.firstKey() >= 0 && sorted.lastKey() <= 100)) {
            throw new IllegalArgumentException("percentile not between 0 and 100: " + sorted.keySet());
        }
        List<Duration> times = new ArrayList<>(sorted.values());
        times.sort(Comparator.naturalOrder());
        if (!times.equals(new ArrayList<>(sorted.values()))) {
            throw new IllegalArgumentException("a higher percentile is shorter: " + sorted);
        }
        double[] shares =
                sorted.keySet().stream().mapToDouble(each -> each / 100).toArray();
        double[] nanos = sorted.values().stream().mapToDouble(Latency::nanos).toArray();
        return new Latency("measured:" + LatencyText.of(sorted), new Line(shares, nanos));
    }

    /** Straight lines between points. */
    @SuppressWarnings("Immutable") // nobody changes the arrays
    private static final class Line implements Quantile {
        private final double[] shares;
        private final double[] nanos;

        Line(double[] shares, double[] nanos) {
            this.shares = shares;
            this.nanos = nanos;
        }

        @Override
        public double nanosAt(double share) {
            if (share <= shares[0]) {
                return nanos[0];
            }
            for (int i = 1; i < shares.length; i++) {
                if (share <= shares[i]) {
                    double part = (share - shares[i - 1]) / (shares[i] - shares[i - 1]);
                    return nanos[i - 1] + part * (nanos[i] - nanos[i - 1]);
                }
            }
            return nanos[nanos.length - 1];
        }
    }

    /**
     * {@return the latency that a text names: {@code fixed:200ms}, {@code uniform:100ms,300ms},
     * {@code log-normal:5s,40s}, {@code measured:50=5.2s,99=170s}, or {@code 200ms} alone} Units are {@code ns},
     * {@code us}, {@code ms}, {@code s}, {@code m} and {@code h}.
     *
     * @param text the text
     * @throws IllegalArgumentException if it names none
     */
    public static Latency parse(String text) {
        return LatencyText.parse(text);
    }

    /**
     * {@return this latency, with what would be longer cut to a limit}
     *
     * @param limit the longest
     */
    public Latency atMost(Duration limit) {
        double longest = nanos(limit);
        return new Latency(
                name + " at most " + LatencyText.of(limit), share -> Math.min(longest, quantile.nanosAt(share)));
    }

    /**
     * {@return the duration that so many in a hundred do not exceed}
     *
     * @param percentile from 0 to 100
     */
    public Duration percentile(double percentile) {
        if (!(percentile >= 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile not between 0 and 100: " + percentile);
        }
        double nanos = quantile.nanosAt(percentile / 100);
        return Duration.ofNanos(Math.round(Math.min(LONGEST_NANOS, Math.max(0, nanos))));
    }

    /**
     * {@return one duration}
     *
     * @param chance decides; one number is taken from it
     */
    public Duration sample(RandomGenerator chance) {
        return percentile(100 * chance.nextDouble());
    }

    /**
     * {@return durations one after the other, the same ones for the same seed} Safe for use by many threads.
     *
     * @param seed the seed
     */
    public Supplier<Duration> withSeed(long seed) {
        RandomGenerator chance = Chance.of(seed, 0);
        return () -> {
            synchronized (chance) {
                return sample(chance);
            }
        };
    }

    private static double nanos(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("a negative time: " + time);
        }
        return time.toNanos();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Latency that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** {@return the text that {@link #parse} reads, but for one with a limit} */
    @Override
    public String toString() {
        return name;
    }
}
