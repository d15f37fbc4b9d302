package dev.exai.testkit.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Tries a rule on a thread of its own, for a limited time: what hangs breaks the rule. All time is real. */
public final class TimedTrial {
    private TimedTrial() {}

    /**
     * {@return what the body returned}
     *
     * @param limit how long it may take
     * @param threads starts a thread for it
     * @param body tries the rule
     * @param <T> what it returns
     * @throws RuleBroken if the body throws it, if it does not end in time, or if this thread is interrupted first
     * @throws Throwable whatever else the body throws
     */
    public static <T> T run(Duration limit, Function<Runnable, Thread> threads, Callable<T> body) throws Throwable {
        CompletableFuture<T> end = new CompletableFuture<>();
        Thread thread = threads.apply(() -> {
            try {
                end.complete(body.call());
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        try {
            return end.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RuleBroken("did not end in " + limit.toMillis() + " ms; " + whereIs(thread));
        } catch (ExecutionException e) {
            throw Objects.requireNonNull(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuleBroken("the trial was interrupted");
        }
    }

    private static String whereIs(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        StringBuilder text = new StringBuilder("the trial is at");
        for (int i = 0; i < Math.min(4, stack.length); i++) {
            text.append(i == 0 ? " " : " < ").append(stack[i]);
        }
        return text.toString();
    }
}
