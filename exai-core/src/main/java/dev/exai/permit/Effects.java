package dev.exai.permit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from a change of the ledger: collected under the pool's lock by the thread that makes the change, and
 * done by it after the lock is released, one after the other.
 *
 * <p>An effect may change the ledger again, with effects of its own: those join the turn of the thread that is already
 * running effects, so stack depth does not grow with the number of waiters even when the executor runs tasks on the
 * caller's thread. One that throws is logged, and the others run all the same.
 */
final class Effects {
    /*
     * Under the lock   add(), taken(), and who of the turns is whose.
     * After it         The list of a turn belongs to the thread that owns the turn; it gives the turn back without the
     *                  lock, as the last thing it does with it.
     * Invariant        A thread owns at most one turn, and only while it runs effects, or is about to: from the first
     *                  effect of a change on. There are as many turns as threads ever ran effects at once.
     * Barriers         Turns are old and effects young, so a link from the one to the other costs a barrier of the
     *                  collector: an effect alone in its turn, as most are, is linked once.
     */
    private static final Logger log = LoggerFactory.getLogger(Effects.class);
    private static final int NONE = -1;

    private final List<Turn> turns = new ArrayList<>(2);
    private final @Nullable Probe probe;

    /** The turn that the thread under the lock is to run when it has released it. */
    private int begun = NONE;

    Effects(@Nullable Probe probe) {
        this.probe = probe;
    }

    @SuppressWarnings("ReferenceEquality") // a thread is itself only
    void add(Effect effect) {
        Thread current = Thread.currentThread();
        int free = NONE;
        for (int i = 0; i < turns.size(); i++) {
            Thread owner = turns.get(i).owner.getAcquire();
            if (owner == current) {
                turns.get(i).append(effect); // of this change, or it runs effects already, further down the stack
                return;
            }
            free = owner == null ? i : free;
        }
        if (free == NONE) {
            free = turns.size();
            turns.add(new Turn());
        }
        begun = free;
        turns.get(free).owner.setRelease(current);
        turns.get(free).append(effect);
    }

    /** {@return what this thread has to run after it has released the lock, or null if nothing} */
    @Nullable
    Turn taken() {
        if (begun == NONE) {
            return null;
        }
        Turn turn = turns.get(begun);
        begun = NONE;
        return turn;
    }

    void run(Turn turn) {
        try {
            for (Effect effect = turn.poll(); effect != null; effect = turn.poll()) {
                runOne(effect);
                step();
            }
        } finally {
            turn.owner.setRelease(null);
        }
    }

    private void step() {
        if (probe != null) {
            probe.at(Probe.Step.EFFECT_DONE);
        }
    }

    /** What one effect throws must not cost another its permit or its wake-up. */
    private static void runOne(Effect effect) {
        try {
            effect.perform();
        } catch (Throwable e) {
            log.error("A listener or an executor of the permit pool threw; what was to follow goes on", e);
        }
    }

    /** What one thread has to run, first in first out. */
    static final class Turn {
        private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
        private @Nullable Effect first;

        /** The last one, if it is not the first as well. */
        private @Nullable Effect last;

        private void append(Effect effect) {
            if (first == null) {
                first = effect;
            } else {
                (last == null ? first : last).next = effect;
                last = effect;
            }
        }

        private @Nullable Effect poll() {
            Effect polled = first;
            if (polled != null) {
                first = polled.next;
                last = first == null ? null : last; // one that is alone may be both
            }
            return polled;
        }
    }
}
