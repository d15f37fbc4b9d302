package dev.exai.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallEngine;
import dev.exai.call.CallOptions;
import dev.exai.call.CallScope;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.SessionClosedException;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller's scope: an agent, a user, a window. Calls are made through it, and closing it cancels whatever is left.
 *
 * <pre>{@code
 * try (Session session = exai.openSession("editor")) {
 *   ChatReply reply = session.chat(ChatRequest.of("hello")).await();
 * }
 * }</pre>
 *
 * <p>Sessions are cheap: open one for each agent. Safe for use by many threads.
 */
public final class Session implements AutoCloseable {
    /*
     * State      calls: those under way. closed: no more are taken. idleSinceNanos: since when there are none.
     * Owner      lock guards them; calls are cancelled outside it.
     * Told       toTell is emptied by whoever closes the session: each of it is told once, outside the lock.
     * Invariant  A call enters only while the session is open, so close() finds every one that it must cancel.
     * Expiry     Decided under the lock, where no call is under way and none can enter: so it cancels none.
     */

    private static final int TOOLS_AT_ONCE = 32;
    private static final int MOST_TOOLS_WAITING = 1_024;
    private static final int LISTENERS_AT_ONCE = 64;
    private static final long BUFFER_LIMIT_BYTES = 64L << 20;

    private final SessionId id;
    private final CallEngine engine;
    private final PermitPool pool;
    private final CallOptions defaults;
    private final Consumer<Session> onClose;
    private final @Nullable Duration idleExpiry;
    private final Scope scope;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<ToolCall<?>> calls = new LinkedHashSet<>();

    @GuardedBy("lock")
    private final List<Runnable> toTell = new ArrayList<>(1);

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private boolean expired;

    @GuardedBy("lock")
    private long idleSinceNanos;

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled idleTimer;

    private Session(
            SessionId id,
            SessionOptions options,
            CallEngine engine,
            PermitPool pool,
            CallOptions defaults,
            Executor userCode,
            Consumer<Session> onClose) {
        this.id = Objects.requireNonNull(id, "id");
        this.engine = Objects.requireNonNull(engine, "engine");
        this.pool = Objects.requireNonNull(pool, "pool");
        this.defaults = Objects.requireNonNull(defaults, "defaults");
        this.onClose = Objects.requireNonNull(onClose, "onClose");
        this.idleExpiry = options.idleExpiry().orElse(null);
        this.scope = new Scope(
                new CappedExecutor("tools", userCode, TOOLS_AT_ONCE, MOST_TOOLS_WAITING),
                new CappedExecutor("listeners", userCode, LISTENERS_AT_ONCE, Integer.MAX_VALUE),
                userCode);
    }

    /**
     * Opens a session over a call engine. Applications use {@code Exai.openSession}, which does this for them.
     *
     * @param id the session's id, which no other open session has
     * @param options how it is to be
     * @param engine starts its calls
     * @param pool is told that the session is there
     * @param defaults the options of calls that are made without any
     * @param userCode runs its tools
     * @param onClose is told once, when the session was closed
     * @return the session
     */
    public static Session open(
            SessionId id,
            SessionOptions options,
            CallEngine engine,
            PermitPool pool,
            CallOptions defaults,
            Executor userCode,
            Consumer<Session> onClose) {
        CallOptions callDefaults = options.callDefaults().orElse(defaults);
        Session session = new Session(id, options, engine, pool, callDefaults, userCode, onClose);
        if (options.limit().isPresent()) {
            pool.openSession(id, options.weight(), options.limit().getAsInt());
        } else {
            pool.openSession(id, options.weight());
        }
        session.watchIdleness();
        return session;
    }

    /** Sets the timer that closes the session, if it has an expiry. */
    private void watchIdleness() {
        if (idleExpiry == null) {
            return;
        }
        synchronized (lock) {
            idleSinceNanos = engine.scheduler().nanoTime();
            idleTimer = engine.scheduler().schedule(idleExpiry, this::lookForIdleness);
        }
    }

    /** On the timer's thread: closes the session if nothing was under way for long enough, or looks again later. */
    private void lookForIdleness() {
        synchronized (lock) {
            Duration limit = Objects.requireNonNull(idleExpiry);
            if (closed) {
                return;
            }
            Duration left =
                    calls.isEmpty() ? limit.minusNanos(engine.scheduler().nanoTime() - idleSinceNanos) : limit;
            if (!left.isZero() && !left.isNegative()) {
                idleTimer = engine.scheduler().schedule(left, this::lookForIdleness);
                return;
            }
            closed = true;
            expired = true;
        }
        engine.onEffects(() -> {
            pool.closeSession(id);
            tellClosed();
            onClose.accept(this);
        });
    }

    /** {@return the session's id} */
    public SessionId id() {
        return id;
    }

    /**
     * Asks a model, with the default options.
     *
     * @param request what to ask
     * @return the call, which is under way
     * @throws SessionClosedException if this session is closed
     */
    public ChatCall chat(ChatRequest request) {
        return chat(request, defaults);
    }

    /**
     * Asks a model.
     *
     * @param request what to ask
     * @param options how
     * @return the call, which is under way
     * @throws SessionClosedException if this session is closed
     */
    public ChatCall chat(ChatRequest request, CallOptions options) {
        return engine.chat(scope, request, options);
    }

    /**
     * Runs a tool, with the default options.
     *
     * @param tool the tool
     * @param input what it takes
     * @param <I> what it takes
     * @param <O> what it returns
     * @return the call, which is under way
     * @throws SessionClosedException if this session is closed
     */
    public <I, O> ToolCall<O> submit(Tool<I, O> tool, I input) {
        return submit(tool, input, defaults);
    }

    /**
     * Runs a tool.
     *
     * @param tool the tool
     * @param input what it takes
     * @param options how
     * @param <I> what it takes
     * @param <O> what it returns
     * @return the call, which is under way
     * @throws SessionClosedException if this session is closed
     */
    public <I, O> ToolCall<O> submit(Tool<I, O> tool, I input, CallOptions options) {
        return engine.submit(scope, tool, input, options);
    }

    /** {@return the calls that are under way} */
    public List<ToolCall<?>> calls() {
        synchronized (lock) {
            return List.copyOf(calls);
        }
    }

    /** {@return whether it still takes calls} */
    public boolean isOpen() {
        synchronized (lock) {
            return !closed;
        }
    }

    /**
     * Takes no more calls and cancels those under way. When this returns, all of them have ended and nothing of the
     * session is held or waits. May be called twice.
     */
    @Override
    public void close() {
        List<ToolCall<?>> left;
        boolean first;
        Scheduler.Scheduled timer;
        synchronized (lock) {
            first = !closed;
            closed = true;
            left = List.copyOf(calls);
            timer = idleTimer;
        }
        if (timer != null) {
            timer.cancel();
        }
        // The last ones first: those that wait leave the queue before those that run give their permits back to it.
        for (int i = left.size() - 1; i >= 0; i--) {
            left.get(i).cancel("session " + id + " was closed");
        }
        pool.closeSession(id);
        tellClosed();
        if (first) {
            onClose.accept(this);
        }
    }

    private void tellClosed() {
        List<Runnable> told;
        synchronized (lock) {
            told = List.copyOf(toTell);
            toTell.clear();
        }
        told.forEach(this::tell);
    }

    private void tell(Runnable listener) {
        CallEngine.onUserCode(scope.listeners(), listener);
    }

    /**
     * Adds one that is told when this session has been closed, by whomever, or has expired; at once if that was before.
     * It is told once, on the session's executor for listeners.
     *
     * @param listener who is told
     */
    public void addCloseListener(Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        synchronized (lock) {
            if (!closed) {
                toTell.add(listener);
                return;
            }
        }
        tell(listener);
    }

    /**
     * Takes one away again that was added, if it has not been told.
     *
     * @param listener the same object
     */
    public void removeCloseListener(Runnable listener) {
        synchronized (lock) {
            toTell.remove(listener);
        }
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "Session[" + id + (closed ? ", closed" : "") + ", " + calls.size() + " calls]";
        }
    }

    /** What calls need of this session, kept from its users. */
    private final class Scope implements CallScope {
        private final Tools tools;
        private final Executor listeners;
        private final Executor continuations;
        private final AtomicLong buffered = new AtomicLong();

        Scope(Tools tools, Executor listeners, Executor continuations) {
            this.tools = tools;
            this.listeners = listeners;
            this.continuations = continuations;
        }

        @Override
        public Executor continuations() {
            return continuations;
        }

        @Override
        public SessionId id() {
            return id;
        }

        @Override
        public Tools tools() {
            return tools;
        }

        @Override
        public Executor listeners() {
            return listeners;
        }

        @Override
        public CallOptions defaults() {
            return defaults;
        }

        @Override
        public void started(ToolCall<?> call) {
            synchronized (lock) {
                if (closed) {
                    throw new SessionClosedException(
                            "session " + id + (expired ? ", which was idle for " + idleExpiry + "," : ""));
                }
                calls.add(call);
            }
        }

        @Override
        public void ended(ToolCall<?> call) {
            synchronized (lock) {
                if (calls.remove(call) && calls.isEmpty() && idleExpiry != null) {
                    idleSinceNanos = engine.scheduler().nanoTime();
                }
            }
        }

        @Override
        public boolean buffer(long bytes) {
            if (buffered.addAndGet(bytes) > BUFFER_LIMIT_BYTES && bytes > 0) {
                buffered.addAndGet(-bytes);
                return false;
            }
            return true;
        }

        @Override
        public long bufferLimitBytes() {
            return BUFFER_LIMIT_BYTES;
        }
    }
}
