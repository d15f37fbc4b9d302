package dev.exai.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.exai.model.Resolution;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;

/** Everything that is measured still runs. What it costs is no matter here. */
class MeasureTest {
    static Stream<Method> benchmarks() {
        return Stream.of(UncontendedAcquireBenchmark.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class));
    }

    @ParameterizedTest
    @MethodSource("benchmarks")
    void benchmark_fourTimes_leavesNothingTaken(Method benchmark) throws Exception {
        UncontendedAcquireBenchmark state = new UncontendedAcquireBenchmark();
        state.setUp();

        // four would be more than any of them has units
        for (int i = 0; i < 4; i++) {
            assertThat(benchmark.invoke(state)).isNotEqualTo(false);
        }

        state.tearDown();
    }

    @Test
    void resolution_eachBenchmark_givesWhatWasChosen() {
        ResolutionBenchmark state = new ResolutionBenchmark();
        state.setUp();

        assertThat(state.mapWithRecordKey()).isInstanceOf(Resolution.class);
        assertThat(state.guavaCacheWithRecordKey()).isInstanceOf(Resolution.class);
        assertThat(state.cachedChoice())
                .isInstanceOfSatisfying(
                        CompletableFuture.class,
                        answer -> assertThat(answer.isDone()).isTrue());
        assertThat(state.selection()).hasSize(64);

        state.tearDown();
    }

    @ParameterizedTest
    @EnumSource(names = "UNCONTENDED", mode = EnumSource.Mode.EXCLUDE)
    void part_aFewOperations_givesFigures(Part part) throws Exception {
        List<Figure> figures = part.measure(Scale.TINY);

        assertThat(figures).isNotEmpty().allSatisfy(figure -> {
            assertThat(figure.what()).isNotEmpty();
            assertThat(Figure.fromLine(figure.toLine())).isEqualTo(figure);
        });
    }

    @Test
    void parse_knownArguments_accepts() {
        assertThatNoException().isThrownBy(() -> Measure.parse("--quick", "--only", "heap,long_queue"));
        assertThatNoException().isThrownBy(() -> Measure.parse("--write", "page.md"));
    }

    @Test
    void parse_unknownOrContradicting_refuses() {
        assertThatIllegalArgumentException().isThrownBy(() -> Measure.parse("--fast"));
        assertThatIllegalArgumentException().isThrownBy(() -> Measure.parse("--write"));
        assertThatIllegalArgumentException().isThrownBy(() -> Measure.parse("--only", "nothing"));
        assertThatIllegalArgumentException().isThrownBy(() -> Measure.parse("--only", "heap", "--write", "page.md"));
    }
}
