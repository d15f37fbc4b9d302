package dev.exai.permit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers for the moments that a promise is about: what was told after {@code cancel} had returned must have been on its
 * way before.
 */
final class RaceStamps {
    private final AtomicLong numbers = new AtomicLong();
    private final ThreadLocal<Long> asked = ThreadLocal.withInitial(() -> Long.MIN_VALUE);

    /** Takes note of a step that the thread leaves: the next thing that it does may be to ask if its news are wanted. */
    void leaves(Probe.Step step) {
        switch (step) {
            case BEFORE_DELIVERY, BEFORE_LOCK, LOCKED -> asked.set(numbers.incrementAndGet());
            default -> {}
        }
    }

    /** {@return a moment after all that were noted so far} */
    long now() {
        return numbers.incrementAndGet();
    }

    /** {@return a moment before this thread asked whether the news that it brings are wanted} */
    long asked() {
        return asked.get();
    }
}
