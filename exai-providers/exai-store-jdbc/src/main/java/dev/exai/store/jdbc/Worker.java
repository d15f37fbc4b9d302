package dev.exai.store.jdbc;

import dev.exai.run.store.RunStoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads on which work waits for a database, so that nobody else has to. */
final class Worker {
    private static final int LONGEST_END_SECONDS = 10;

    private Worker() {}

    static ExecutorService threads(String name, int count) {
        AtomicInteger number = new AtomicInteger();
        BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
        return new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, queue, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Ends what was begun, within some time; questions that are left after that are told that the store is closed. */
    static void end(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                drop(threads.shutdownNow());
            }
        } catch (InterruptedException e) {
            drop(threads.shutdownNow());
            Thread.currentThread().interrupt();
        }
    }

    private static void drop(List<Runnable> left) {
        for (Runnable task : left) {
            if (task instanceof Asked<?> asked) {
                asked.done.completeExceptionally(closed());
            }
        }
    }

    /**
     * What is asked of a database.
     *
     * @param <T> what it answers
     */
    @FunctionalInterface
    interface Question<T> {
        T ask() throws SQLException;
    }

    /** Asks on one of these threads; what goes wrong is told in the words of a dialect. */
    static <T> CompletableFuture<T> ask(Executor threads, Dialect dialect, String what, Question<T> question) {
        Asked<T> asked = new Asked<>(dialect, what, question, new CompletableFuture<>());
        try {
            threads.execute(asked);
        } catch (RejectedExecutionException closed) {
            asked.done.completeExceptionally(closed());
        }
        return asked.done;
    }

    /** A question that waits for its thread, and who waits for the answer. */
    private record Asked<T>(Dialect dialect, String what, Question<T> question, CompletableFuture<T> done)
            implements Runnable {
        @Override
        public void run() {
            try {
                done.complete(question.ask());
            } catch (SQLException e) {
                done.completeExceptionally(dialect.told(what, e));
            } catch (RuntimeException | Error thrown) { // whoever waits must hear of it; the thread goes on
                done.completeExceptionally(thrown);
            }
        }
    }

    static RunStoreException closed() {
        return new RunStoreException(RunStoreException.Kind.REFUSED, "the store is closed", null);
    }
}
