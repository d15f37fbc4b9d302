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
     * After it         The effects of a turn belong to the thread that owns the first of them; when it has run the last it
     *                  gives the turn back without the lock, as the last thing it does with it.
     * Invariant        A thread owns at most one turn, and only while it runs effects, or is about to: from the first
     *                  effect of a change on. There are as many turns as threads ever ran effects at once.
     * Barriers         Turns are old and effects young, so a link from the one to the other costs a barrier of the
     *                  collector: an effect alone in its turn, as most are, is linked once, and says itself whose it is.
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
            Effect first = turns.get(i).first.getAcquire();
            if (first == null) {
                free = i;
            } else if (first.owner == current) {
                turns.get(i).append(first, effect); // of this change, or this thread runs it, further down the stack
                return;
            }
        }
        if (free == NONE) {
            free = turns.size();
            turns.add(new Turn());
        }
        begun = free;
        effect.owner = current;
        turns.get(free).first.setRelease(effect);
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
        for (Effect effect = turn.first.getPlain(); effect != null; effect = turn.ended(effect)) {
            runOne(effect);
        }
    }

    /** What one effect throws must not cost another its permit or its wake-up. */
    private void runOne(Effect effect) {
        try {
            effect.perform();
            if (probe != null) {
                probe.at(Probe.Step.EFFECT_DONE);
            }
        } catch (Throwable e) {
            report(e);
        }
    }

    private static void report(Throwable thrown) {
        try {
            log.error("A listener or an executor of the permit pool threw; what was to follow goes on", thrown);
        } catch (Throwable e) {
            // nor must what cannot be logged
        }
    }

    /** What one thread has to run, first in first out; an effect leaves when it has been run. */
    static final class Turn {
        private final AtomicReference<@Nullable Effect> first = new AtomicReference<>();

        /** The last effect, unless there is but one. */
        private @Nullable Effect last;

        private void append(Effect known, Effect effect) {
            (last == null ? known : last).next = effect;
            last = effect;
        }

        /** Takes the first effect out; {@return the next one} */
        private @Nullable Effect ended(Effect effect) {
            Effect next = effect.next;
            if (next == null) {
                last = null;
            } else {
                next.owner = effect.owner;
            }
            first.setRelease(next); // from then on, if it is null, the turn may be another thread's
            return next;
        }
    }
}
