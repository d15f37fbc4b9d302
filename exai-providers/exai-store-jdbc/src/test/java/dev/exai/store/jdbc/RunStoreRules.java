package dev.exai.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import dev.exai.message.Usage;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunRecord.Kind;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store keeps to. */
abstract class RunStoreRules {
    private final List<RunStore> opened = new ArrayList<>();

    /** Opens the store; each time the same one. */
    abstract RunStore open();

    final RunStore store() {
        RunStore store = open();
        opened.add(store);
        return store;
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(RunStore::close);
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RunStoreException known) {
                throw known;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static RunStoreException failure(CompletionStage<?> stage) {
        try {
            get(stage);
        } catch (RunStoreException expected) {
            return expected;
        }
        throw new AssertionError("no failure");
    }

    static RunRecord record(long number, String text) {
        return RunRecord.builder(number, Kind.RESULT)
                .ref("3.1")
                .name("read")
                .text(text)
                .detail(number % 2 == 0 ? null : "detail " + number)
                .spent(Usage.of(100, 40, 20, 5), new BigDecimal("0.000123456789"))
                .elapsed(Duration.ofMillis(1_234))
                .build();
    }

    static RunTask task(String id) {
        return RunTask.of(RunId.of(id), "analyze")
                .withState(TaskState.IN_PROGRESS)
                .withOwner(SessionId.of("editor/1"));
    }

    @Test
    void write_recordsOfAllCharacters_areGivenBackAsTheyWere() {
        String odd =
                "zero \0, escapes \u001a \u001a0 \u001a1 \0\u001a, quotes ' \" \\, lines \r\n\t, \u4f60\u597d \ud83d\ude00, \u202e";
        RunStore store = store();
        RunWrite write = RunWrite.of(
                task("odd \0 id"), 7, List.of(record(1, odd), record(2, ""), record(3, "x".repeat(2_000_000))));
        get(store.write(write));
        store.close();

        StoredRun found = get(store().read(RunId.of("odd \0 id"))).orElseThrow();
        assertThat(found.task()).isEqualTo(write.task());
        assertThat(found.records()).containsExactlyElementsOf(write.records());
    }

    @Test
    void write_repeated_isAsOnce() {
        RunStore store = store();
        RunWrite first = RunWrite.of(task("a"), 7, List.of(record(1, "one"), record(2, "two")));
        get(store.write(first));
        get(store.write(first));
        get(store.write(RunWrite.of(task("a"), 7, List.of(record(2, "other"), record(3, "three")))));

        assertThat(get(store.read(RunId.of("a"))).orElseThrow().records())
                .extracting(RunRecord::text)
                .containsExactly("one", "two", "three");
    }

    @Test
    void write_ofAnotherWriter_isRefusedAsAWhole() {
        RunStore store = store();
        get(store.write(RunWrite.of(task("a"), 7, List.of(record(1, "one")))));

        RunStoreException refused =
                failure(store.write(RunWrite.of(task("a").withState(TaskState.FAILED), 8, List.of(record(2, "two")))));

        assertThat(refused.kind()).isEqualTo(RunStoreException.Kind.TAKEN_OVER);
        StoredRun found = get(store.read(RunId.of("a"))).orElseThrow();
        assertThat(found.task().state()).isEqualTo(TaskState.IN_PROGRESS);
        assertThat(found.records()).hasSize(1);
    }

    @Test
    void claim_handsTheRunToAnotherWriter() {
        RunStore store = store();
        get(store.write(RunWrite.of(task("a"), 7, List.of(record(1, "one")))));

        StoredRun found =
                get(store.claim(RunId.of("a"), 8, SessionId.of("other/1"))).orElseThrow();

        assertThat(found.records()).hasSize(1);
        assertThat(found.task().owner()).contains(SessionId.of("other/1"));
        assertThat(failure(store.write(RunWrite.of(task("a"), 7, List.of(record(2, "two")))))
                        .kind())
                .isEqualTo(RunStoreException.Kind.TAKEN_OVER);
        get(store.write(RunWrite.of(task("a"), 8, List.of(record(2, "two")))));
        assertThat(get(store.claim(RunId.of("nobody"), 9, SessionId.of("x")))).isEmpty();
    }

    @Test
    void tasks_byWhatIsAsked_inTheOrderOfTheirBeginning() {
        RunStore store = store();
        RunTask parent = RunTask.of(RunId.of("p"), "release");
        get(store.write(RunWrite.of(parent, 0, List.of())));
        for (int i = 0; i < 5; i++) {
            RunTask part = task("part" + i)
                    .withParent(parent.id())
                    .withState(i % 2 == 0 ? TaskState.DONE : TaskState.NOT_STARTED)
                    .withOwner(i < 3 ? SessionId.of("one") : null);
            get(store.write(RunWrite.of(part, 0, List.of())));
        }
        get(store.write(RunWrite.of(parent.withState(TaskState.IN_PROGRESS), 0, List.of())));

        assertThat(ids(store, TaskFilter.all())).containsExactly("p", "part0", "part1", "part2", "part3", "part4");
        assertThat(ids(store, TaskFilter.all().parent(parent.id()).state(TaskState.DONE)))
                .containsExactly("part0", "part2", "part4");
        assertThat(ids(store, TaskFilter.all().owner(SessionId.of("one")))).containsExactly("part0", "part1", "part2");
        assertThat(ids(store, TaskFilter.all().state(TaskState.IN_PROGRESS))).containsExactly("p");

        get(store.delete(parent.id()));
        get(store.delete(parent.id()));
        assertThat(ids(store, TaskFilter.all())).hasSize(5);
    }

    private static List<String> ids(RunStore store, TaskFilter filter) {
        return get(store.tasks(filter)).stream().map(task -> task.id().value()).toList();
    }

    @Test
    void writes_ofManyRunsAtOnce_areAllKept() {
        RunStore store = store();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int run = 0; run < 200; run++) {
            all.add(store.write(RunWrite.of(task("run" + run), run + 1, List.of(record(1, "r" + run))))
                    .toCompletableFuture());
        }
        RunStoreException refused = failure(store.write(RunWrite.of(task("run0"), 999, List.of(record(2, "foreign")))));
        all.forEach(RunStoreRules::get);

        assertThat(refused.kind()).isEqualTo(RunStoreException.Kind.TAKEN_OVER);
        assertThat(get(store.tasks(TaskFilter.all()))).hasSize(200);
        for (int run = 0; run < 200; run += 50) {
            assertThat(get(store.read(RunId.of("run" + run))).orElseThrow().records())
                    .hasSize(1);
        }
    }

    @Test
    void closed_store_refuses() {
        RunStore store = store();
        store.close();
        store.close();

        assertThat(failure(store.write(RunWrite.of(task("a"), 7, List.of()))).kind())
                .isEqualTo(RunStoreException.Kind.REFUSED);
        assertThat(failure(store.read(RunId.of("a"))).getMessage()).contains("closed");
    }
}
