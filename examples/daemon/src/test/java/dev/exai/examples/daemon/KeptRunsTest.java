package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exai.context.RunId;
import dev.exai.examples.workflows.ReadyRuns;
import dev.exai.run.Runs;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose the file of runs is, and what becomes of what is in it. */
final class KeptRunsTest {
    @TempDir
    private Path folder;

    private Settings settings(Path state) {
        return Settings.of(Map.of(Setting.STATE_DIR, state.toString()), null, Map.of());
    }

    @Test
    void file_isOneDaemons_untilThatGivesItBack() {
        KeptRuns first = KeptRuns.open(settings(folder));
        assertThat(first.isDurable()).isTrue();
        try (KeptRuns second = KeptRuns.open(settings(folder))) {
            assertThat(second.isDurable()).isFalse();
        }
        first.close();

        try (KeptRuns third = KeptRuns.open(settings(folder))) {
            assertThat(third.isDurable()).isTrue();
        }
    }

    @Test
    void file_thatCannotBeMade_isNoReasonNotToServe() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "where the folder should be");

        try (KeptRuns kept = KeptRuns.open(settings(file))) {
            assertThat(kept.isDurable()).isFalse();
        }
        Files.writeString(folder.resolve("runs.db"), "this is no database, it is much too ".repeat(100));
        try (KeptRuns kept = KeptRuns.open(settings(folder))) {
            assertThat(kept.isDurable()).isFalse();
        }
    }

    /** The latest thousand that have ended stay, and what has not ended: a run of another kind is left as it is. */
    @Test
    void runs_thatEndedLongAgo_areForgotten() {
        try (Fixture fixture = new Fixture();
                KeptRuns kept = KeptRuns.inMemory();
                Runs runs = kept.runs(fixture.daemon.exai())) {
            write(kept, "left", "of-another-program", TaskState.IN_PROGRESS);
            for (int i = 0; i < 1_003; i++) {
                write(kept, "ended-" + i, "analyze", i % 2 == 0 ? TaskState.DONE : TaskState.FAILED);
            }

            kept.takeUp(fixture.daemon.exai(), runs, ReadyRuns.withoutFiles(List.of("glm")));

            await().atMost(Fixture.PATIENCE)
                    .untilAsserted(() -> assertThat(runs.tasks(TaskFilter.all()).join())
                            .hasSize(1_001)
                            .extracting(task -> task.id().value())
                            .contains("left", "ended-3", "ended-1002")
                            .doesNotContain("ended-0", "ended-2"));
            assertThat(runs.live()).isEmpty();
            assertThat(fixture.daemon.exai().sessions()).isEmpty();
        }
    }

    private static void write(KeptRuns kept, String id, String name, TaskState state) {
        kept.store()
                .write(RunWrite.of(RunTask.of(RunId.of(id), name).withState(state), 0, List.of()))
                .toCompletableFuture()
                .join();
    }
}
