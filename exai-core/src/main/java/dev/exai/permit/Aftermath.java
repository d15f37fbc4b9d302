package dev.exai.permit;

import dev.exai.event.ExaiEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What follows from one change of the ledger: collected under the pool's lock by the thread that makes the change, and
 * done by it after the lock is released. Mostly nothing, and then it costs next to nothing.
 */
final class Aftermath {
    /** Deliveries and wake-ups, in order. */
    private @Nullable Queue<Runnable> effects;

    /** What listeners are told, in order. */
    private @Nullable List<ExaiEvent> events;

    void effect(Runnable effect) {
        effects().add(effect);
    }

    void event(ExaiEvent event) {
        events().add(event);
    }

    boolean hasEffects() {
        return effects != null;
    }

    boolean hasEvents() {
        return events != null;
    }

    Queue<Runnable> effects() {
        if (effects == null) {
            effects = new ArrayDeque<>(4);
        }
        return effects;
    }

    List<ExaiEvent> events() {
        if (events == null) {
            events = new ArrayList<>(4);
        }
        return events;
    }

    /** Puts what followed from a part of the change behind what is here. */
    void addAll(Aftermath part) {
        if (part.effects != null) {
            effects().addAll(part.effects);
        }
        if (part.events != null) {
            events().addAll(part.events);
        }
    }
}
