package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
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
     * Ordering   Whoever ends this future ends the request first; that is idempotent, so any number may.
     * Race       cancel | granted: the body finds this future done and does not begin, or cancel finds its work.
     */
    private final PermitRequest request;
    private final Supplier<? extends CompletionStage<T>> body;
    private volatile @Nullable CompletableFuture<T> work;

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
        permit.onOverdue(() -> begun.cancel(true));
        if (isDone()) {
            begun.cancel(true); // cancelled while the body began
        }
        begun.whenComplete(this::end);
    }

    private void step() {
        request.entry.pool.step(Probe.Step.BRACKET);
    }

    @Override
    public void failed(ExaiException failure) {
        completeExceptionally(failure);
    }

    @SuppressWarnings("NullAway") // a stage that ends with null ends this with null
    private void end(@Nullable T value, @Nullable Throwable failure) {
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

    /** Gives the permit back or leaves the queue, ends this future, then cancels the work if it has begun. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        request.cancel();
        step();
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        step();
        CompletableFuture<T> begun = work; // only now: work that is not seen here sees that this is done
        if (begun != null) {
            begun.cancel(mayInterruptIfRunning);
        }
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
