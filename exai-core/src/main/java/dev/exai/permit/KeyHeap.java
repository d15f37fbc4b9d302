package dev.exai.permit;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A heap by numbers, each of which stands for a member; what the members are, and where each notes its place, is the
 * subclass's. A member that changes moves in a logarithmic number of steps, and one that ends leaves no garbage. Guarded
 * by the pool's lock.
 *
 * <p>The numbers stand side by side in an array of their own, four below each one, so that finding the least of the four
 * looks at one piece of memory and at no member.
 */
abstract class KeyHeap {
    /*
     * Invariant  keys[i] is not after keys[4i + 1] to keys[4i + 4]; of equal ones the subclass says which is before.
     *            Keys are compared by their difference, so they may be times of a clock that wraps around.
     * Moves      A member that is put in or moved is held aside, while others move into the hole that it leaves.
     */

    /** The place of what is in no heap. */
    static final int NOWHERE = -1;

    private static final int FAN = 4;

    private long[] keys;
    private int size;

    KeyHeap(int capacity) {
        this.keys = new long[capacity];
    }

    /** Makes room for so many members. */
    abstract void reserve(int capacity);

    /** Moves a member to a place that is free, and has it note that. */
    abstract void move(int from, int to);

    /** {@return of two with equal keys, less than 0 if the one that is held aside is before that at a place} */
    abstract int compareHeld(int place);

    /** {@return whether, of two with equal keys, the first is before the second} */
    abstract boolean isBefore(int place, int other);

    final boolean isEmpty() {
        return size == 0;
    }

    final int size() {
        return size;
    }

    /** {@return the key at a place} Places are from 0 to the size, the least at 0, else in no order that means anything. */
    final long keyAt(int place) {
        return keys[place];
    }

    /** Makes room for one more, with this key; {@return where to put it} */
    final int placeForNew(long key) {
        if (size == keys.length) {
            int capacity = size + size / 8 + 4; // there may be many: little of it is to be empty
            keys = Arrays.copyOf(keys, capacity);
            reserve(capacity);
        }
        return placeUpFrom(size++, key);
    }

    /** Finds a place for the one held aside, whose own is free and who has this key now; {@return where to put it} */
    final int placeForMoved(int place, long key) {
        int above = placeUpFrom(place, key);
        return above == place ? placeDownFrom(place, key) : above;
    }

    /** Takes out the last place; {@return its key} The one that stood there is held aside, or is the one to go. */
    final long takeLast() {
        return keys[--size];
    }

    /** Visits places from the top, and those below each one for which the visitor says so. */
    final void forEachFrom(int place, IntPredicate visitor) { // as deep as the heap is: a logarithm
        if (place < size && visitor.test(place)) {
            for (int below = FAN * place + 1; below <= FAN * place + FAN; below++) {
                forEachFrom(below, visitor);
            }
        }
    }

    private int placeUpFrom(int start, long key) {
        int place = start;
        while (place > 0) {
            int above = (place - 1) / FAN;
            long difference = key - keys[above];
            if (difference > 0 || (difference == 0 && compareHeld(above) >= 0)) {
                break;
            }
            moveWithKey(above, place);
            place = above;
        }
        keys[place] = key;
        return place;
    }

    private int placeDownFrom(int start, long key) {
        int place = start;
        for (int first = FAN * place + 1; first < size; first = FAN * place + 1) {
            int least = least(first);
            long difference = keys[least] - key;
            if (difference > 0 || (difference == 0 && compareHeld(least) <= 0)) {
                break;
            }
            moveWithKey(least, place);
            place = least;
        }
        keys[place] = key;
        return place;
    }

    private int least(int first) {
        int least = first;
        int end = Math.min(first + FAN, size);
        for (int place = first + 1; place < end; place++) {
            long difference = keys[place] - keys[least];
            if (difference < 0 || (difference == 0 && isBefore(place, least))) {
                least = place;
            }
        }
        return least;
    }

    private void moveWithKey(int from, int to) {
        keys[to] = keys[from];
        move(from, to);
    }
}
