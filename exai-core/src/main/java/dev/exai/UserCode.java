package dev.exai;

import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Knows what code of users runs: virtual threads can be listed by nobody else, and what does not return should be found.
 * Keeps nothing of what has returned. Safe for use by many threads.
 */
final class UserCode {
    private final Executor shared;
    private final Scheduler scheduler;
    private final Set<Piece> running = ConcurrentHashMap.newKeySet();

    UserCode(Executor shared, Scheduler scheduler) {
        this.shared = shared;
        this.scheduler = scheduler;
    }

    /** {@return the shared executor, for the code of an owner} */
    Executor of(String owner) {
        return task -> shared.execute(new Piece(owner, task));
    }

    List<RunningCode> running() {
        long now = scheduler.nanoTime();
        return running.stream()
                .map(piece -> new RunningCode(piece.owner, piece.thread(), Duration.ofNanos(now - piece.sinceNanos)))
                .toList();
    }

    private final class Piece implements Runnable {
        private final String owner;
        private final Runnable task;

        // Written before it is among those that run, and read by those who find it there.
        private long sinceNanos;
        private @Nullable Thread thread;

        Piece(String owner, Runnable task) {
            this.owner = owner;
            this.task = task;
        }

        Thread thread() {
            return Objects.requireNonNull(thread, "it does not run");
        }

        @Override
        public void run() {
            sinceNanos = scheduler.nanoTime();
            thread = Thread.currentThread();
            running.add(this);
            try {
                task.run();
            } finally {
                running.remove(this);
            }
        }
    }
}
