package dev.exai.providers.openai;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A future whose cancelling stops the work behind it. */
final class SideFuture<T> extends CompletableFuture<T> {
    private final Runnable stop;

    SideFuture(Runnable stop) {
        this.stop = stop;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        stop.run();
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    /** Ends as another future does, with what is made of its value. */
    @SuppressWarnings("FutureReturnValueIgnored") // this future is what becomes of it
    <S> void follow(CompletableFuture<S> source, Function<? super S, ? extends T> function) {
        source.whenComplete((value, failure) -> {
            if (failure != null) {
                completeExceptionally(failure);
                return;
            }
            try {
                complete(function.apply(value));
            } catch (RuntimeException e) {
                completeExceptionally(e);
            }
        });
    }

    /** Ends as another future does, without its value. */
    @SuppressWarnings({"FutureReturnValueIgnored", "NullAway"}) // null is the only Void
    void followVoid(CompletableFuture<?> source) {
        source.whenComplete((value, failure) -> {
            if (failure != null) {
                completeExceptionally(failure);
            } else {
                complete(null);
            }
        });
    }
}
