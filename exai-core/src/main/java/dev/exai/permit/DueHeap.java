package dev.exai.permit;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries by when something is due of them, in whatever order they come. Guarded by the pool's lock.
 */
final class DueHeap extends KeyHeap {
    private static final int INITIAL_CAPACITY = 16;

    private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];

    DueHeap() {
        super(INITIAL_CAPACITY);
    }

    void add(Entry entry, long dueNanos) {
        put(entry, placeForNew(dueNanos));
    }

    /** Takes an entry out; one that is not in it stays out. */
    void remove(Entry entry) {
        int place = entry.heapIndex;
        if (place < 0) {
            return;
        }
        entry.heapIndex = NOWHERE;
        long key = takeLast();
        Entry last = at(size());
        entries[size()] = null;
        if (place != size()) {
            put(last, placeForMoved(place, key));
        }
    }

    /** {@return when this entry is due} */
    long dueNanos(Entry entry) {
        return keyAt(entry.heapIndex);
    }

    @Nullable
    Entry first() {
        return isEmpty() ? null : at(0);
    }

    void forEach(Consumer<Entry> visitor) {
        for (int i = 0; i < size(); i++) {
            visitor.accept(at(i));
        }
    }

    private Entry at(int place) {
        return Objects.requireNonNull(entries[place], "nothing there");
    }

    private void put(Entry entry, int place) {
        entries[place] = entry;
        entry.heapIndex = place;
    }

    @Override
    void reserve(int capacity) {
        entries = Arrays.copyOf(entries, capacity);
    }

    @Override
    void move(int from, int to) {
        put(at(from), to);
    }

    @Override
    int compareHeld(int place) {
        return 0; // which of two that are due at once comes first does not matter
    }

    @Override
    boolean isBefore(int place, int other) {
        return false;
    }
}
