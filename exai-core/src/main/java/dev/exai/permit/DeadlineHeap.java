package dev.exai.permit;

import java.util.function.Consumer;

/**
 * The entries by when something is due of them: of one that waits its deadline, of one that holds the next step towards
 * revoking it. Guarded by the pool's lock.
 */
final class DeadlineHeap extends IndexedHeap<Entry> {
    DeadlineHeap() {
        super(16);
    }

    void forEach(Consumer<Entry> visitor) {
        for (int i = 0; i < size(); i++) {
            visitor.accept(at(i));
        }
    }

    @Override
    boolean isBefore(Entry a, Entry b) {
        return a.dueNanos - b.dueNanos < 0;
    }

    @Override
    int placeOf(Entry entry) {
        return entry.heapIndex;
    }

    @Override
    void placeAt(Entry entry, int place) {
        entry.heapIndex = place;
    }
}
