package dev.exai.model;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import dev.exai.error.CallCancelledException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.ModelNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Caches what the selector chose, and asks it once however many wait.
 */
final class CachingModelResolver implements ModelResolver {
    /*
     * State      entries: the last answer to each query, and until when it is fresh. loads: the selections under way.
     * Owner      Guava's cache and a concurrent map; a Load guards its waiters with its own lock. No lock of one query
     *            is held while another's selector runs: selectors run outside every lock, on the user-code executor.
     * Single flight   A query has at most one Load in `loads`. Who puts it there looks at the cache again before it
     *            asks the selector, and an answer enters the cache before its Load leaves `loads`: so no caller can
     *            miss both, and one flight is one selection.
     * Storm      A failure is an entry too: until its time is over the last good answer, or the failure itself, is
     *            served without asking.
     */

    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration LOAD_LIMIT = Duration.ofSeconds(30);
    private static final int MOST_ENTRIES = 1_000;

    private final ModelCatalog catalog;
    private final ModelSelector selector;
    private final Scheduler scheduler;
    private final Executor userCode;
    private final Executor effects;
    private final Cache<ModelQuery, Entry> entries =
            CacheBuilder.newBuilder().maximumSize(MOST_ENTRIES).build();
    private final ConcurrentMap<ModelQuery, Load> loads = new ConcurrentHashMap<>();
    private final AtomicLong selections = new AtomicLong();

    /** Grows with each invalidation: the answer of a load that began before one is not kept. */
    private final AtomicLong generation = new AtomicLong();

    CachingModelResolver(
            ModelCatalog catalog, ModelSelector selector, Scheduler scheduler, Executor userCode, Executor effects) {
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.selector = Objects.requireNonNull(selector, "selector");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.userCode = Objects.requireNonNull(userCode, "userCode");
        this.effects = Objects.requireNonNull(effects, "effects");
    }

    @Override
    public CompletableFuture<Resolution> resolve(ModelQuery query, Deadline deadline) {
        if (!query.isAuto()) {
            return named(query);
        }
        Entry entry = entries.getIfPresent(query);
        if (entry != null && entry.isFresh(scheduler.nanoTime())) {
            return entry.answer();
        }
        Waiter waiter = new Waiter(deadline.budget());
        while (true) {
            Load load = new Load(query);
            Load known = loads.putIfAbsent(query, load);
            boolean joined = (known != null ? known : load).join(waiter);
            if (known == null) {
                load.begin();
            }
            if (joined) {
                waiter.setDeadline(deadline);
                return waiter;
            }
            // the load ended between finding and joining it: its answer is in the cache now, or a new load is due
        }
    }

    private CompletableFuture<Resolution> named(ModelQuery query) {
        try {
            return CompletableFuture.completedFuture(Resolution.of(List.of(catalog.find(query.selector())), "named"));
        } catch (ModelNotFoundException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void invalidate() {
        generation.incrementAndGet();
        entries.invalidateAll();
    }

    @Override
    public long loads() {
        return selections.get();
    }

    /** The last answer to a query: a resolution that served, a failure, or both while a failure is not retried. */
    private static final class Entry {
        private final @Nullable Resolution good;
        private final @Nullable ExaiException failure;
        private final long freshUntilNanos;

        Entry(@Nullable Resolution good, @Nullable ExaiException failure, long freshUntilNanos) {
            this.good = good;
            this.failure = failure;
            this.freshUntilNanos = freshUntilNanos;
        }

        boolean isFresh(long now) {
            return freshUntilNanos - now > 0;
        }

        CompletableFuture<Resolution> answer() {
            if (good != null) {
                return CompletableFuture.completedFuture(good);
            }
            return CompletableFuture.failedFuture(Objects.requireNonNull(failure));
        }
    }

    /** One caller that waits, until its own deadline. */
    private final class Waiter extends CompletableFuture<Resolution> {
        private final Duration budget;
        private volatile Scheduler.@Nullable Scheduled timer;

        Waiter(Duration budget) {
            this.budget = budget;
        }

        void setDeadline(Deadline deadline) {
            Scheduler.Scheduled scheduled = scheduler.schedule(
                    deadline.remaining(),
                    () -> onEffects(() -> {
                        completeExceptionally(
                                new DeadlineExceededException(DeadlineExceededException.Stage.RESOLVING, budget, null));
                    }));
            timer = scheduled;
            if (isDone()) {
                scheduled.cancel();
            }
        }

        void end(Entry entry) {
            Scheduler.Scheduled scheduled = timer;
            if (scheduled != null) {
                scheduled.cancel();
            }
            Resolution good = entry.good;
            if (good != null) {
                complete(good);
            } else {
                completeExceptionally(Objects.requireNonNull(entry.failure));
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            Scheduler.Scheduled scheduled = timer;
            if (scheduled != null) {
                scheduled.cancel();
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    /** One selection under way, and who waits for it. */
    private final class Load {
        private final ModelQuery query;
        private final long began = generation.get();
        private final Object lock = new Object();

        @GuardedBy("lock")
        private @Nullable List<Waiter> waiters = new ArrayList<>();

        Load(ModelQuery query) {
            this.query = query;
        }

        /** Adds a waiter, unless this load has ended. */
        boolean join(Waiter waiter) {
            synchronized (lock) {
                if (waiters == null) {
                    return false;
                }
                waiters.add(waiter);
                return true;
            }
        }

        void begin() {
            Entry entry = entries.getIfPresent(query);
            if (entry != null && entry.isFresh(scheduler.nanoTime())) {
                end(entry); // another load ended after we missed the cache
                return;
            }
            selections.incrementAndGet();
            Scheduler.Scheduled limit = scheduler.schedule(
                    LOAD_LIMIT, () -> onEffects(() -> ended(null, new TimeoutException("no answer in " + LOAD_LIMIT))));
            try {
                userCode.execute(() -> select(limit));
            } catch (RejectedExecutionException e) {
                limit.cancel();
                ended(null, e);
            }
        }

        private void select(Scheduler.Scheduled limit) {
            try {
                selector.select(query, catalog).whenComplete((routes, failure) -> {
                    limit.cancel();
                    onEffects(() -> ended(routes, failure));
                });
            } catch (RuntimeException | Error e) {
                limit.cancel();
                onEffects(() -> ended(null, e));
            }
        }

        private void ended(@Nullable List<Route> routes, @Nullable Throwable failure) {
            long now = scheduler.nanoTime();
            Throwable cause = failure;
            if (cause == null) {
                try {
                    Resolution chosen = Resolution.of(Objects.requireNonNull(routes, "routes"), "selected");
                    end(new Entry(chosen, null, now + FRESH.toNanos()));
                    return;
                } catch (RuntimeException nonsense) {
                    cause = nonsense; // no list, an empty one, or one with nulls: a load must end all the same
                }
            }
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            // a deadline or a cancel of the selector's own is no end of the calls that wait for it
            boolean ofOtherCall = cause instanceof DeadlineExceededException || cause instanceof CallCancelledException;
            ExaiException error = cause instanceof ExaiException known && !ofOtherCall
                    ? known
                    : new InternalErrorException("The model selector failed for '" + query + "'", cause);
            Entry before = entries.getIfPresent(query);
            end(new Entry(before == null ? null : before.good, error, now + RETRY.toNanos()));
        }

        private void end(Entry entry) {
            List<Waiter> told;
            synchronized (lock) {
                if (waiters == null) {
                    return; // the limit and the selector's answer came in the same moment: the first one counts
                }
                told = waiters;
                waiters = null;
                if (began == generation.get()) {
                    entries.put(query, entry); // before the load leaves, and before anyone can fail to join it
                }
                loads.remove(query, this);
            }
            for (Waiter waiter : told) {
                onEffects(() -> waiter.end(entry));
            }
        }
    }

    private void onEffects(Runnable task) {
        try {
            effects.execute(task);
        } catch (RejectedExecutionException closed) {
            task.run();
        }
    }
}
