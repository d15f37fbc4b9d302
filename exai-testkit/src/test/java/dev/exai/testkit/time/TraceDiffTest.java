package dev.exai.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceDiffTest {
    @TempDir
    private Path folder;

    private static List<String> lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
    }

    @Test
    void ofLines_equal_isEmpty() {
        assertThat(TraceDiff.ofLines(lines(0, 9), lines(0, 9))).isEmpty();
        assertThat(TraceDiff.ofLines(List.of(), List.of())).isEmpty();
    }

    @Test
    void ofLines_oneDiffers_showsItWithSomeLinesAround() {
        List<String> expected = lines(0, 30);
        List<String> actual = IntStream.range(0, 30)
                .mapToObj(i -> i == 12 ? "something else" : "line " + i)
                .toList();

        TraceDiff diff = TraceDiff.ofLines(expected, actual).orElseThrow();

        assertThat(diff.line()).isEqualTo(13);
        assertThat(diff.toString()).isEqualTo("""
                        the traces part at line 13:
                            line 7
                            line 8
                            line 9
                            line 10
                            line 11
                          - line 12
                          - line 13
                          - line 14
                          - line 15
                          - line 16
                          + something else
                          + line 13
                          + line 14
                          + line 15
                          + line 16
                        """);
    }

    @Test
    void ofLines_oneIsLonger_saysWhereTheOtherEnds() {
        TraceDiff diff = TraceDiff.ofLines(lines(0, 3), lines(0, 5)).orElseThrow();

        assertThat(diff.line()).isEqualTo(4);
        assertThat(diff.toString()).contains("- (ends here)").contains("+ line 3");
    }

    @Test
    void saveTrace_sameSeed_sameFile_otherSeed_parts() throws Exception {
        Path one = save("one", 5);
        Path two = save("two", 5);
        Path other = save("deeper/other", 6);

        assertThat(TraceDiff.ofFiles(one, two)).isEmpty();
        assertThat(TraceDiff.ofFiles(one, other)).isPresent();
        assertThat(Files.readAllLines(one))
                .startsWith("# seed 5")
                .contains("PT1S x", "# early lines not kept 0")
                .hasSize(3 + 13);
    }

    @Test
    void saveTrace_tooLongToKeep_saysHowMuchIsLeftOut_andComparesTheRestByHash() {
        Path one = saveLong("one", "a");
        Path two = saveLong("two", "b");

        TraceDiff diff = TraceDiff.ofFiles(one, two).orElseThrow();

        assertThat(diff.toString()).contains("- # hash of the whole trace");
        assertThat(TraceFile.read(one)).contains("# early lines not kept 2001").hasSize(3 + 10_000);
    }

    @Test
    void ofFiles_missing_saysWhich() {
        assertThatThrownBy(() -> TraceDiff.ofFiles(folder.resolve("none"), folder.resolve("none")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none");
    }

    private Path saveLong(String name, String first) {
        Simulation simulation = Simulation.withSeed(1);
        simulation.note(first);
        for (int i = 0; i < 12_000; i++) {
            simulation.note("line " + i);
        }
        Path file = folder.resolve(name);
        simulation.saveTrace(file);
        return file;
    }

    private Path save(String name, long seed) {
        Simulation simulation = Simulation.withSeed(seed);
        for (int i = 0; i < 12; i++) {
            simulation.executor().execute(() -> {});
        }
        simulation.run();
        simulation.runFor(Duration.ofSeconds(1));
        simulation.note("x");
        Path file = folder.resolve(name);
        simulation.saveTrace(file);
        return file;
    }
}
