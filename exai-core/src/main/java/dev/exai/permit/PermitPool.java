package dev.exai.permit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.error.NestedPermitException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
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
     * State      ledger: who holds and who waits. order: who goes next. wakeAt: when the housekeeper is due.
     * Owner      lock guards all three. It is a plain lock, never timed or interruptible, and held for no I/O, no
     *            logging and no callback; the scheduler's two methods are called under it and must not call back.
     * Invariant  The ledger's, and: when the lock is released, no head of a lane could be granted (I3). So every
     *            move that frees a unit or changes a head ends in grantAll.
     * Hand-off   A unit enters the ledger before its owner hears of it. An owner that gave up in the meantime has
     *            ended the request under the lock, and the delivery tells nobody.
     * Ordering   Effects (deliveries, unparks, events) are collected under the lock and run after it.
     * Progress   A release grants directly to the next; nobody is woken to try again; nothing spins.
     */

    private final Scheduler scheduler;
    private final Deliveries deliveries;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Ledger ledger;

    @GuardedBy("lock")
    private final GrantOrder order;

    @GuardedBy("lock")
    private boolean wakeIsSet;

    @GuardedBy("lock")
    private long wakeAtNanos;

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled wake;

    @GuardedBy("lock")
    private boolean closed;

    private PermitPool(Builder builder) {
        this.scheduler = builder.scheduler;
        this.deliveries = new Deliveries(builder.scheduler, builder.executor, builder.events);
        this.ledger = new Ledger(builder.limits);
        this.order = new GrantOrder(ledger);
        builder.providers.forEach(id -> ledger.provider(id).inPlay = true);
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

    /**
     * Says that a session is there, so that it is remembered while it has no requests. A session that was not opened
     * is known as long as it has requests.
     *
     * @param session the session
     * @param weight its share against others, 1 or more
     */
    public void openSession(SessionId session, int weight) {
        if (weight < 1) {
            throw new IllegalArgumentException("weight < 1: " + weight);
        }
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            SessionState state = ledger.session(session);
            state.open = true;
            state.closed = false;
            state.weight = weight;
            state.lastActiveNanos = scheduler.nanoTime();
            grantAll(state.lastActiveNanos, after);
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    /**
     * Ends a session: its waiting requests fail with {@link SessionClosedException}, and while permits of it are out
     * new ones are refused. Those permits stay with their holders until they close them.
     *
     * @param session the session
     */
    public void closeSession(SessionId session) {
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            SessionState state = ledger.sessions.get(session);
            if (state == null) {
                return;
            }
            state.open = false;
            state.closed = true;
            long now = scheduler.nanoTime();
            for (Lane lane : List.copyOf(state.lanes.values())) {
                while (lane.head != null) {
                    fail(lane.head, new SessionClosedException("session " + session), "session closed", now, after);
                }
            }
            ledger.dropIfIdle(state);
            grantAll(now, after);
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    /** {@return the limits in force} */
    public PermitLimits limits() {
        lock.lock();
        try {
            return ledger.limits;
        } finally {
            lock.unlock();
        }
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
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            long now = scheduler.nanoTime();
            ledger.resize(limits);
            deliveries.resized(limits, now, after);
            grantAll(now, after);
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
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
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            ProviderState state = ledger.provider(provider);
            long now = scheduler.nanoTime();
            long until = Deadline.after(length, scheduler).atNanos();
            if (!state.paused || until - state.pausedUntilNanos > 0) {
                if (!state.paused) {
                    deliveries.paused(provider, length, now, after);
                }
                state.paused = true;
                state.pausedUntilNanos = until;
                setWake(now);
            }
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    /**
     * Ends the pause of a provider before its time. Does nothing if there is none.
     *
     * @param provider the provider
     */
    public void resume(ProviderId provider) {
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            ProviderState state = ledger.providers.get(provider);
            if (state != null && state.paused) {
                long now = scheduler.nanoTime();
                state.paused = false;
                deliveries.resumed(provider, "told to", now, after);
                grantAll(now, after);
            }
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    /**
     * {@return a permit, if one can be had at once without overtaking anyone who is owed it}
     *
     * @param path what it shall cover
     * @param context who asks
     * @throws NestedPermitException if this call, or one that waits for it, already has or awaits a permit
     * @throws SessionClosedException if the session or the pool is closed
     */
    public Optional<Permit> tryAcquire(PermitPath path, CallContext context) {
        PermitRequest request = new PermitRequest(this, path, context, null, null);
        submit(request, true);
        return request.state() == State.HELD ? Optional.of(new Permit(request)) : Optional.empty();
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
     * @throws IllegalStateException on the thread of a simulation, where waiting could never end
     */
    public Permit acquire(PermitPath path, CallContext context) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!scheduler.mayBlock()) {
            throw new IllegalStateException(
                    "acquire would block the simulation's own thread for ever: use request, or another thread");
        }
        PermitRequest request = new PermitRequest(this, path, context, null, Thread.currentThread());
        submit(request, false);
        while (request.state() == State.QUEUED) {
            LockSupport.parkNanos(request, Math.max(1, context.deadline().remainingNanos()));
            if (Thread.interrupted()) {
                // interrupted in the same moment as granted: the grant is given back
                request.cancel();
                throw new InterruptedException();
            }
            if (context.deadline().isExpired()) {
                expire();
            }
        }
        ExaiException failure = request.failure;
        if (failure != null) {
            failure.setStackTrace(new Throwable().getStackTrace());
            throw failure;
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
        return new PermitRequest(this, path, context, Objects.requireNonNull(listener, "listener"), null);
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
     *     the queue, or gives the permit back and cancels the work; cancelling a stage that depends on it does nothing
     * @throws ExaiException as {@link #request} does; nothing is held
     */
    public <T> CompletableFuture<T> callAsync(
            PermitPath path, CallContext context, Supplier<? extends CompletionStage<T>> body) {
        AsyncBracket<T> bracket = new AsyncBracket<>(this, path, context, body);
        bracket.begin();
        return bracket;
    }

    /** Puts a new request into the ledger, or refuses it; one that was cancelled before this stays out. */
    void submit(PermitRequest request, boolean nowOrNever) {
        PermitPath path = request.path();
        CallContext context = request.context;
        if (!path.session().equals(context.sessionId())) {
            throw new IllegalArgumentException(
                    "the path is of session " + path.session() + ", the call of " + context.sessionId());
        }
        Aftermath after = new Aftermath();
        ExaiException refusal;
        lock.lock();
        try {
            if (request.state != State.NEW) {
                return;
            }
            long now = scheduler.nanoTime();
            Lane lane = ledger.lane(path);
            refusal = refusal(lane, context, nowOrNever, now);
            if (refusal != null) {
                request.state = State.LEFT;
                ledger.dropIfIdle(lane.session);
            } else {
                refusal = enqueue(request, lane, nowOrNever, now, after);
            }
            if (refusal != null) {
                deliveries.refused(context, path, refusal, now, after);
            }
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
        if (refusal != null) {
            throw refusal.in(context.errorContext().withProvider(path.provider().value()));
        }
    }

    @GuardedBy("lock")
    private @Nullable ExaiException refusal(Lane lane, CallContext context, boolean nowOrNever, long now) {
        if (closed) {
            return new SessionClosedException("the permit pool");
        }
        if (lane.session.closed) {
            return new SessionClosedException("session " + lane.session.id);
        }
        CallId ancestor = ledger.liveAncestor(context);
        if (ancestor != null) {
            return new NestedPermitException(ancestor.value());
        }
        if (nowOrNever) {
            return null;
        }
        if (context.deadline().atNanos() - now <= 0) {
            return timeout(lane, Duration.ZERO);
        }
        return null;
    }

    /** Queues a request and grants it if it can be; one that has to wait where the queue is full is taken out again. */
    @GuardedBy("lock")
    private @Nullable ExaiException enqueue(
            PermitRequest request, Lane lane, boolean nowOrNever, long now, Aftermath after) {
        Aftermath grants = new Aftermath();
        ledger.enqueue(request, lane, now);
        grantAll(now, grants);
        boolean waits = request.state == State.QUEUED;
        ExaiException refusal = waits && !nowOrNever ? overload(lane) : null;
        if (refusal == null) {
            deliveries.queued(request, now, after);
        } else {
            ledger.leave(request);
        }
        after.addAll(grants);
        if (waits && nowOrNever) {
            left(request, "not at once", now, after);
        }
        if (waits && request.state == State.LEFT) {
            grantAll(now, after);
        }
        return refusal;
    }

    /** Why the last request of a lane may not wait, or null if it may. */
    @GuardedBy("lock")
    private @Nullable ExaiException overload(Lane lane) {
        int ofSession = lane.session.waiting - 1;
        if (ofSession >= ledger.limits.maxQueuedPerSession()) {
            return new OverloadedException(
                    "The queue of session " + lane.session.id + " is full: " + ofSession + " wait",
                    Duration.ofNanos(ledger.estimatedWaitNanos(lane.provider)));
        }
        int inAll = ledger.waiting - 1;
        if (inAll >= ledger.limits.maxQueued()) {
            return new OverloadedException(
                    "The queue of the pool is full: " + inAll + " wait",
                    Duration.ofNanos(ledger.estimatedWaitNanos(lane.provider)));
        }
        return null;
    }

    /** Ends a request from whatever state it is in. */
    void end(PermitRequest request) {
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            long now = scheduler.nanoTime();
            switch (request.state) {
                case NEW -> request.state = State.LEFT;
                case QUEUED -> left(request, "cancelled", now, after);
                case HELD -> {
                    ledger.giveBack(request, now);
                    deliveries.returned(request, now, after);
                }
                case REVOKED -> {
                    if (request.returnedLate) {
                        return;
                    }
                    request.returnedLate = true;
                    ledger.zombies--;
                    deliveries.returnedLate(request, now, after);
                }
                default -> {
                    return;
                }
            }
            grantAll(now, after);
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    /** Fails the requests whose deadline has passed. */
    private void expire() {
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            expireDue(scheduler.nanoTime(), after);
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    /** The housekeeper: a task of the scheduler, due at the next deadline, end of a pause, or end of a presence. */
    private void wake() {
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            wakeIsSet = false;
            expireDue(scheduler.nanoTime(), after);
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    @GuardedBy("lock")
    private void expireDue(long now, Aftermath after) {
        PermitRequest first = ledger.deadlines.first();
        while (first != null && first.dueNanos - now <= 0) {
            if (first.state == State.QUEUED) {
                Duration waited = Duration.ofNanos(now - first.queuedAtNanos);
                fail(first, timeout(first.lane(), waited), "timed out", now, after);
            } else {
                overdue(first, now, after);
            }
            first = ledger.deadlines.first();
        }
        for (ProviderState provider : ledger.providers.values()) {
            if (provider.paused && provider.pausedUntilNanos - now <= 0) {
                provider.paused = false;
                deliveries.resumed(provider.id, "its time was over", now, after);
            }
        }
        grantAll(now, after);
    }

    /** The ladder: a permit is suspect, and its owner told; then it is revoked. */
    @GuardedBy("lock")
    private void overdue(PermitRequest holder, long now, Aftermath after) {
        if (ledger.overdueAt(holder) - now > 0) {
            deliveries.touched(holder, now, after); // since it was last looked at
            ledger.lookAgain(holder);
        } else if (holder.suspect) {
            ledger.revoke(holder, now);
            deliveries.revoked(holder, now, after);
        } else {
            ledger.suspect(holder, now);
            deliveries.suspect(holder, now, after);
        }
    }

    /** Notes that a permit is in use. Without the lock: whoever looks next finds it. */
    void touch(PermitRequest request) {
        request.touchedNanos = scheduler.nanoTime();
    }

    void onOverdue(PermitRequest request, Runnable action) {
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            request.onOverdue = action;
            if (request.state == State.REVOKED || (request.state == State.HELD && request.suspect)) {
                deliveries.tellOverdue(request, after);
            }
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
    }

    @GuardedBy("lock")
    private PermitTimeoutException timeout(Lane lane, Duration waited) {
        Level full = lane.provider.level;
        if (full.free() > 0 && ledger.global.free() <= 0) {
            full = ledger.global;
        }
        if (lane.session.level.free() <= 0) {
            full = lane.session.level;
        }
        String name = full == lane.provider.level && lane.provider.paused ? full.name + " (paused)" : full.name;
        return new PermitTimeoutException(name, waited, full.used, full.limit);
    }

    /** What a waiting request would fail with now; what it has failed with if that came first. */
    Optional<ExaiException> describeWait(PermitRequest request) {
        lock.lock();
        try {
            if (request.state != State.QUEUED) {
                return Optional.ofNullable(request.failure);
            }
            Duration waited = Duration.ofNanos(scheduler.nanoTime() - request.queuedAtNanos);
            return Optional.of(timeout(request.lane(), waited));
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void left(PermitRequest request, String how, long now, Aftermath after) {
        ledger.leave(request);
        deliveries.left(request, how, now, after);
    }

    @GuardedBy("lock")
    private void fail(PermitRequest request, ExaiException why, String how, long now, Aftermath after) {
        ExaiException failure = why.in(request.context
                .errorContext()
                .withProvider(request.path().provider().value()));
        request.failure = failure;
        ledger.leave(request);
        deliveries.failed(request, failure, how, now, after);
    }

    /**
     * Grants nothing any more: what waits goes on waiting until it is cancelled or its deadline passes, and new
     * requests are refused. For an orderly end, before the calls that hold and wait are cancelled.
     */
    public void stopGranting() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Grants whatever can be granted, then sets the housekeeper. Every change ends here. */
    @GuardedBy("lock")
    private void grantAll(long now, Aftermath after) {
        PermitRequest next = closed ? null : order.next(now);
        while (next != null) {
            order.countOvertaken(next, now);
            ledger.grant(next, now);
            deliveries.granted(next, now, after);
            next = order.next(now);
        }
        setWake(now);
    }

    @GuardedBy("lock")
    private void setWake(long now) {
        boolean isDue = false;
        long at = 0;
        PermitRequest first = ledger.deadlines.first();
        if (first != null && !(closed && ledger.waiting == 0)) {
            isDue = true;
            at = first.dueNanos;
        }
        for (ProviderState provider : ledger.providers.values()) {
            if (!closed && provider.paused && (!isDue || provider.pausedUntilNanos - at < 0)) {
                isDue = true;
                at = provider.pausedUntilNanos;
            }
        }
        if (isDue && !closed && order.keptForPresence && order.presenceEndsNanos - at < 0) {
            at = order.presenceEndsNanos;
        }
        if (!isDue) {
            if (wakeIsSet && wake != null) {
                wake.cancel();
                wakeIsSet = false;
            }
            return;
        }
        if (wakeIsSet && wakeAtNanos - at <= 0) {
            return;
        }
        if (wakeIsSet && wake != null) {
            wake.cancel();
        }
        wakeIsSet = true;
        wakeAtNanos = at;
        wake = scheduler.schedule(Duration.ofNanos(Math.max(0, at - now)), this::wake);
    }

    /** {@return what is in use and what waits, at one moment, at every level} */
    public PoolSnapshot snapshot() {
        lock.lock();
        try {
            return PoolSnapshot.of(ledger);
        } finally {
            lock.unlock();
        }
    }

    /** {@return a recount of everything from the permits that are out, which names their holders} */
    public PoolAudit audit() {
        lock.lock();
        try {
            long now = scheduler.nanoTime();
            return PoolAudit.of(ledger, !closed && order.next(now) != null, now);
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
        Aftermath after = new Aftermath();
        lock.lock();
        try {
            closed = true;
            long now = scheduler.nanoTime();
            for (SessionState session : List.copyOf(ledger.sessions.values())) {
                for (Lane lane : List.copyOf(session.lanes.values())) {
                    while (lane.head != null) {
                        fail(lane.head, new SessionClosedException("the permit pool"), "pool closed", now, after);
                    }
                }
            }
            if (wakeIsSet && wake != null) {
                wake.cancel();
                wakeIsSet = false;
            }
            deliveries.publish(after);
        } finally {
            lock.unlock();
        }
        deliveries.run(after);
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

        /** {@return the pool} */
        public PermitPool build() {
            return new PermitPool(this);
        }
    }
}
