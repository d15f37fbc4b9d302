package dev.exai.permit;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap whose members know their places, so that one that changes moves in a logarithmic number of steps, and
 * one that ends leaves no garbage. Guarded by the pool's lock.
 *
 * @param <T> what is in it
 */
abstract class IndexedHeap<T> {
    /** The place of what is in no heap. */
    static final int NOWHERE = -1;

    private @Nullable Object[] heap;
    private int size;

    IndexedHeap(int capacity) {
        this.heap = new Object[capacity];
    }

    abstract boolean isBefore(T a, T b);

    abstract int placeOf(T member);

    abstract void placeAt(T member, int place);

    final boolean isEmpty() {
        return size == 0;
    }

    final int size() {
        return size;
    }

    final @Nullable T first() {
        return size == 0 ? null : at(0);
    }

    /** {@return the member at a place} Places are from 0 to the size, in no order that means anything. */
    @SuppressWarnings("unchecked") // put() is the only one that writes
    final T at(int place) {
        return (T) Objects.requireNonNull(heap[place], "nothing there");
    }

    final void add(T member) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size + size / 2 + 1);
        }
        put(member, size++);
        up(size - 1);
    }

    /** Takes a member out; what is not in it stays out. */
    final void remove(T member) {
        int place = placeOf(member);
        if (place < 0) {
            return;
        }
        placeAt(member, NOWHERE);
        T last = at(--size);
        heap[size] = null;
        if (place != size) {
            put(last, place);
            up(place);
            down(placeOf(last));
        }
    }

    /** Moves a member to where it belongs, after what it is ordered by has changed. */
    final void moved(T member) {
        up(placeOf(member));
        down(placeOf(member));
    }

    private void up(int start) {
        int place = start;
        while (place > 0) {
            int parent = (place - 1) / 2;
            if (!isBefore(at(place), at(parent))) {
                return;
            }
            swap(place, parent);
            place = parent;
        }
    }

    private void down(int start) {
        int place = start;
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && isBefore(at(child + 1), at(child))) {
                child++;
            }
            if (!isBefore(at(child), at(place))) {
                return;
            }
            swap(place, child);
            place = child;
        }
    }

    private void swap(int a, int b) {
        T first = at(a);
        put(at(b), a);
        put(first, b);
    }

    private void put(T member, int place) {
        heap[place] = member;
        placeAt(member, place);
    }
}
