package dev.exai.permit;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries by when something is due of them: of one that waits its deadline, of one that holds the next step towards
 * revoking it. A binary heap in which each entry knows its place, so that one that ends leaves no garbage here.
 * Guarded by the pool's lock.
 */
final class DeadlineHeap {
    private @Nullable Entry[] heap = new Entry[16];
    private int size;

    @Nullable
    Entry first() {
        return heap[0];
    }

    int size() {
        return size;
    }

    void forEach(Consumer<Entry> visitor) {
        for (int i = 0; i < size; i++) {
            visitor.accept(at(i));
        }
    }

    void add(Entry entry) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size + size / 2);
        }
        place(entry, size++);
        up(size - 1);
    }

    void remove(Entry entry) {
        int index = entry.heapIndex;
        if (index < 0) {
            return;
        }
        entry.heapIndex = -1;
        Entry last = at(--size);
        heap[size] = null;
        if (index != size) {
            place(last, index);
            up(index);
            down(last.heapIndex);
        }
    }

    /** Moves an entry to where it belongs, after what is due of it has changed. */
    void moved(Entry entry) {
        up(entry.heapIndex);
        down(entry.heapIndex);
    }

    private void up(int start) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) / 2;
            if (!sooner(index, parent)) {
                return;
            }
            swap(index, parent);
            index = parent;
        }
    }

    private void down(int start) {
        int index = start;
        while (true) {
            int left = 2 * index + 1;
            if (left >= size) {
                return;
            }
            int child = left + 1 < size && sooner(left + 1, left) ? left + 1 : left;
            if (!sooner(child, index)) {
                return;
            }
            swap(index, child);
            index = child;
        }
    }

    private boolean sooner(int a, int b) {
        return at(a).dueNanos - at(b).dueNanos < 0;
    }

    private void swap(int a, int b) {
        Entry first = at(a);
        place(at(b), a);
        place(first, b);
    }

    private Entry at(int index) {
        Entry entry = heap[index];
        if (entry == null) {
            throw new IllegalStateException("no entry at " + index);
        }
        return entry;
    }

    private void place(Entry entry, int index) {
        heap[index] = entry;
        entry.heapIndex = index;
    }
}
