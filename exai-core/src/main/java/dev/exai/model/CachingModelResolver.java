package dev.exai.model;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import dev.exai.error.CallCancelledException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.ModelNotFoundException;
import dev.exai.model.Explanation.Source;
import dev.exai.resilience.HealthView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches what the selector chose, and asks it once however many wait.
 */
final class CachingModelResolver implements ModelResolver {
    /*
     * State      snapshot: the last answer to each request; a map that is never changed once it is here. loads: the
     *            selections under way.
     * Owner      lock guards the writing of snapshot, catalog and generation; a hit reads snapshot and takes no lock. A
     *            Load guards its waiters with its own lock. No lock of one request is held while another's selector
     *            runs: selectors run outside every lock, on the user-code executor.
     * Time       A hit reads no clock: a timer of the entry marks it as due, and who finds it so has it made anew.
     * Single flight   A request has at most one Load in `loads`. Who puts it there looks at the snapshot again before it
     *            asks the selector, and an answer enters the snapshot before its Load leaves `loads`: so no caller can
     *            miss both, and one flight is one selection.
     * Storm      A failure is an entry too: until its time is over the last good answer, or the failure itself, is
     *            served without asking. That time doubles with each failure.
     */

    /** How old an answer grows before it is made anew, while it goes on serving. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 5;
    private static final Duration LOAD_LIMIT = Duration.ofSeconds(30);
    private static final int MOST_ENTRIES = 1_000;

    private final ModelSelector selector;
    private final Supplier<HealthView> health;
    private final Scheduler scheduler;
    private final Executor userCode;
    private final Effects effects;
    private final ConcurrentMap<ModelRequest, Load> loads = new ConcurrentHashMap<>();
    private final Object lock = new Object();

    private volatile Map<ModelRequest, Entry> snapshot = Map.of();
    private volatile ModelCatalog catalog;

    /** Grows with each invalidation: the answer of a load that began before one is not kept. */
    private volatile long generation;

    /** Grows with each refresh: the answer of a load that began before one is made anew soon. */
    private volatile long refreshes;

    private final LongAdder staleHits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder selections = new LongAdder();
    private final LongAdder failures = new LongAdder();

    @GuardedBy("lock")
    private long evictions;

    /** The hits of entries that are gone. */
    @GuardedBy("lock")
    private long hitsBefore;

    CachingModelResolver(
            ModelCatalog catalog,
            ModelSelector selector,
            Supplier<HealthView> health,
            Scheduler scheduler,
            Executor userCode,
            Executor effects) {
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.selector = Objects.requireNonNull(selector, "selector");
        this.health = Objects.requireNonNull(health, "health");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.userCode = Objects.requireNonNull(userCode, "userCode");
        this.effects = new Effects(Objects.requireNonNull(effects, "effects"));
    }

    @Override
    public CompletableFuture<Resolution> resolve(ModelRequest request, Deadline deadline) {
        if (!request.isAuto()) {
            return lookUp(request);
        }
        Entry entry = snapshot.get(request);
        if (entry != null) {
            if (!entry.due) {
                entry.hit();
                return entry.answer();
            }
            if (entry.good != null) {
                staleHits.increment();
                makeAnew(request);
                return entry.answer();
            }
        }
        return await(request, deadline);
    }

    private CompletableFuture<Resolution> lookUp(ModelRequest request) {
        try {
            return CompletableFuture.completedFuture(lookup(request).find(request));
        } catch (ModelNotFoundException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What is known of health matters only where there is something to choose. */
    private Lookup lookup(ModelRequest request) {
        ModelCatalog known = catalog;
        boolean chooses = request.fallBackAllowed() || known.isLine(request.name());
        return new Lookup(chooses ? known.with(health.get()) : known);
    }

    /** Asks the selector for nobody in particular, unless it is being asked. */
    private void makeAnew(ModelRequest request) {
        if (!loads.containsKey(request)) {
            Load load = new Load(request);
            if (loads.putIfAbsent(request, load) == null) {
                load.begin();
            }
        }
    }

    private CompletableFuture<Resolution> await(ModelRequest request, Deadline deadline) {
        misses.increment();
        Waiter waiter = new Waiter(deadline.budget());
        while (true) {
            Load load = new Load(request);
            Load known = loads.putIfAbsent(request, load);
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

    @Override
    public Explanation explain(ModelRequest request) {
        if (!request.isAuto()) {
            return lookup(request).explain(request);
        }
        boolean loading = loads.containsKey(request);
        Entry entry = snapshot.get(request);
        if (entry == null) {
            return new Explanation(request, Source.MISSING, null, loading, List.of(), List.of(), null);
        }
        Source source =
                entry.good == null ? Source.FAILED : entry.due || entry.failure != null ? Source.STALE : Source.FRESH;
        List<Verdict> verdicts =
                entry.good == null ? List.of() : selector.explain(request, entry.seen, entry.good.candidates());
        Duration age = Duration.ofNanos(scheduler.nanoTime() - entry.goodSinceNanos);
        return new Explanation(request, source, age, loading, verdicts, List.of(), entry.failure);
    }

    @Override
    public void invalidate() {
        synchronized (lock) {
            forgetAll();
        }
    }

    @GuardedBy("lock")
    @SuppressWarnings("NonAtomicVolatileUpdate") // only ever written with the lock held
    private void forgetAll() {
        generation++;
        snapshot.values().forEach(this::leave);
        snapshot = Map.of();
    }

    @Override
    public void refresh() {
        synchronized (lock) {
            allDue();
        }
    }

    @GuardedBy("lock")
    @SuppressWarnings("NonAtomicVolatileUpdate") // only ever written with the lock held
    private void allDue() {
        refreshes++;
        snapshot.values().forEach(entry -> {
            if (entry.failure == null) {
                entry.due = true; // an answer that could not be made anew has its own time to wait for
            }
        });
    }

    @Override
    public ModelCatalog catalog() {
        return catalog;
    }

    @Override
    public void replaceCatalog(ModelCatalog replacement) {
        synchronized (lock) {
            catalog = Objects.requireNonNull(replacement, "catalog");
            forgetAll();
        }
    }

    @Override
    public boolean updateCatalog(ModelCatalog expected, ModelCatalog update) {
        synchronized (lock) {
            if (catalog != expected) {
                return false;
            }
            catalog = Objects.requireNonNull(update, "update");
            allDue();
            return true;
        }
    }

    @Override
    public long loads() {
        return selections.sum();
    }

    @Override
    public ResolverStatistics statistics() {
        synchronized (lock) {
            long hits = hitsBefore;
            for (Entry entry : snapshot.values()) {
                hits += entry.hits;
            }
            return new ResolverStatistics(
                    hits,
                    staleHits.sum(),
                    misses.sum(),
                    selections.sum(),
                    failures.sum(),
                    evictions,
                    snapshot.size(),
                    loads.size());
        }
    }

    /** Puts an entry into the snapshot, unless all was forgotten since its load began. */
    private void keep(ModelRequest request, Entry entry, Load load) {
        synchronized (lock) {
            if (load.generation != generation) {
                return;
            }
            Map<ModelRequest, Entry> next = new LinkedHashMap<>(snapshot);
            Entry before = next.remove(request); // so that the new one is the youngest
            if (before != null) {
                leave(before);
            }
            if (next.size() >= MOST_ENTRIES) {
                evict(next);
            }
            next.put(request, entry);
            if (load.refreshes != refreshes && entry.failure == null) {
                entry.due = true;
            } else {
                entry.timer = scheduler.schedule(entry.lasts, () -> entry.due = true);
            }
            snapshot = next;
        }
    }

    /** Lets one go that nobody has asked for of late: the oldest of those, or the oldest of all. */
    @GuardedBy("lock")
    private void evict(Map<ModelRequest, Entry> from) {
        Iterator<Map.Entry<ModelRequest, Entry>> all = from.entrySet().iterator();
        ModelRequest oldest = null;
        while (all.hasNext()) {
            Map.Entry<ModelRequest, Entry> each = all.next();
            oldest = oldest == null ? each.getKey() : oldest;
            if (!each.getValue().used) {
                oldest = each.getKey();
                break;
            }
            each.getValue().used = false;
        }
        Entry gone = oldest == null ? null : from.remove(oldest);
        if (gone != null) {
            leave(gone);
            evictions++;
        }
    }

    @GuardedBy("lock")
    private void leave(Entry entry) {
        hitsBefore += entry.hits;
        if (entry.timer != null) {
            entry.timer.cancel();
        }
    }

    /** The last answer to a request: a resolution that served, a failure, or both while a failure is not tried again. */
    private static final class Entry {
        private final @Nullable Resolution good;
        private final long goodSinceNanos;
        private final ModelCatalog seen;
        private final @Nullable ExaiException failure;
        private final int failed;
        private final Duration lasts;

        /** Whether it is to be made anew. */
        private volatile boolean due;

        // Written without a lock on the way of every call, and only for statistics and eviction: an update may be lost.
        private boolean used;
        private long hits;

        /** Written before the entry is published, read with the resolver's lock held. */
        private Scheduler.@Nullable Scheduled timer;

        private Entry(
                @Nullable Resolution good,
                long goodSinceNanos,
                ModelCatalog seen,
                @Nullable ExaiException failure,
                int failed,
                Duration lasts) {
            this.good = good;
            this.goodSinceNanos = goodSinceNanos;
            this.seen = seen;
            this.failure = failure;
            this.failed = failed;
            this.lasts = lasts;
        }

        static Entry good(Resolution chosen, long now, ModelCatalog seen) {
            return new Entry(chosen.madeAt(now), now, seen, null, 0, FRESH);
        }

        static Entry failed(@Nullable Entry before, ExaiException failure, long now, ModelCatalog seen) {
            int failed = before == null ? 0 : before.failed;
            Duration lasts = FIRST_RETRY.multipliedBy(1L << Math.min(failed, MOST_DOUBLINGS));
            return before == null || before.good == null
                    ? new Entry(null, now, seen, failure, failed + 1, lasts)
                    : new Entry(before.good, before.goodSinceNanos, before.seen, failure, failed + 1, lasts);
        }

        void hit() {
            if (!used) {
                used = true;
            }
            hits++;
        }

        CompletableFuture<Resolution> answer() {
            return good != null
                    ? CompletableFuture.completedFuture(good)
                    : CompletableFuture.failedFuture(Objects.requireNonNull(failure));
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
                    () -> effects.run(() -> {
                        completeExceptionally(
                                new DeadlineExceededException(DeadlineExceededException.Stage.RESOLVING, budget, null));
                    }));
            timer = scheduled;
            if (isDone()) {
                scheduled.cancel();
            }
        }

        void end(Entry entry) {
            Resolution good = entry.good;
            if (good != null) {
                complete(good);
            } else {
                completeExceptionally(Objects.requireNonNull(entry.failure));
            }
            stopTimer();
        }

        /** After it is done: whoever sets the timer in the meantime finds it so, and stops it. */
        private void stopTimer() {
            Scheduler.Scheduled scheduled = timer;
            if (scheduled != null) {
                scheduled.cancel();
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            stopTimer();
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    /** One selection under way, and who waits for it. */
    private final class Load {
        private final ModelRequest request;
        private final long generation = CachingModelResolver.this.generation;
        private final long refreshes = CachingModelResolver.this.refreshes;
        private final Object lock = new Object();

        @GuardedBy("lock")
        private @Nullable List<Waiter> waiters = new ArrayList<>();

        Load(ModelRequest request) {
            this.request = request;
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
            Entry entry = snapshot.get(request);
            if (entry != null && !entry.due) {
                end(entry, false); // another load ended after we missed the cache
                return;
            }
            selections.increment();
            ModelCatalog seen = catalog.with(health.get());
            Scheduler.Scheduled limit = scheduler.schedule(
                    LOAD_LIMIT,
                    () -> effects.run(() -> ended(null, new TimeoutException("no answer in " + LOAD_LIMIT), seen)));
            try {
                userCode.execute(() -> select(limit, seen));
            } catch (RejectedExecutionException | OutOfMemoryError e) { // shut down, or no thread
                limit.cancel();
                ended(null, e, seen);
            }
        }

        private void select(Scheduler.Scheduled limit, ModelCatalog seen) {
            try {
                selector.select(request, seen).whenComplete((routes, failure) -> {
                    limit.cancel();
                    effects.run(() -> ended(routes, failure, seen));
                });
            } catch (RuntimeException | Error e) {
                limit.cancel();
                effects.run(() -> ended(null, e, seen));
            }
        }

        private void ended(@Nullable List<Route> routes, @Nullable Throwable failure, ModelCatalog seen) {
            long now = scheduler.nanoTime();
            Throwable cause = failure;
            if (cause == null) {
                try {
                    List<Route> chosen = Objects.requireNonNull(routes, "routes");
                    String why = "selected, " + chosen.size() + " of "
                            + seen.routes().size() + " models";
                    end(Entry.good(Resolution.of(chosen, why), now, seen), true);
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
                    : new InternalErrorException("The model selector failed for '" + request + "'", cause);
            end(Entry.failed(snapshot.get(request), error, now, seen), true);
        }

        private void end(Entry entry, boolean isNew) {
            List<Waiter> told;
            synchronized (lock) {
                if (waiters == null) {
                    return; // the limit and the selector's answer came in the same moment: the first one counts
                }
                told = waiters;
                waiters = null;
                if (isNew) {
                    if (entry.failure != null) {
                        failures.increment();
                    }
                    keep(request, entry, this); // before the load leaves, and before anyone can fail to join it
                }
                loads.remove(request, this);
            }
            for (Waiter waiter : told) {
                effects.run(() -> waiter.end(entry));
            }
        }
    }
}
