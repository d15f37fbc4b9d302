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
     * Invariant        A thread owns at most one turn, and only while it runs effects. There are as many turns as
     *                  threads ever ran effects at once.
     */
    private static final Logger log = LoggerFactory.getLogger(Effects.class);

    private final List<Turn> turns = new ArrayList<>(2);
    private final Chain collected = new Chain();
    private final @Nullable Probe probe;

    Effects(@Nullable Probe probe) {
        this.probe = probe;
    }

    void add(Effect effect) {
        collected.append(effect, effect);
    }

    /** {@return what this thread has to run after it has released the lock, or null if nothing} */
    @Nullable
    Turn taken() {
        return collected.first == null ? null : turnOf(Thread.currentThread());
    }

    @SuppressWarnings("ReferenceEquality") // a thread is itself only
    private @Nullable Turn turnOf(Thread current) {
        Turn free = null;
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            Thread owner = turn.owner.getAcquire();
            if (owner == current) {
                turn.effects.take(collected); // it is running them already, further down the stack
                return null;
            }
            free = owner == null ? turn : free;
        }
        if (free == null) {
            free = new Turn();
            turns.add(free);
        }
        free.owner.setRelease(current);
        free.effects.take(collected);
        return free;
    }

    void run(Turn turn) {
        try {
            for (Effect effect = turn.effects.poll(); effect != null; effect = turn.effects.poll()) {
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

    /** What one thread has to run. */
    static final class Turn {
        private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
        private final Chain effects = new Chain();
    }

    /** A list of effects, first in first out. */
    private static final class Chain {
        private @Nullable Effect first;
        private @Nullable Effect last;

        private void append(Effect from, Effect to) {
            if (last == null) {
                first = from;
            } else {
                last.next = from;
            }
            last = to;
        }

        private void take(Chain other) {
            if (other.first != null && other.last != null) {
                append(other.first, other.last);
            }
            other.first = null;
            other.last = null;
        }

        private @Nullable Effect poll() {
            Effect polled = first;
            if (polled != null) {
                first = polled.next;
                last = first == null ? null : last;
            }
            return polled;
        }
    }
}
