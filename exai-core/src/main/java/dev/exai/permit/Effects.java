package dev.exai.permit;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what follows from a change of the ledger, after the lock is released, one after the other.
 *
 * <p>An effect may change the ledger again, with effects of its own: those join the queue of the thread that is
 * already running effects, so stack depth does not grow with the number of waiters even when the executor runs tasks
 * on the caller's thread. One that throws is logged, and the others run all the same.
 */
final class Effects {
    private static final Logger log = LoggerFactory.getLogger(Effects.class);

    /** The queue of a thread that is running effects at this moment, of this pool; unset at all other times. */
    @SuppressWarnings("ThreadLocalUsage") // one pool's effects must not join another's queue
    private final ThreadLocal<@Nullable Queue<Runnable>> running = new ThreadLocal<>();

    private final @Nullable Probe probe;

    Effects(@Nullable Probe probe) {
        this.probe = probe;
    }

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
                runOne(effect);
                step();
            }
        } finally {
            running.remove();
        }
    }

    private void step() {
        if (probe != null) {
            probe.at(Probe.Step.EFFECT_DONE);
        }
    }

    /** What one effect throws must not cost another its permit or its wake-up. */
    private static void runOne(Runnable effect) {
        try {
            effect.run();
        } catch (Throwable e) {
            log.error("A listener or an executor of the permit pool threw; what was to follow goes on", e);
        }
    }
}
