package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.error.NestedPermitException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitRevokedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitRequest.State;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands out permits that cover a session, a provider and the whole pool at once: all levels or none.
 *
 * <p>A request that waits holds nothing at any level. Requests of a session at a provider are served in order; among
 * sessions the one that has least in use goes first, then the one least recently served; the last unit of a provider
 * goes only to a session that holds nothing there; and no request is overtaken more than a bounded number of times.
 * The pool keeps the permits that are out, not a count of them, so nothing can drift: {@link #audit} recounts
 * everything from its holders and names them.
 *
 * <pre>{@code
 * PermitPool pool = PermitPool.builder(PermitLimits.forDevelopment(), scheduler).build();
 * String answer = pool.call(PermitPath.of(session, glm), context, () -> askGlm());
 * }</pre>
 *
 * <p>Safe for use by many threads. Actions before a permit is closed happen-before the grant that takes its place. No
 * code of a caller runs under the pool's lock: listeners are told on the pool's executor.
 */
public final class PermitPool implements AutoCloseable {
    /*
     * State      moves: who holds and who waits, who goes next, and when time alone changes something.
     *            dropped: the references of permits that nobody has any more.
     * Owner      lock guards all that is in moves. It is a plain lock, never timed or interruptible, and held for no
     *            I/O, no logging and no callback; the scheduler's two methods are called under it and must not call
     *            back.
     * Hand-off   A unit enters the ledger before its owner hears of it. An owner that gave up in the meantime has
     *            ended the request under the lock, and the delivery tells nobody.
     * Ordering   Effects (deliveries, unparks, events) are collected under the lock and run after it.
     * Progress   A release grants directly to the next; nobody is woken to try again; nobody spins for a permit.
     */

    private final Scheduler scheduler;
    private final Deliveries deliveries;
    private final @Nullable Probe probe;
    private final ReferenceQueue<PermitRequest> dropped = new ReferenceQueue<>();
    private final @Nullable Reclaimer reclaimer;
    private final PoolLock lock = new PoolLock();

    private final Moves moves;

    private PermitPool(Builder builder) {
        this.scheduler = builder.scheduler;
        this.probe = builder.probe;
        this.deliveries = new Deliveries(builder.scheduler, builder.executor, builder.events, dropped, probe);
        this.moves = new Moves(this, builder.limits, scheduler, deliveries, this::ring);
        builder.providers.forEach(id -> moves.ledger.bringIntoPlay(moves.ledger.provider(id)));
        this.reclaimer = builder.reclaimThreads == null ? null : Reclaimer.start(this, dropped, builder.reclaimThreads);
    }

    /**
     * {@return a builder}
     *
     * @param limits how much may be in flight, and how much may wait
     * @param scheduler the clock and timer
     */
    public static Builder builder(PermitLimits limits, Scheduler scheduler) {
        return new Builder(limits, scheduler);
    }

    // ---- changes, each under the lock, with what follows from it after

    /** A change of the ledger. */
    private interface Change {
        /** Makes it, at a time. */
        void make(long now);
    }

    /** Makes a change, grants what can be granted then, and does what follows. */
    private void change(Change change) {
        Effects.@Nullable Turn turn;
        enter();
        try {
            long now = scheduler.nanoTime();
            change.make(now);
            moves.grantAll(now);
            turn = deliveries.taken();
        } finally {
            leave();
        }
        deliveries.run(turn);
        step(Probe.Step.DONE);
    }

    @SuppressWarnings("LockNotBeforeTry") // enter and leave are the two halves of every change
    private void enter() {
        step(Probe.Step.BEFORE_LOCK);
        lock.lock();
        step(Probe.Step.LOCKED);
    }

    private void leave() {
        step(Probe.Step.BEFORE_UNLOCK);
        lock.unlock();
        step(Probe.Step.UNLOCKED);
    }

    /** Tells the probe of a step, if there is one. */
    void step(Probe.Step step) {
        if (probe != null) {
            probe.at(step);
        }
    }

    // ---- sessions, limits, pauses

    /**
     * Says that a session is there, so that it is remembered while it has no requests. A session that was not opened
     * is known as long as it has requests.
     *
     * @param session the session
     * @param weight its share against others, 1 or more
     */
    public void openSession(SessionId session, int weight) {
        open(session, weight, SessionState.NO_LIMIT_OF_ITS_OWN);
    }

    /**
     * As {@link #openSession(SessionId, int)}, with a limit of the session's own in place of that which
     * {@link PermitLimits} has for it, until it is closed or opened again.
     *
     * @param session the session
     * @param weight its share against others, 1 or more
     * @param limit how many permits it may have, all providers together; 1 or more
     */
    public void openSession(SessionId session, int weight, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit < 1: " + limit);
        }
        open(session, weight, limit);
    }

    private void open(SessionId session, int weight, int ownLimit) {
        if (weight < 1) {
            throw new IllegalArgumentException("weight < 1: " + weight);
        }
        change(now -> moves.openSession(session, weight, ownLimit, now));
    }

    /**
     * Ends a session: its waiting requests fail with {@link SessionClosedException}, and while permits of it are out
     * new ones are refused. Those permits stay with their holders until they close them.
     *
     * @param session the session
     */
    public void closeSession(SessionId session) {
        change(now -> moves.closeSession(session, now));
    }

    /** {@return the limits in force} */
    public PermitLimits limits() {
        return moves.ledger.limits;
    }

    /**
     * Puts other limits in force, at once and at every level. Where they allow more, what waits is granted; where they
     * allow less than is out, nothing is granted until enough has come back. No permit is revoked, no request is taken
     * out of a queue, and this never waits.
     *
     * <pre>{@code
     * pool.resize(pool.limits().toBuilder().provider("glm", 5).build());
     * }</pre>
     *
     * @param limits the new limits
     */
    public void resize(PermitLimits limits) {
        Objects.requireNonNull(limits, "limits");
        change(now -> moves.resize(limits, now));
    }

    /**
     * Grants nothing at a provider for a while, for example as long as it asked for with Retry-After. Permits that are
     * out stay out; requests wait, and time out, as ever. A pause within a pause can only make it longer.
     *
     * @param provider the provider
     * @param length for how long; zero or less does nothing
     */
    public void pause(ProviderId provider, Duration length) {
        if (length.isZero() || length.isNegative()) {
            return;
        }
        Duration capped = length.compareTo(Deadline.LONGEST) > 0 ? Deadline.LONGEST : length;
        change(now -> moves.pause(provider, capped, now));
    }

    /**
     * Ends the pause of a provider before its time. Does nothing if there is none.
     *
     * @param provider the provider
     */
    public void resume(ProviderId provider) {
        change(now -> moves.resume(provider, now));
    }

    // ---- acquiring

    /**
     * {@return a permit, if one can be had at once without overtaking anyone who is owed it}
     *
     * @param path what it shall cover
     * @param context who asks
     * @throws NestedPermitException if this call, or one that waits for it, already has or awaits a permit
     * @throws SessionClosedException if the session or the pool is closed
     */
    public Optional<Permit> tryAcquire(PermitPath path, CallContext context) {
        return tryAcquire(path, context, 0);
    }

    /**
     * {@return a permit, if one can be had at once, and as many tokens of the provider's budget}
     *
     * @param path what it shall cover
     * @param context who asks
     * @param tokens how many tokens, 0 or more; one that asks for more than the budget has takes all of it
     * @throws NestedPermitException as {@link #tryAcquire(PermitPath, CallContext)} does
     * @throws SessionClosedException as {@link #tryAcquire(PermitPath, CallContext)} does
     */
    public Optional<Permit> tryAcquire(PermitPath path, CallContext context, long tokens) {
        PermitRequest request = new PermitRequest(entry(path, context, null, tokens));
        submit(request.entry, true);
        return deliver(request.entry) ? Optional.of(new Permit(request)) : Optional.empty();
    }

    /**
     * Takes a permit, waiting for one until the call's deadline. If the thread is already interrupted this throws at
     * once, even if a permit is free.
     *
     * @param path what it shall cover
     * @param context who asks, and until when
     * @return the permit, to be closed
     * @throws InterruptedException if this thread is interrupted first; nothing is held
     * @throws PermitTimeoutException if the deadline passes first; nothing is held
     * @throws OverloadedException if the queue is full; nothing is held
     * @throws NestedPermitException if this call, or one that waits for it, already has or awaits a permit
     * @throws SessionClosedException if the session or the pool is closed; nothing is held
     * @throws PermitRevokedException if it was granted, and its lease ended before this thread went on; nothing is held
     * @throws IllegalStateException on the thread of a simulation, where waiting could never end
     */
    public Permit acquire(PermitPath path, CallContext context) throws InterruptedException {
        return acquire(path, context, 0);
    }

    /**
     * Takes a permit, and as many tokens of the provider's budget, waiting for both until the call's deadline.
     *
     * @param path what it shall cover
     * @param context who asks, and until when
     * @param tokens how many tokens, 0 or more; one that asks for more than the budget has takes all of it
     * @return the permit, to be closed
     * @throws InterruptedException as {@link #acquire(PermitPath, CallContext)} does
     * @throws ExaiException as {@link #acquire(PermitPath, CallContext)} does
     */
    public Permit acquire(PermitPath path, CallContext context, long tokens) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!scheduler.mayBlock()) {
            throw new IllegalStateException(
                    "acquire would block the simulation's own thread for ever: use request, or another thread");
        }
        PermitRequest request = new PermitRequest(entry(path, context, Thread.currentThread(), tokens));
        submit(request.entry, false);
        while (request.state() == State.QUEUED) {
            step(Probe.Step.BEFORE_PARK);
            LockSupport.parkNanos(request, Math.max(1, context.deadline().remainingNanos()));
            if (Thread.interrupted()) {
                // interrupted in the same moment as granted: the grant is given back
                request.cancel();
                throw new InterruptedException();
            }
            if (context.deadline().isExpired()) {
                change(moves::expire);
            }
        }
        ExaiException failure = request.entry.failure();
        if (failure != null) {
            failure.setStackTrace(new Throwable().getStackTrace());
            throw failure;
        }
        step(Probe.Step.BEFORE_DELIVERY);
        if (!deliver(request.entry)) { // revoked before this thread came to see it
            request.end();
            throw Deliveries.revokedOnTheWay(request.entry);
        }
        return new Permit(request);
    }

    /**
     * Asks for a permit and returns at once. The listener is told on the pool's executor.
     *
     * @param path what it shall cover
     * @param context who asks, and until when; at its deadline the request fails with {@link PermitTimeoutException}
     * @param listener who is told
     * @return the request, which can be cancelled in every state
     * @throws PermitTimeoutException if the deadline has passed; nothing is held
     * @throws OverloadedException if the queue is full; nothing is held
     * @throws NestedPermitException if this call, or one that waits for it, already has or awaits a permit
     * @throws SessionClosedException if the session or the pool is closed; nothing is held
     */
    public PermitRequest request(PermitPath path, CallContext context, PermitRequest.Listener listener) {
        PermitRequest request = prepare(path, context, listener);
        request.submit();
        return request;
    }

    /**
     * {@return a request that has not been made yet: {@link PermitRequest#submit} makes it} For callers whom another
     * thread may cancel while they are still asking: a request that is cancelled before it is submitted never enters
     * the queue.
     *
     * @param path what it shall cover
     * @param context who asks, and until when
     * @param listener who is told
     */
    public PermitRequest prepare(PermitPath path, CallContext context, PermitRequest.Listener listener) {
        return prepare(path, context, 0, listener);
    }

    /**
     * {@return a request for a permit, and for as many tokens of the provider's budget, that has not been made yet}
     *
     * @param path what the permit shall cover
     * @param context who asks, and until when
     * @param tokens how many tokens, 0 or more; one that asks for more than the budget has takes all of it
     * @param listener who is told
     */
    public PermitRequest prepare(PermitPath path, CallContext context, long tokens, PermitRequest.Listener listener) {
        return new PermitRequest(entry(path, context, Objects.requireNonNull(listener, "listener"), tokens));
    }

    private Entry entry(PermitPath path, CallContext context, @Nullable Object owner, long tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens < 0: " + tokens);
        }
        return tokens == 0
                ? new Entry(this, path, context, owner)
                : new Entry.Metered(this, path, context, owner, (int) Math.min(tokens, Integer.MAX_VALUE));
    }

    /**
     * Runs a piece of work under a permit, and gives the permit back however the work ends. This is the form to
     * prefer.
     *
     * @param path what the permit shall cover
     * @param context who asks, and until when
     * @param body the work
     * @param <T> what it returns
     * @return what the work returned
     * @throws InterruptedException if this thread is interrupted while it waits for the permit; nothing is held
     * @throws Exception whatever the work throws, or what {@link #acquire} throws
     */
    public <T> T call(PermitPath path, CallContext context, Callable<T> body) throws Exception {
        try (Permit permit = acquire(path, context)) {
            return body.call();
        }
    }

    /**
     * Runs a piece of asynchronous work under a permit, and gives the permit back when the work ends, before its result
     * can be seen. The form to prefer for such work.
     *
     * @param path what the permit shall cover
     * @param context who asks, and until when
     * @param body begins the work, on the pool's executor; it does not block
     * @param <T> what the work returns
     * @return the work's result; fails with what the work fails with, or with why there is no permit. Cancelling it leaves
     *     the queue, or cancels the work and then gives the permit back; work that begins in that moment goes on without a
     *     permit until it has begun, and is cancelled then. Cancelling a stage that depends on it does nothing
     * @throws ExaiException as {@link #request} does; nothing is held
     */
    public <T> CompletableFuture<T> callAsync(
            PermitPath path, CallContext context, Supplier<? extends CompletionStage<T>> body) {
        AsyncBracket<T> bracket = new AsyncBracket<>(this, path, context, body);
        bracket.begin();
        return bracket;
    }

    // ---- the moves of a request

    /** Puts a new request into the ledger, or refuses it; one that was cancelled before this stays out. */
    void submit(Entry entry, boolean nowOrNever) {
        PermitPath path = entry.path;
        CallContext context = entry.context;
        if (!path.session().equals(context.sessionId())) {
            throw new IllegalArgumentException(
                    "the path is of session " + path.session() + ", the call of " + context.sessionId());
        }
        reclaimDropped();
        Effects.@Nullable Turn turn;
        ExaiException refusal;
        enter();
        try {
            refusal = moves.submit(entry, nowOrNever, scheduler.nanoTime());
            turn = deliveries.taken();
        } finally {
            leave();
        }
        deliveries.run(turn);
        step(Probe.Step.DONE);
        if (refusal != null) {
            throw refusal.in(context.errorContext().withProvider(path.provider().value()));
        }
    }

    /** Ends a request from whatever state it is in. */
    void end(Entry entry) {
        Effects.@Nullable Turn turn;
        enter();
        try {
            moves.end(entry);
            turn = deliveries.taken();
        } finally {
            leave();
        }
        deliveries.run(turn);
        step(Probe.Step.DONE);
    }

    /** {@return whether a request holds, so that its owner may hear of it} From then on what it was charged is spent. */
    boolean deliver(Entry entry) {
        if (!limits().hasRates()) { // there is nothing to charge
            return entry.isIn(State.HELD);
        }
        enter();
        try {
            boolean holds = entry.isIn(State.HELD);
            if (holds) {
                entry.delivered();
            }
            return holds;
        } finally {
            leave();
        }
    }

    /** Notes that a permit is in use. Without the lock: whoever looks next finds it. */
    void touch(Entry entry) {
        entry.touchedNanos(scheduler.nanoTime());
    }

    void onOverdue(Entry entry, Runnable action) {
        change(now -> moves.onOverdue(entry, action));
    }

    void congested(Entry entry) {
        change(now -> moves.congested(entry, now));
    }

    void settle(Entry entry, long tokens) {
        if (limits().hasRates()) {
            change(now -> moves.settle(entry, tokens, now));
        }
    }

    // ---- what time does

    private void ring() {
        reclaimDropped();
        change(moves::ring);
    }

    // ---- what nobody has any more

    /** Reclaims what was dropped, unless a thread does, which is then the only one to take from the queue. */
    void reclaimDropped() {
        if (reclaimer != null) {
            return;
        }
        for (Reference<?> reference = dropped.poll(); reference != null; reference = dropped.poll()) {
            if (reference instanceof HandleRef handle) {
                reclaim(handle.entry);
            }
        }
    }

    /** Takes back a permit that nobody can give back. */
    void reclaim(Entry entry) {
        change(now -> moves.reclaim(entry, now));
    }

    // ---- endings

    /** What a waiting request would fail with now; what it has failed with if that came first. */
    Optional<ExaiException> describeWait(Entry entry) {
        lock.lock();
        try {
            return moves.describeWait(entry, scheduler.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Grants nothing any more: what waits goes on waiting until it is cancelled or its deadline passes, and new
     * requests are refused. For an orderly end, before the calls that hold and wait are cancelled.
     */
    public void stopGranting() {
        lock.lock();
        try {
            moves.stopGranting();
        } finally {
            lock.unlock();
        }
    }

    // ---- looking

    /** {@return what is in use and what waits, at one moment, at every level} */
    public PoolSnapshot snapshot() {
        lock.lock();
        try {
            return new PoolSnapshot(moves.ledger);
        } finally {
            lock.unlock();
        }
    }

    /** {@return a recount of everything from the permits that are out, which names their holders} */
    public PoolAudit audit() {
        lock.lock();
        try {
            return moves.audit(scheduler.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many comparisons of lanes it has taken so far to find who is next; for tests} */
    long comparisons() {
        lock.lock();
        try {
            return moves.ledger.work.comparisons;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Refuses new requests and fails the waiting ones with {@link SessionClosedException}. Permits that are out stay
     * with their holders until they close them. May be called twice.
     */
    @Override
    public void close() {
        change(moves::close);
        if (reclaimer != null) {
            reclaimer.stop();
        }
    }

    /** {@return whether the current thread is inside the pool's lock; for tests} */
    boolean isLockedByCurrentThread() {
        return lock.isHeldByCurrentThread();
    }

    @Override
    public String toString() {
        return snapshot().toString();
    }

    /** Builds a {@link PermitPool}. Not safe for use by several threads. */
    public static final class Builder {
        private final PermitLimits limits;
        private final Scheduler scheduler;
        private Executor executor = Runnable::run;
        private Collection<ProviderId> providers = List.of();
        private @Nullable Consumer<ExaiEvent> events;
        private @Nullable Probe probe;
        private @Nullable ThreadFactory reclaimThreads;

        private Builder(PermitLimits limits, Scheduler scheduler) {
            this.limits = Objects.requireNonNull(limits, "limits");
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        }

        /**
         * Sets where listeners of requests are told. By default on the thread whose action caused it, outside the
         * lock, which may be another session's: good enough for short listeners that do not block. If the executor
         * refuses a task, the permit goes back and the listener is told so on the scheduler's thread.
         *
         * @param value the executor
         * @return this builder
         */
        public Builder executor(Executor value) {
            this.executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /**
         * Names the providers in advance, so that one without any use yet already counts where the pool has fewer
         * units than its providers together.
         *
         * @param ids the providers
         * @return this builder
         */
        public Builder providers(Collection<ProviderId> ids) {
            this.providers = List.copyOf(ids);
            return this;
        }

        /**
         * Sets who is told of events, on the thread whose action caused them, outside the lock. It must not block or
         * throw.
         *
         * @param sink takes the events
         * @return this builder
         */
        public Builder events(Consumer<ExaiEvent> sink) {
            this.events = Objects.requireNonNull(sink, "sink");
            return this;
        }

        /**
         * Has a thread wait for permits whose handles nobody has any more, and reclaim them. Without one they are
         * reclaimed when the pool is next asked for a permit, or when a deadline passes in it. It ends when the pool is
         * closed or is itself dropped.
         *
         * @param threads makes the thread, which is to be a daemon
         * @return this builder
         */
        public Builder reclaimThread(ThreadFactory threads) {
            this.reclaimThreads = Objects.requireNonNull(threads, "threads");
            return this;
        }

        /** Sets who is told of the pool's steps; for tests. */
        Builder probe(Probe value) {
            this.probe = value;
            return this;
        }

        /** {@return the pool} */
        public PermitPool build() {
            return new PermitPool(this);
        }
    }
}
