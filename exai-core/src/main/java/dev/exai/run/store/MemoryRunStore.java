package dev.exai.run.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps runs in memory. Every stage is complete when it is returned. */
final class MemoryRunStore implements RunStore {
    /*
     * State      kept: each task with its writer and its records by number.
     * Owner      lock guards all of it; nothing is called out of it.
     */
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<RunId, Kept> kept = new LinkedHashMap<>();

    private static final class Kept {
        RunTask task;
        long writer;
        final TreeMap<Long, RunRecord> records = new TreeMap<>();

        Kept(RunTask task, long writer) {
            this.task = task;
            this.writer = writer;
        }

        StoredRun toStored() {
            return StoredRun.of(task, List.copyOf(records.values()));
        }
    }

    @Override
    public CompletionStage<Void> write(RunWrite write) {
        synchronized (lock) {
            RunId id = write.task().id();
            Kept run = kept.get(id);
            if (run == null) {
                run = new Kept(write.task(), write.writer());
                kept.put(id, run);
            } else if (run.writer != write.writer()) {
                return CompletableFuture.failedFuture(new RunStoreException(
                        RunStoreException.Kind.TAKEN_OVER, "run " + id + " was taken over, or its id is in use", null));
            }
            run.task = write.task();
            for (RunRecord record : write.records()) {
                run.records.putIfAbsent(record.number(), record);
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Optional<StoredRun>> claim(RunId id, long writer, SessionId owner) {
        synchronized (lock) {
            @Nullable Kept run = kept.get(id);
            if (run != null) {
                run.writer = writer;
                run.task = run.task.withOwner(owner);
            }
            return CompletableFuture.completedFuture(Optional.ofNullable(run).map(Kept::toStored));
        }
    }

    @Override
    public CompletionStage<Optional<StoredRun>> read(RunId id) {
        synchronized (lock) {
            return CompletableFuture.completedFuture(
                    Optional.ofNullable(kept.get(id)).map(Kept::toStored));
        }
    }

    @Override
    public CompletionStage<List<RunTask>> tasks(TaskFilter filter) {
        synchronized (lock) {
            return CompletableFuture.completedFuture(kept.values().stream()
                    .map(run -> run.task)
                    .filter(filter::matches)
                    .toList());
        }
    }

    @Override
    public CompletionStage<Void> delete(RunId id) {
        synchronized (lock) {
            kept.remove(id);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
}
