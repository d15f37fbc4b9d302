package dev.exai.examples.daemon;

import dev.exai.Exai;
import dev.exai.examples.workflows.ReadyRuns;
import dev.exai.run.Run;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunSettings;
import dev.exai.run.Runs;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import dev.exai.session.Session;
import dev.exai.store.jdbc.JdbcRunStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the runs of a daemon are kept, and how those that a daemon before has left are taken up.
 *
 * <p>A file belongs to one daemon at a time. A second one with the same state directory, as clients start over stdio, keeps
 * its runs in memory and says so.
 */
final class KeptRuns implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeptRuns.class);
    /** Ended runs beyond these are forgotten at the start, the oldest first. */
    private static final int MOST_ENDED = 1_000;
    /** What is not written by then is done again by whoever takes the run up: what must not be was waited for before. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private final RunStore store;
    private final @Nullable InstanceLock lock;

    private KeptRuns(RunStore store, @Nullable InstanceLock lock) {
        this.store = store;
        this.lock = lock;
    }

    static KeptRuns inMemory() {
        return new KeptRuns(RunStore.inMemory(), null);
    }

    /** Opens the store that the settings name; if it cannot be had, one in memory. Blocks for the disk. */
    static KeptRuns open(Settings settings) {
        if (settings.text(Setting.RUN_STORE).equals("memory")) {
            return inMemory();
        }
        Path file = settings.stateDir().resolve("runs.db");
        try {
            Path lockFile = settings.stateDir().resolve("runs.lock");
            InstanceLock lock = InstanceLock.takeIfFree(lockFile);
            if (lock == null) {
                log.warn(
                        "Another daemon (process {}) keeps its runs in {}: those of this one are gone with it. Give it a"
                                + " --state-dir of its own to keep them",
                        InstanceLock.holder(lockFile),
                        file);
                return inMemory();
            }
            return open(file, lock);
        } catch (IOException | RunStoreException cannot) {
            log.warn("Runs cannot be kept in {}: they are gone with this process. {}", file, cannot.toString());
            return inMemory();
        }
    }

    private static KeptRuns open(Path file, InstanceLock lock) throws IOException {
        boolean opened = false;
        try {
            makePrivate(file);
            KeptRuns kept = new KeptRuns(JdbcRunStore.sqlite(file), lock);
            opened = true;
            return kept;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    /** It has prompts and answers. What SQLite puts beside it gets the same rights. */
    private static void makePrivate(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException | UnsupportedOperationException ready) {
            // it has the rights that it has, or this system knows none
        }
    }

    /** {@return whether runs outlive the process} */
    boolean isDurable() {
        return lock != null;
    }

    RunStore store() {
        return store;
    }

    Runs runs(Exai exai) {
        return exai.runs(store, RunSettings.builder().drainLimit(DRAIN).build());
    }

    /**
     * Takes up the runs that were under way when a daemon before ended, all in one session of their own, so that together
     * they have the share of one client. Returns at once.
     */
    void takeUp(Exai exai, Runs runs, ReadyRuns ready) {
        CompletableFuture<?> unused = runs.tasks(TaskFilter.all()).whenComplete((all, failure) -> {
            if (failure != null) {
                log.warn("The runs that were left could not be read: {}", failure.toString());
                return;
            }
            forgetOldest(all);
            List<RunTask> left = all.stream()
                    .filter(task -> task.state() == TaskState.IN_PROGRESS)
                    .filter(task -> ready.names().contains(task.name()))
                    .toList();
            if (!left.isEmpty()) {
                resume(exai, runs, ready, left);
            }
        });
    }

    private void forgetOldest(List<RunTask> all) {
        List<RunTask> ended =
                all.stream().filter(task -> task.state().isEnded()).toList();
        for (RunTask old : ended.subList(0, Math.max(0, ended.size() - MOST_ENDED))) {
            store.delete(old.id()).whenComplete((gone, failure) -> {
                if (failure != null) {
                    log.warn("Run {} could not be forgotten: {}", old.id(), failure.toString());
                }
            });
        }
    }

    private static void resume(Exai exai, Runs runs, ReadyRuns ready, List<RunTask> left) {
        try {
            Session session = exai.openSession("resumed");
            List<CompletableFuture<RunOutcome>> ends = new ArrayList<>();
            for (RunTask task : left) {
                Run run = ready.resume(runs, session, task.name(), task.id());
                log.info("Run {} ({}) goes on", task.id(), task.name());
                ends.add(run.toCompletableFuture().whenComplete((outcome, never) -> log.info("{}", run.explain())));
            }
            CompletableFuture<?> unused = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .whenComplete((nothing, never) -> session.close());
        } catch (RuntimeException stopping) {
            log.warn("Runs that were left are not taken up now: {}", stopping.toString());
        }
    }

    @Override
    public void close() {
        store.close();
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                log.warn("The lock of the runs could not be given back: {}", e.toString());
            }
        }
    }
}
