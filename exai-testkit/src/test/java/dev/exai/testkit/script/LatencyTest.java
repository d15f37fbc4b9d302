package dev.exai.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void fixed_anySeed_isAlwaysTheSame() {
        assertThat(samples(Latency.fixed(SECOND), 1, 100)).containsOnly(SECOND);
        assertThat(samples(Latency.none(), 1, 3)).containsOnly(Duration.ZERO);
    }

    @Test
    void uniform_manySamples_fillTheSpanEvenly() {
        List<Duration> samples = samples(Latency.uniform(SECOND, Duration.ofSeconds(3)), 7, 10_000);

        assertThat(samples).allMatch(each -> each.compareTo(SECOND) >= 0 && each.compareTo(Duration.ofSeconds(3)) < 0);
        assertThat(samples.stream().filter(each -> each.compareTo(Duration.ofSeconds(2)) < 0))
                .hasSizeBetween(4_800, 5_200);
    }

    @Test
    void logNormal_percentiles_areThoseThatWereGiven() {
        Latency latency = Latency.logNormal(Duration.ofSeconds(5), Duration.ofSeconds(40));

        assertThat(latency.percentile(50)).isCloseTo(Duration.ofSeconds(5), Duration.ofNanos(100));
        assertThat(latency.percentile(99)).isCloseTo(Duration.ofSeconds(40), Duration.ofNanos(1_000));
        assertThat(latency.percentile(1)).isBetween(Duration.ofMillis(600), Duration.ofMillis(650));
        assertThat(latency.percentile(0)).isZero();
        assertThat(latency.percentile(100)).isEqualTo(Duration.ofDays(1000));
        List<Duration> samples = samples(latency, 3, 10_000);
        assertThat(samples.stream().filter(each -> each.compareTo(Duration.ofSeconds(40)) > 0))
                .hasSizeBetween(60, 140);
    }

    @Test
    void measured_betweenPercentiles_runsInAStraightLine() {
        Latency latency =
                Latency.measured(Map.of(10.0, SECOND, 50.0, Duration.ofSeconds(5), 90.0, Duration.ofSeconds(13)));

        assertThat(latency.percentile(0)).isEqualTo(SECOND);
        assertThat(latency.percentile(30)).isEqualTo(Duration.ofSeconds(3));
        assertThat(latency.percentile(70)).isEqualTo(Duration.ofSeconds(9));
        assertThat(latency.percentile(100)).isEqualTo(Duration.ofSeconds(13));
    }

    @Test
    void withSeed_sameSeed_givesTheSameDurations() {
        Latency latency = Latency.logNormal(SECOND, Duration.ofSeconds(9));

        assertThat(samples(latency, 5, 50)).isEqualTo(samples(latency, 5, 50));
        assertThat(samples(latency, 5, 50)).isNotEqualTo(samples(latency, 6, 50));
        // pinned: the same on every JDK
        assertThat(samples(latency, 5, 2))
                .containsExactly(Duration.ofNanos(6_935_631_131L), Duration.ofNanos(307_436_488));
    }

    @Test
    void atMost_longTail_isCut() {
        Latency latency = Latency.logNormal(SECOND, Duration.ofSeconds(9)).atMost(Duration.ofSeconds(2));

        assertThat(latency.percentile(99)).isEqualTo(Duration.ofSeconds(2));
        assertThat(latency.percentile(50)).isCloseTo(SECOND, Duration.ofNanos(100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fixed:200ms",
                "fixed:0ms",
                "uniform:0.5ms,1.5s",
                "log-normal:5s,40s",
                "measured:50=5.2s,99.9=170s",
                "fixed:86400s"
            })
    void parse_textOfALatency_givesItBack(String text) {
        Latency latency = Latency.parse(text);

        assertThat(latency).hasToString(text).isEqualTo(Latency.parse(latency.toString()));
    }

    @Test
    void parse_otherUnitsAndTheShortForm_areUnderstood() {
        assertThat(Latency.parse("90s")).isEqualTo(Latency.fixed(Duration.ofSeconds(90)));
        assertThat(Latency.parse("1.5m")).isEqualTo(Latency.fixed(Duration.ofSeconds(90)));
        assertThat(Latency.parse("Uniform: 1h , 2h").percentile(50)).isEqualTo(Duration.ofMinutes(90));
        assertThat(Latency.parse("fixed:1500us")).hasToString("fixed:1.5ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fast",
                "200",
                "fixed:1s,2s",
                "uniform:1s",
                "uniform:2s,1s",
                "log-normal:5s",
                "log-normal:5s,5s",
                "log-normal:0s,5s",
                "measured:",
                "measured:50",
                "measured:50=2s,99=1s",
                "measured:101=1s",
                "fixed:-1s"
            })
    void parse_anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> Latency.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void misuse_isRefused() {
        assertThatThrownBy(() -> Latency.fixed(SECOND.negated())).hasMessageContaining("negative");
        assertThatThrownBy(() -> Latency.measured(Map.of())).hasMessageContaining("no percentile");
        assertThatThrownBy(() -> Latency.none().percentile(101)).hasMessageContaining("101");
    }

    private static List<Duration> samples(Latency latency, long seed, int count) {
        Supplier<Duration> source = latency.withSeed(seed);
        return Stream.generate(source).limit(count).toList();
    }
}
