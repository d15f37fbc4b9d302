package dev.exai.permit;

import dev.exai.event.ExaiEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * What follows from one change of the ledger: collected under the pool's lock by the thread that makes the change, and
 * done by it after the lock is released.
 */
final class Aftermath {
    /** Deliveries and wake-ups, in order. */
    final Queue<Runnable> effects = new ArrayDeque<>(2);

    /** What listeners are told, in order. */
    final List<ExaiEvent> events = new ArrayList<>(4);

    /** Puts what followed from a part of the change behind what is here. */
    void addAll(Aftermath part) {
        effects.addAll(part.effects);
        events.addAll(part.events);
    }
}
