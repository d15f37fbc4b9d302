package dev.exai.permit;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Runs what follows from a change of the ledger, after the lock is released, one after the other.
 *
 * <p>An effect may change the ledger again, with effects of its own: those join the queue of the thread that is
 * already running effects, so stack depth does not grow with the number of waiters even when the executor runs tasks
 * on the caller's thread.
 */
final class Effects {
    /** The queue of a thread that is running effects at this moment, of this pool; unset at all other times. */
    @SuppressWarnings("ThreadLocalUsage") // one pool's effects must not join another's queue
    private final ThreadLocal<@Nullable Queue<Runnable>> running = new ThreadLocal<>();

    void run(Queue<Runnable> effects) {
        if (effects.isEmpty()) {
            return;
        }
        Queue<Runnable> outer = running.get();
        if (outer != null) {
            outer.addAll(effects);
            return;
        }
        Queue<Runnable> queue = new ArrayDeque<>(effects);
        running.set(queue);
        try {
            for (Runnable effect = queue.poll(); effect != null; effect = queue.poll()) {
                effect.run();
            }
        } finally {
            running.remove();
        }
    }
}
