package dev.exai.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.RunId;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process is killed at each write and inside each function; another one takes its run up. */
abstract class CrashRules {
    private static final int FUNCTIONS = 4;

    @TempDir
    Path folder;

    /** Where the store is, for the process; a new and empty one each time. */
    abstract String newStore() throws Exception;

    /** Opens the store that was made last. */
    abstract RunStore open();

    private record Ended(List<String> lines) {
        boolean stoodStill() {
            return lines.contains("STILL");
        }

        List<Long> kept() {
            return lines.stream()
                    .filter(line -> line.startsWith("KEPT "))
                    .map(line -> Long.parseLong(line.substring(5)))
                    .toList();
        }
    }

    private Path effects;

    private Ended process(String store, String mode, String where, int number)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingProcess.class.getName(),
                        store,
                        effects.toString(),
                        mode,
                        where,
                        Integer.toString(number))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.equals("STILL")) {
                    process.toHandle().destroyForcibly(); // SIGKILL; the output that is there can still be read
                }
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(lines);
    }

    private List<String> effects() throws IOException {
        return Files.exists(effects) ? Files.readAllLines(effects) : List.of();
    }

    /** Kills at a point, takes up, and checks everything; returns whether the point was reached. */
    private boolean crash(String where, int number) throws Exception {
        String at = where + " " + number;
        String store = newStore();
        effects = folder.resolve("effects-" + where + "-" + number);
        Ended killed = process(store, "start", where, number);
        if (!killed.stoodStill()) {
            assertThat(killed.lines()).as(at).anyMatch(line -> line.startsWith("END "));
            return false;
        }
        List<RunRecord> before = records();
        assertThat(before.stream().map(RunRecord::number))
                .as("kept although killed " + at)
                .containsAll(killed.kept());

        Ended resumed = process(store, "resume", "never", 0);

        assertThat(resumed.lines()).as("after a kill " + at).last().isEqualTo("END " + OrderModel.ANSWER);
        assertThat(effects().stream().filter("pay 1"::equals))
                .as("pay 1, killed " + at)
                .hasSize(1);
        assertThat(effects().stream().filter("pay 2"::equals))
                .as("pay 2, killed " + at)
                .hasSize(1);
        for (RunRecord result : before) {
            if (result.kind() == RunRecord.Kind.RESULT) {
                assertThat(effects().stream().filter(result.text()::equals))
                        .as("what was recorded is not run again, killed " + at)
                        .hasSize(1);
            }
        }
        List<RunRecord> after = records();
        assertThat(after.subList(0, before.size()))
                .as("the records before stay")
                .isEqualTo(before);
        for (int i = 0; i < after.size(); i++) {
            assertThat(after.get(i).number()).isEqualTo(i + 1);
        }
        return true;
    }

    private List<RunRecord> records() {
        try (RunStore store = open()) {
            return RunStoreRules.get(store.read(RunId.of("orders")))
                    .map(StoredRun::records)
                    .orElse(List.of());
        }
    }

    @Test
    void kill_beforeEachWrite_resumesToTheSameEnd() throws Exception {
        killAtEach("before");
    }

    @Test
    void kill_afterEachWrite_resumesToTheSameEnd() throws Exception {
        killAtEach("after");
    }

    private void killAtEach(String where) throws Exception {
        int points = 0;
        while (crash(where, points + 1)) {
            points++;
        }
        assertThat(points).isGreaterThan(6);
        try (RunStore store = open()) {
            assertThat(RunStoreRules.get(store.read(RunId.of("orders")))
                            .orElseThrow()
                            .task()
                            .state())
                    .isEqualTo(TaskState.DONE);
        }
    }

    @Test
    void kill_insideEachFunction_beforeAndAfterItsEffect_isAskedAboutUnlessIdempotent() throws Exception {
        for (int function = 1; function <= FUNCTIONS; function++) {
            assertThat(crash("enter", function)).isTrue();
            assertThat(crash("leave", function)).isTrue();
        }
    }
}
