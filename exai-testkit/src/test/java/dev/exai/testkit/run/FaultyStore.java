package dev.exai.testkit.run;

import dev.exai.context.RunId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** A store in memory that is slow, down, full or dead when told, in virtual time. */
final class FaultyStore implements RunStore {
    private final RunStore kept = RunStore.inMemory();
    private final Scheduler scheduler;

    Duration latency = Duration.ZERO;
    RunStoreException failure;
    boolean hangs;

    /** What a write throws, at once, instead of returning a stage. */
    Throwable writeThrows;

    /** On what it answers which tasks there are. */
    Executor answers = Runnable::run;

    /** How many more writes are done before the process is taken to be dead; negative for any number. */
    int writesLeft = -1;

    /** Whether the write at which the process dies is done, and only its acknowledgement lost. */
    boolean lastIsKept;

    /** How long taking a run over takes; null if it never ends. */
    Duration claimLatency = Duration.ZERO;

    /** What asking for a run throws, at once. */
    RuntimeException claimThrows;

    int writes;
    int loads;
    int underWay;
    int mostUnderWay;
    final List<RunRecord> written = new ArrayList<>();

    FaultyStore(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public CompletionStage<Void> write(RunWrite write) {
        writes++;
        if (writeThrows instanceof Error error) {
            throw error;
        }
        if (writeThrows instanceof RuntimeException thrown) {
            throw thrown;
        }
        underWay++;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (writesLeft == 0) {
            if (lastIsKept) {
                lastIsKept = false;
                kept.write(write);
            }
            return done;
        }
        writesLeft--;
        if (hangs) {
            return done;
        }
        scheduler.schedule(latency, () -> {
            underWay--;
            if (failure != null) {
                done.completeExceptionally(failure);
                return;
            }
            kept.write(write).whenComplete((nothing, refused) -> {
                if (refused == null) {
                    written.addAll(write.records());
                    done.complete(null);
                } else {
                    done.completeExceptionally(refused);
                }
            });
        });
        return done;
    }

    @Override
    public CompletionStage<Optional<StoredRun>> claim(RunId id, long writer, SessionId owner) {
        loads++;
        if (claimThrows != null) {
            throw claimThrows;
        }
        CompletableFuture<Optional<StoredRun>> done = new CompletableFuture<>();
        if (claimLatency != null) {
            scheduler.schedule(claimLatency, () -> kept.claim(id, writer, owner).thenAccept(done::complete));
        }
        return done;
    }

    @Override
    public CompletionStage<Optional<StoredRun>> read(RunId id) {
        loads++;
        return kept.read(id);
    }

    @Override
    public CompletionStage<List<RunTask>> tasks(TaskFilter filter) {
        CompletableFuture<List<RunTask>> done = new CompletableFuture<>();
        answers.execute(() -> kept.tasks(filter).thenAccept(done::complete));
        return done;
    }

    @Override
    public CompletionStage<Void> delete(RunId id) {
        return kept.delete(id);
    }

    @Override
    public void close() {}
}
