package dev.exai.resilience;

import java.util.Arrays;

/** Counts two kinds of things over a time that moves on, in slots that expire one by one. Not safe for use by threads. */
final class Counts {
    private static final int SLOTS = 10;

    private final long slotNanos;
    private final long[] first = new long[SLOTS];
    private final long[] second = new long[SLOTS];

    /** When the youngest slot began, and where it is. */
    private long slotBegan;

    private int slot;

    Counts(long windowNanos, long now) {
        this.slotNanos = windowNanos / SLOTS;
        this.slotBegan = now;
    }

    void addFirst(long now) {
        moveTo(now);
        first[slot]++;
    }

    void addSecond(long now) {
        moveTo(now);
        second[slot]++;
    }

    long first(long now) {
        moveTo(now);
        return Arrays.stream(first).sum();
    }

    long second(long now) {
        moveTo(now);
        return Arrays.stream(second).sum();
    }

    void clear(long now) {
        Arrays.fill(first, 0);
        Arrays.fill(second, 0);
        slotBegan = now;
    }

    private void moveTo(long now) {
        long steps = (now - slotBegan) / slotNanos;
        if (steps <= 0) {
            return;
        }
        for (long i = 0; i < Math.min(steps, SLOTS); i++) {
            slot = (slot + 1) % SLOTS;
            first[slot] = 0;
            second[slot] = 0;
        }
        slotBegan += steps * slotNanos;
    }
}
