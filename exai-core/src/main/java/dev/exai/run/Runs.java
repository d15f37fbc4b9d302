package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallOptions;
import dev.exai.context.Deadline;
import dev.exai.context.RunId;
import dev.exai.context.Scheduler;
import dev.exai.model.ModelResolver;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import dev.exai.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Starts runs and takes them up again, over one store.
 *
 * <pre>{@code
 * try (Runs runs = exai.runs(RunStore.inMemory())) {
 *   Run run = runs.start(session, analyze, "Why is the build slow?", Budget.builder().time(Duration.ofMinutes(30)).build());
 *   System.out.println(run.await().explain());
 * }
 * }</pre>
 *
 * <p>Closing it suspends the runs that are under way and waits until what they have done is kept; the store stays the caller's
 * to close, after that. Safe for use by many threads.
 */
public final class Runs implements AutoCloseable {
    private final Place place;

    private Runs(Place place) {
        this.place = place;
    }

    /**
     * {@return what starts runs} Applications use {@code Exai.runs}, which does this for them.
     *
     * @param store keeps the runs
     * @param settings how runs deal with the store
     * @param scheduler the clock and timer
     * @param resolver chooses models, and knows their limits and prices
     * @param options the options of calls, unless a workflow has its own
     * @param userCode runs code of users, with a thread for each task
     */
    public static Runs over(
            RunStore store,
            RunSettings settings,
            Scheduler scheduler,
            ModelResolver resolver,
            CallOptions options,
            Executor userCode) {
        return new Runs(new Place(store, settings, scheduler, new ModelFacts(resolver), options, userCode));
    }

    /**
     * Starts a run.
     *
     * @param session the session that it runs in; when that closes, the run is suspended
     * @param workflow what it does
     * @param input what the model, or the first step, is given
     * @param budget what it may spend
     * @return the run, which is under way
     * @throws IllegalStateException if this is closed
     */
    public Run start(Session session, Workflow workflow, String input, Budget budget) {
        return start(session, RunRequest.of(workflow, input, budget));
    }

    /**
     * Starts a run.
     *
     * @param session the session that it runs in; when that closes, the run is suspended
     * @param request what is to be run
     * @return the run, which is under way
     * @throws IllegalStateException if this is closed
     */
    public Run start(Session session, RunRequest request) {
        LiveRun run = new LiveRun(
                place,
                session,
                request.workflow(),
                request.id().orElseGet(RunId::random),
                request.parent().orElse(null));
        request.listeners().forEach(run::addListener);
        place.enter(run);
        run.start(request.input(), request.budget());
        return run;
    }

    /**
     * Takes up a run that its store has, from this or another process, with the budget that it has left.
     *
     * <p>A run that is under way elsewhere is taken away from there. One that is done, cancelled or without progress ends at once as
     * it had ended. One of another workflow fails, and stays as it is in its store and wherever it is under way. A store that does
     * not answer for {@link RunSettings#patience()} suspends it.
     *
     * @param session the session that it runs in from now on
     * @param workflow what it does: the same workflow as before, by name
     * @param id the run
     * @param decisions about the functions in {@link RunOutcome.NeedsDecision}, if it ended so
     * @return the run, which is under way
     * @throws IllegalStateException if this is closed
     */
    public Run resume(Session session, Workflow workflow, RunId id, Decision... decisions) {
        return resume(session, workflow, id, null, List.of(decisions));
    }

    /**
     * Takes up a run with another budget, of which what it has spent so far is a part.
     *
     * @param session the session that it runs in from now on
     * @param workflow what it does: the same workflow as before, by name
     * @param id the run
     * @param budget what it may spend in all
     * @param decisions about the functions in {@link RunOutcome.NeedsDecision}, if it ended so
     * @return the run, which is under way
     * @throws IllegalStateException if this is closed
     */
    public Run resume(Session session, Workflow workflow, RunId id, Budget budget, Decision... decisions) {
        return resume(session, workflow, id, Objects.requireNonNull(budget, "budget"), List.of(decisions));
    }

    private Run resume(
            Session session, Workflow workflow, RunId id, @Nullable Budget budget, List<Decision> decisions) {
        LiveRun run = new LiveRun(place, session, workflow, id, null);
        place.enter(run);
        run.resume(budget, decisions);
        return run;
    }

    /** {@return the runs that are under way here} */
    public List<Run> live() {
        return List.copyOf(place.live());
    }

    /**
     * Lists tasks: runs, under way or not, and others. Runs that are {@link TaskState#IN_PROGRESS} and not {@link #live()} can be
     * taken up again.
     *
     * @param filter which
     * @return the tasks, in the order in which they began; fails with {@link dev.exai.run.store.RunStoreException}. Stages that depend
     *     on it run on the library's executor for user code, or here if the store has answered already; so do those of the methods
     *     below
     */
    public CompletableFuture<List<RunTask>> tasks(TaskFilter filter) {
        return offTheStore(place.store().tasks(filter));
    }

    /**
     * Adds a task that is no run: something to be done, to be seen in lists and to have parts.
     *
     * @param session whose it is
     * @param name what it is called
     * @param parent what it is a part of, or null
     * @return the task, not started, once it is kept; fails with {@link dev.exai.run.store.RunStoreException}
     */
    public CompletableFuture<RunTask> addTask(Session session, String name, @Nullable RunId parent) {
        RunTask task = RunTask.of(RunId.random(), name).withParent(parent).withOwner(session.id());
        return offTheStore(place.store().write(RunWrite.of(task, 0, List.of())).thenApply(kept -> task));
    }

    /**
     * Moves a task that is no run to another state.
     *
     * @param id the task
     * @param state the state
     * @return the task as it is then; empty if there is none. Fails with {@link dev.exai.run.store.RunStoreException} if it is a
     *     run, whose state is its own
     */
    public CompletableFuture<Optional<RunTask>> moveTask(RunId id, TaskState state) {
        return offTheStore(place.store().read(id).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            RunTask moved = found.get().task().withState(state);
            return place.store().write(RunWrite.of(moved, 0, List.of())).thenApply(kept -> Optional.of(moved));
        }));
    }

    /** What a store answers, told on the executor for user code: a store may have one thread, and who waits on it waits for itself. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    private <T> CompletableFuture<T> offTheStore(CompletionStage<T> answer) {
        CompletableFuture<T> told = new CompletableFuture<>();
        CompletableFuture<T> asked = answer.toCompletableFuture();
        if (asked.isDone()) {
            asked.whenComplete((value, failure) -> tell(told, value, failure));
        } else {
            asked.whenComplete((value, failure) -> place.run(() -> tell(told, value, failure)));
        }
        return told;
    }

    private static <T> void tell(CompletableFuture<T> told, T value, @Nullable Throwable failure) {
        if (failure == null) {
            told.complete(value);
        } else {
            told.completeExceptionally(LiveRun.unwrap(failure));
        }
    }

    /**
     * Suspends the runs that are under way, and takes no more.
     *
     * @return completes when all of them have ended and what they have done is kept, or their stores were given up
     */
    public CompletableFuture<Void> suspendAll() {
        List<LiveRun> left = place.close();
        left.forEach(run -> run.suspend("its runs were closed"));
        return CompletableFuture.allOf(
                left.stream().map(LiveRun::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /**
     * Suspends the runs that are under way, and waits until what they have done is kept, no longer than
     * {@link RunSettings#drainLimit()}. On the thread of a simulation it does not wait. May be called twice.
     */
    @Override
    public void close() {
        CompletableFuture<Void> drained = suspendAll();
        if (!place.scheduler().mayBlock()) {
            return;
        }
        try {
            drained.get(place.settings().drainLimit().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            place.live()
                    .forEach(run -> run.abandon(
                            "closing took longer than " + place.settings().drainLimit()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return "Runs[" + place.live().size() + " under way]";
    }

    /** What runs stand on. Safe for use by many threads. */
    static final class Place {
        private final RunStore store;
        private final RunSettings settings;
        private final Scheduler scheduler;
        private final ModelFacts models;
        private final CallOptions options;
        private final Executor executor;
        private final Object lock = new Object();

        @GuardedBy("lock")
        private final Set<LiveRun> live = new LinkedHashSet<>();

        @GuardedBy("lock")
        private boolean closed;

        Place(
                RunStore store,
                RunSettings settings,
                Scheduler scheduler,
                ModelFacts models,
                CallOptions options,
                Executor executor) {
            this.store = Objects.requireNonNull(store, "store");
            this.settings = Objects.requireNonNull(settings, "settings");
            this.scheduler = scheduler;
            this.models = models;
            this.options = options;
            this.executor = executor;
        }

        void enter(LiveRun run) {
            synchronized (lock) {
                if (closed) {
                    throw new IllegalStateException("these runs are closed: no more are started");
                }
                live.add(run);
            }
        }

        void forget(LiveRun run) {
            synchronized (lock) {
                live.remove(run);
            }
        }

        List<LiveRun> live() {
            synchronized (lock) {
                return new ArrayList<>(live);
            }
        }

        List<LiveRun> close() {
            synchronized (lock) {
                closed = true;
                return new ArrayList<>(live);
            }
        }

        /** A number of chance; 0 is that of tasks which are no runs. */
        long newWriter() {
            return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        }

        Deadline deadline(CallOptions of) {
            return Deadline.after(of.deadline(), scheduler);
        }

        void run(Runnable code) {
            try {
                executor.execute(code);
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                code.run();
            }
        }

        RunStore store() {
            return store;
        }

        RunSettings settings() {
            return settings;
        }

        Scheduler scheduler() {
            return scheduler;
        }

        ModelFacts models() {
            return models;
        }

        CallOptions options() {
            return options;
        }

        Executor executor() {
            return executor;
        }
    }
}
