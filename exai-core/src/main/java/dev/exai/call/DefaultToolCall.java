package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.CallContext;
import dev.exai.context.ProviderId;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.OverloadedException;
import dev.exai.error.ToolFailedException;
import dev.exai.message.ChatRequest;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitPath;
import dev.exai.permit.PermitRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A call that runs a tool.
 *
 * @param <I> what the tool takes
 * @param <O> what it returns
 */
final class DefaultToolCall<I, O> extends BaseCall<O> {
    /*
     * State      worker: the thread that is inside the tool's code. stage: what async code returned. children, permits:
     *            what the code asked for and has not ended. onCancel: what it wants done.
     * Owner      BaseCall's lock guards them. Each is added only while nothing is decided, so stopWork finds them all.
     * Interrupt  The worker is interrupted under the lock and only while it is inside the tool's code, and clears its
     *            status when it leaves: no interrupt reaches what the thread does next.
     * Zombie     Code that goes on after its call has ended counts as a zombie until it returns.
     */

    private final Tool<I, O> tool;
    private final I input;
    private final Runnable task = this::run;

    @GuardedBy("lock")
    private @Nullable Thread worker;

    @GuardedBy("lock")
    private boolean inside;

    @GuardedBy("lock")
    private boolean zombie;

    @GuardedBy("lock")
    private @Nullable CompletableFuture<?> stage;

    @GuardedBy("lock")
    private final Set<BaseCall<?>> children = new LinkedHashSet<>(2);

    @GuardedBy("lock")
    private final Map<PermitRequest, CompletableFuture<Permit>> permits = new LinkedHashMap<>(2);

    @GuardedBy("lock")
    private final Set<Runnable> onCancel = new LinkedHashSet<>(2);

    DefaultToolCall(CallEngine engine, CallScope scope, CallContext context, Tool<I, O> tool, I input) {
        super(engine, scope, context, CallState.QUEUED);
        this.tool = tool;
        this.input = input;
    }

    @Override
    void begin() {
        try {
            scope.tools().execute(task);
        } catch (RejectedExecutionException e) {
            failed(new OverloadedException(
                    "Tool " + tool.name() + " found no thread: too many tools of the session wait",
                    Duration.ofSeconds(1)));
        }
    }

    private void run() {
        lock.lock();
        try {
            if (!isUndecided()) {
                return;
            }
            worker = Thread.currentThread();
            inside = true;
        } finally {
            lock.unlock();
        }
        moveTo(CallState.RUNNING, () -> "running");
        boolean wasZombie = false;
        try {
            ToolContext toolContext = new ToolContext(this);
            Tool.Blocking<I, O> blocking = tool.blockingCode();
            if (blocking != null) {
                O value = blocking.run(input, toolContext);
                wasZombie = leave();
                succeeded(value);
            } else {
                Tool.Async<I, O> async = Objects.requireNonNull(tool.asyncCode());
                CompletionStage<O> returned = async.run(input, toolContext);
                wasZombie = leave();
                follow(returned);
            }
        } catch (Throwable e) {
            wasZombie |= leave(); // the code may have been left before: what it returned was no stage
            threw(e);
        } finally {
            if (wasZombie) {
                engine.zombieToolGone();
            }
        }
    }

    /** Marks that this thread has left the tool's code; returns whether the call had ended before that. */
    private boolean leave() {
        lock.lock();
        try {
            worker = null;
            inside = false;
            boolean was = zombie;
            zombie = false;
            return was;
        } finally {
            lock.unlock();
            Thread.interrupted(); // ours, if the call was ended while the code ran
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    private void follow(CompletionStage<O> returned) {
        CompletableFuture<O> future = returned.toCompletableFuture();
        boolean late;
        lock.lock();
        try {
            stage = future;
            late = !isUndecided();
        } finally {
            lock.unlock();
        }
        if (late) {
            future.cancel(true);
            return;
        }
        future.whenComplete((value, failure) -> {
            if (failure == null) {
                succeeded(value);
            } else {
                threw(failure);
            }
        });
    }

    private void threw(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        failed(new ToolFailedException(tool.name(), cause));
    }

    @Override
    void stopWork() {
        List<BaseCall<?>> callsToStop;
        Map<PermitRequest, CompletableFuture<Permit>> permitsToReturn;
        List<Runnable> actions;
        CompletableFuture<?> future;
        lock.lock();
        try {
            if (inside && !zombie) {
                zombie = true;
                engine.zombieToolBorn();
            }
            if (worker != null && worker != Thread.currentThread()) {
                worker.interrupt();
            }
            worker = null;
            future = stage;
            callsToStop = List.copyOf(children);
            permitsToReturn = Map.copyOf(permits);
            actions = isEndedFromOutside() ? List.copyOf(onCancel) : List.of();
            onCancel.clear();
        } finally {
            lock.unlock();
        }
        for (BaseCall<?> child : callsToStop) {
            child.cancel("its parent call ended", "its parent");
        }
        scope.tools().remove(task);
        permitsToReturn.forEach((request, granted) -> {
            request.cancel();
            granted.cancel(false); // wakes who waits for it; nothing else depends on it
        });
        actions.forEach(this::onUserCode);
        if (future != null && !future.isDone()) {
            onUserCode(() -> future.cancel(true));
        }
    }

    @Override
    void afterEnd(CallOutcome<O> outcome) {}

    @Override
    @Nullable
    ExaiException trouble() {
        List<PermitRequest> waiting;
        lock.lock();
        try {
            waiting = List.copyOf(permits.keySet());
        } finally {
            lock.unlock();
        }
        return waiting.stream()
                .flatMap(request -> request.trouble().stream())
                .findFirst()
                .orElse(null);
    }

    void ensureActive() {
        if (!isUndecided()) {
            throw refused();
        }
    }

    private RuntimeException refused() {
        CallOutcome<O> how = decision();
        ExaiException error = how == null ? null : how.error().orElse(null);
        return error != null
                ? error
                : new IllegalStateException("call " + id() + " has ended: its context can no longer be used");
    }

    void onCancel(Runnable action) {
        lock.lock();
        try {
            if (isUndecided()) {
                onCancel.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        if (!isEndedFromOutside()) {
            throw refused();
        }
        onUserCode(action);
    }

    /** Asks with the session's own options. */
    ChatCall chat(ChatRequest request) {
        return chat(request, scope.defaults());
    }

    ChatCall chat(ChatRequest request, CallOptions options) {
        ensureActive();
        DefaultChatCall child = engine.prepareChat(scope, request, options, context);
        lock.lock();
        try {
            if (!isUndecided()) {
                throw refused();
            }
            children.removeIf(BaseCall::isDone);
            children.add(child);
        } finally {
            lock.unlock();
        }
        try {
            child.start();
        } catch (ExaiException refused) { // it never was: its end has been told, and must not be told again with ours
            lock.lock();
            try {
                children.remove(child);
            } finally {
                lock.unlock();
            }
            throw refused;
        }
        return child;
    }

    <R> R withPermit(ProviderId provider, Callable<R> body) throws Exception {
        ensureActive();
        if (!engine.scheduler().mayBlock()) {
            throw new IllegalStateException("withPermit would block the simulation's own thread for ever");
        }
        CompletableFuture<Permit> granted = new CompletableFuture<>();
        PermitRequest request = engine.pool()
                .prepare(PermitPath.of(sessionId(), provider), context, new PermitRequest.Listener() {
                    @Override
                    public void granted(Permit permit) {
                        granted.complete(permit);
                    }

                    @Override
                    public void failed(ExaiException failure) {
                        granted.completeExceptionally(failure);
                    }
                });
        lock.lock();
        try {
            if (!isUndecided()) {
                throw refused();
            }
            permits.put(request, granted);
        } finally {
            lock.unlock();
        }
        try {
            request.submit();
            awaitGrant(granted);
            return body.call();
        } finally {
            request.cancel();
            lock.lock();
            try {
                permits.remove(request);
            } finally {
                lock.unlock();
            }
        }
    }

    private void awaitGrant(CompletableFuture<Permit> granted) throws InterruptedException {
        try {
            granted.get();
        } catch (CancellationException ended) {
            throw refused();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ExaiException failure
                    ? failure
                    : new InternalErrorException("The permit pool failed", e);
        }
    }
}
