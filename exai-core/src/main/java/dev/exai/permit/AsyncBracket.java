package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work under a permit, as a future: the permit is back before anyone can see how the work ended.
 *
 * @param <T> what the work returns
 */
final class AsyncBracket<T> extends CompletableFuture<T> implements PermitRequest.Listener {
    /*
     * State      request: one unit with its permit. work: what the body returned, once it has begun.
     * Ordering   Whoever ends this future ends the request first; that is idempotent, so any number may. Whoever
     *            cancels aborts the work before that: a unit is not free while what it stood for goes on.
     * Race       cancel | granted: granted sets work, then looks whether this is done; cancel ends this, then looks for
     *            work. So the body does not begin, or one of the two finds that there is something to abort.
     */
    private final PermitRequest request;
    private final Supplier<? extends CompletionStage<T>> body;
    private volatile @Nullable CompletableFuture<T> work;

    /** Whether cancel ends this: then the end of the work, which it brings about, has nothing to say. */
    private volatile boolean endedByCancel;

    AsyncBracket(PermitPool pool, PermitPath path, CallContext context, Supplier<? extends CompletionStage<T>> body) {
        this.body = Objects.requireNonNull(body, "body");
        this.request = pool.prepare(path, context, this);
    }

    void begin() {
        request.submit();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    public void granted(Permit permit) {
        if (isDone()) {
            permit.close();
            return;
        }
        step();
        CompletableFuture<T> begun;
        try {
            begun = body.get().toCompletableFuture();
        } catch (Throwable e) {
            end(null, e);
            return;
        }
        step();
        work = begun;
        step();
        WeakReference<AsyncBracket<T>> self = new WeakReference<>(this); // the pool keeps the action, not the handle
        permit.onOverdue(() -> {
            AsyncBracket<T> bracket = self.get();
            if (bracket != null) {
                bracket.cancel(true);
            }
        });
        if (isDone()) {
            begun.cancel(true); // cancelled while the body began
        }
        begun.whenComplete(this::end);
    }

    private void step() {
        request.entry.pool().step(Probe.Step.BRACKET);
    }

    @Override
    public void failed(ExaiException failure) {
        completeExceptionally(failure);
    }

    @SuppressWarnings("NullAway") // a stage that ends with null ends this with null
    private void end(@Nullable T value, @Nullable Throwable failure) {
        if (endedByCancel) {
            return;
        }
        request.cancel();
        step();
        if (failure == null) {
            complete(value);
        } else if (failure instanceof CompletionException && failure.getCause() != null) {
            completeExceptionally(failure.getCause());
        } else {
            completeExceptionally(failure);
        }
    }

    /** Cancels the work if it has begun, then gives the permit back or leaves the queue, then ends this future. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        endedByCancel = true;
        try {
            abort(mayInterruptIfRunning);
        } finally {
            request.cancel();
            step();
            super.cancel(mayInterruptIfRunning);
        }
        step();
        abort(mayInterruptIfRunning); // it may have begun in the meantime
        return isCancelled();
    }

    private void abort(boolean mayInterruptIfRunning) {
        CompletableFuture<T> begun = work;
        if (begun != null) {
            begun.cancel(mayInterruptIfRunning);
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
