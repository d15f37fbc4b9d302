package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.Deadline;
import dev.exai.context.Origin;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.CallCancelledException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.DeadlineExceededException.Stage;
import dev.exai.error.ErrorContext;
import dev.exai.error.ExaiException;
import dev.exai.event.ExaiEvent;
import dev.exai.message.Chunk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every call is: one state machine with one finish path.
 *
 * @param <T> what it returns
 */
abstract sealed class BaseCall<T> implements ToolCall<T> permits DefaultChatCall, DefaultToolCall {
    /*
     * State      decided: how the call ends; set once. published: others may see it; set once, after everything is
     *            given back. Until then state() shows where the call stood.
     * Owner      lock guards them, the listeners and the futures. It is held for no call out of this class.
     * Finish     finish(), in this order: decide (the one place that does) -> stopWork(): exchange aborted, permit
     *            back -> publish, and tell -> leave the session. Each step is idempotent. A thread that comes second
     *            does all of them too, so when cancel() returns they are done, whoever decided.
     * Hand-off   A delivery to a listener begins only under the lock's check that the call is not cancelled; the end
     *            is told once, last.
     */

    /** How long after its deadline a call that should have ended is finished by another thread. */
    private static final Duration BACKSTOP = Duration.ofSeconds(1);

    final CallEngine engine;
    final CallScope scope;
    final CallContext context;
    final Timeline timeline;
    final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    @GuardedBy("lock")
    private CallState state;

    @GuardedBy("lock")
    private @Nullable CallOutcome<T> decided;

    @GuardedBy("lock")
    private boolean published;

    @GuardedBy("lock")
    private final List<Told<? super T>> listeners = new ArrayList<>(0);

    @GuardedBy("lock")
    private final List<CallFuture> futures = new ArrayList<>(0);

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled deadlineTimer;

    BaseCall(CallEngine engine, CallScope scope, CallContext context, CallState first) {
        this.engine = engine;
        this.scope = scope;
        this.context = context;
        this.timeline = new Timeline(engine.scheduler(), first);
        this.state = first;
    }

    /** A listener and the lane on which it is told. */
    private static final class Told<T> {
        final CallListener<T> listener;
        final ListenerLane lane;
        final boolean readsChunks;

        /** What it is still to be told of a tool's progress: the latest, and no more than that. */
        final AtomicReference<@Nullable ToolProgress> progress = new AtomicReference<>();

        /** Whether it was told the end. Only its lane, which tells one thing at a time, reads and writes this. */
        boolean over;

        Told(CallListener<T> listener, ListenerLane lane) {
            this.listener = listener;
            this.lane = lane;
            this.readsChunks = ChunkReaders.isOne(listener);
        }
    }

    /** Enters the session, sets the one deadline, and begins. Called once, by the engine. */
    final void start() {
        timeline.add("started");
        if (engine.isListenedTo()) {
            engine.emit(new ExaiEvent.CallStarted(engine.scheduler().nanoTime(), context, null, ""));
        }
        try {
            scope.started(this);
        } catch (ExaiException refused) {
            engine.emit(new ExaiEvent.CallEnded(engine.scheduler().nanoTime(), context, null, "refused"));
            throw refused;
        }
        Scheduler.Scheduled timer = engine.scheduler()
                .schedule(context.deadline().remaining(), () -> engine.onEffects(this::deadlinePassed));
        boolean tooLate;
        lock.lock();
        try {
            deadlineTimer = timer;
            tooLate = published;
        } finally {
            lock.unlock();
        }
        if (tooLate) {
            timer.cancel();
            scope.ended(this); // ended before it had entered the session: a child whose parent was cancelled
            return;
        }
        begin();
    }

    /** Begins the work. Must not block, nor run code of a user. */
    abstract void begin();

    /**
     * Gives back everything the work holds, and sees to it that it takes nothing more. Idempotent; when it returns, it
     * is so, whichever thread did it.
     */
    abstract void stopWork();

    /** Lets go of what only a call under way needs, after its end was published. Idempotent. */
    abstract void afterEnd(CallOutcome<T> outcome);

    /** What the call waits for, to be the cause of a deadline error; null if nothing is known. */
    abstract @Nullable ExaiException trouble();

    private void deadlinePassed() {
        Stage stage = switch (state()) {
            case RESOLVING -> Stage.RESOLVING;
            case QUEUED -> Stage.QUEUED;
            case BACKING_OFF -> Stage.BACKING_OFF;
            default -> Stage.RUNNING;
        };
        DeadlineExceededException late =
                new DeadlineExceededException(stage, context.deadline().budget(), trouble());
        // Should a provider's abort() block this thread, against its contract, another one finishes the call. Should
        // this thread only be slow, the other one may come first: so it decides too.
        Scheduler.Scheduled backstop =
                engine.scheduler().schedule(BACKSTOP, () -> engine.onEffects(() -> deadlineExceeded(late)));
        deadlineExceeded(late);
        backstop.cancel();
    }

    final void deadlineExceeded(DeadlineExceededException failure) {
        finish(new CallOutcome.DeadlineExceeded<>((DeadlineExceededException) failure.in(errorContext())));
    }

    final void succeeded(T value) {
        finish(new CallOutcome.Succeeded<>(value));
    }

    final void failed(ExaiException failure) {
        if (failure instanceof DeadlineExceededException deadline) {
            deadlineExceeded(deadline);
        } else {
            finish(new CallOutcome.Failed<>(failure.in(errorContext())));
        }
    }

    private ErrorContext errorContext() {
        return where().withElapsed(timeline.total());
    }

    /** What is known of where the call is: its session, and the provider and model once they are chosen. */
    ErrorContext where() {
        return context.errorContext();
    }

    /** The one finish path. */
    final void finish(CallOutcome<T> outcome) {
        lock.lock();
        try {
            if (decided == null) {
                decided = outcome;
            }
        } finally {
            lock.unlock();
        }
        settle();
    }

    /** All that follows from the decision. Every thread that comes here finds all of it done when it returns. */
    private void settle() {
        stopWork();
        publish();
        afterEnd(Objects.requireNonNull(decision()));
        scope.ended(this);
    }

    private void publish() {
        CallOutcome<T> outcome;
        List<Told<? super T>> toTell;
        List<CallFuture> toComplete;
        Scheduler.Scheduled timer;
        lock.lock();
        try {
            if (published) {
                return;
            }
            published = true;
            outcome = Objects.requireNonNull(decided);
            enter(outcome.state());
            timer = deadlineTimer;
            toTell = List.copyOf(listeners);
            toComplete = List.copyOf(futures);
            listeners.clear();
            futures.clear();
            CallState end = state;
            timeline.moved(end, () -> end.toString().toLowerCase(Locale.ROOT).replace('_', ' '));
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        if (timer != null) {
            timer.cancel();
        }
        if (engine.isListenedTo()) {
            engine.emit(new ExaiEvent.CallEnded(
                    engine.scheduler().nanoTime(),
                    context,
                    null,
                    outcome.state().name()));
        }
        for (CallFuture future : toComplete) {
            CallEngine.onUserCode(scope.continuations(), () -> future.end(outcome));
        }
        for (Told<? super T> told : toTell) {
            tellEnd(told, outcome);
        }
    }

    /** Runs code of the user among the listeners of the session. */
    final void onUserCode(Runnable code) {
        CallEngine.onUserCode(scope.listeners(), code);
    }

    private <S> void tellEnd(Told<S> told, CallOutcome<? extends S> outcome) {
        told.lane.tellEnd(() -> {
            told.over = true;
            told.listener.ended(outcome);
        });
    }

    /** Enters another state. A move that the table lacks is a bug, which tests meet and no user's call dies of. */
    @GuardedBy("lock")
    private void enter(CallState next) {
        assert next == state || state.next().contains(next) : "no call goes from " + state + " to " + next;
        state = next;
    }

    /** Moves a call that has not been decided to another state. */
    final void moveTo(CallState next, Supplier<String> what) {
        List<Told<? super T>> toTell;
        lock.lock();
        try {
            if (decided != null) {
                return;
            }
            enter(next);
            timeline.moved(next, what);
            toTell = listeners.isEmpty() ? List.of() : List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        for (Told<? super T> told : toTell) {
            told.lane.tell(() -> {
                if (isUndecided()) {
                    told.listener.stateChanged(next);
                }
            });
        }
    }

    /** Tells the listeners how far the tool is, unless the call is decided. */
    final void progress(ToolProgress progress) {
        Objects.requireNonNull(progress, "progress");
        List<Told<? super T>> toTell;
        lock.lock();
        try {
            if (decided != null || listeners.isEmpty()) {
                return;
            }
            toTell = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        for (Told<? super T> told : toTell) {
            if (told.progress.getAndSet(progress) == null) {
                told.lane.tell(() -> {
                    ToolProgress latest = told.progress.getAndSet(null);
                    if (latest != null && isUndecided()) {
                        told.listener.progressed(latest);
                    }
                });
            }
        }
    }

    /**
     * Gives the listeners that read the answer a piece of it.
     *
     * @param reaches asked as it is about to reach one of them: whether it still may
     */
    final void tellReaders(Chunk chunk, BooleanSupplier reaches) {
        List<Told<? super T>> toTell;
        lock.lock();
        try {
            if (decided != null || listeners.isEmpty()) {
                return;
            }
            toTell = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        for (Told<? super T> told : toTell) {
            if (told.readsChunks) {
                told.lane.tell(() -> tellChunk(told, chunk, reaches));
            }
        }
    }

    /**
     * Also after the end, before it is told: no listener misses the tail. A piece that came as the deadline passed may
     * have been overtaken by the end on its way to this lane: the end is the last all the same.
     */
    private void tellChunk(Told<? super T> told, Chunk chunk, BooleanSupplier reaches) {
        if (!isCancelled() && !told.over && reaches.getAsBoolean()) {
            told.listener.chunk(chunk);
        }
    }

    /** Whether the end came from outside: a cancel or the deadline. */
    final boolean isEndedFromOutside() {
        lock.lock();
        try {
            return decided instanceof CallOutcome.Cancelled || decided instanceof CallOutcome.DeadlineExceeded;
        } finally {
            lock.unlock();
        }
    }

    /** How the call ends, perhaps before others may see it; null if nothing is decided. */
    final @Nullable CallOutcome<T> decision() {
        lock.lock();
        try {
            return decided;
        } finally {
            lock.unlock();
        }
    }

    private boolean isCancelled() {
        lock.lock();
        try {
            return decided instanceof CallOutcome.Cancelled;
        } finally {
            lock.unlock();
        }
    }

    final boolean isUndecided() {
        lock.lock();
        try {
            return decided == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final CallId id() {
        return context.callId();
    }

    @Override
    public final SessionId sessionId() {
        return context.sessionId();
    }

    @Override
    public final CallState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final Deadline deadline() {
        return context.deadline();
    }

    @Override
    public final Timeline timeline() {
        return timeline;
    }

    @Override
    public final boolean cancel(String reason) {
        return cancel(reason, "the caller");
    }

    final boolean cancel(String reason, String by) {
        CallCancelledException failure = new CallCancelledException(reason, by);
        finish(new CallOutcome.Cancelled<>((CallCancelledException) failure.in(errorContext())));
        return state() == CallState.CANCELLED;
    }

    @Override
    public final T await() throws InterruptedException {
        if (!isDone() && !engine.scheduler().mayBlock()) {
            throw new IllegalStateException(
                    "await would block the simulation's own thread for ever: run the simulation until the call is"
                            + " done");
        }
        CallOutcome<T> outcome;
        lock.lock();
        try {
            while (!published) {
                ended.await();
            }
            outcome = Objects.requireNonNull(decided);
        } catch (InterruptedException e) {
            outcome = null;
        } finally {
            lock.unlock();
        }
        if (outcome == null) {
            cancel("the waiting thread was interrupted", "an interrupt");
            throw new InterruptedException();
        }
        if (outcome instanceof CallOutcome.Succeeded<T> succeeded) {
            return succeeded.value();
        }
        throw outcome.error().orElseThrow().in(ErrorContext.unknown());
    }

    @Override
    public final Optional<CallOutcome<T>> outcome() {
        lock.lock();
        try {
            return published ? Optional.ofNullable(decided) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void addListener(CallListener<? super T> listener) {
        addTold(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public final List<CallListener<? super T>> listeners() {
        lock.lock();
        try {
            List<CallListener<? super T>> all = new ArrayList<>(listeners.size());
            for (Told<? super T> told : listeners) {
                all.add(told.listener);
            }
            return List.copyOf(all);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final Origin origin() {
        return context.origin();
    }

    private <S> void addTold(CallListener<S> listener) {
        // The cast is safe: S is a supertype of T, by the signature of addListener.
        @SuppressWarnings("unchecked")
        Told<? super T> told = (Told<? super T>) (Told<?>) new Told<>(listener, new ListenerLane(scope.listeners()));
        CallOutcome<T> outcome;
        lock.lock();
        try {
            outcome = published ? decided : null;
            if (outcome == null) {
                listeners.add(told);
            }
        } finally {
            lock.unlock();
        }
        if (outcome != null) {
            tellEnd(told, outcome);
        }
    }

    @Override
    public final CompletableFuture<T> toCompletableFuture() {
        CallFuture future = new CallFuture();
        CallOutcome<T> outcome;
        lock.lock();
        try {
            outcome = published ? decided : null;
            if (outcome == null) {
                futures.add(future);
            }
        } finally {
            lock.unlock();
        }
        if (outcome != null) {
            future.end(outcome);
        }
        return future;
    }

    /** A future for one caller: cancelling it cancels the call; nothing else done to it reaches the call. */
    private final class CallFuture extends CompletableFuture<T> {
        void end(CallOutcome<T> outcome) {
            if (outcome instanceof CallOutcome.Succeeded<T> succeeded) {
                complete(succeeded.value());
            } else {
                completeExceptionally(outcome.error().orElseThrow());
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = BaseCall.this.cancel("its future was cancelled", "a future");
            BaseCall.this.outcome().ifPresent(this::end);
            return cancelled;
        }

        /** As {@link java.util.concurrent.Future} has it: true once {@link #cancel} has returned true. */
        @Override
        public boolean isCancelled() {
            return super.isCancelled() || (isCompletedExceptionally() && state() == CallState.CANCELLED);
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    @Override
    public String toString() {
        return context.callId() + " " + context.label() + " " + state() + ": " + timeline;
    }
}
