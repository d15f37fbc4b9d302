package dev.exai.permit;

import java.util.Arrays;

/**
 * Lanes, by their numbers, that came in the order that they are to have: to add one at the end, to take any one out and to
 * see the first takes a step each, however many there are. Guarded by the pool's lock.
 */
final class LaneRun {
    /*
     * Invariant  A list from `first` to `last` whose keys ascend, linked by numbers: a link that is a reference would cost
     *            a barrier of the collector. A lane that is not in it has ABSENT as the one before it.
     */

    /** The number of no lane. */
    static final int NONE = -1;

    private static final int ABSENT = -2;

    private long[] keys = {};
    private int[] next = {};
    private int[] previous = {};
    private int first = NONE;
    private int last = NONE;
    private int size;

    int size() {
        return size;
    }

    boolean contains(int number) {
        return number < previous.length && previous[number] != ABSENT;
    }

    /** {@return the number of the first lane, or {@link #NONE}} */
    int first() {
        return first;
    }

    /** {@return the number of the last lane, or {@link #NONE}} */
    int last() {
        return last;
    }

    /** {@return the number of the lane after this one, or {@link #NONE}} */
    int after(int number) {
        return next[number];
    }

    long key(int number) {
        return keys[number];
    }

    void append(int number, long key) {
        if (number >= keys.length) {
            makeRoomFor(number);
        }
        keys[number] = key;
        next[number] = NONE;
        previous[number] = last;
        if (last == NONE) {
            first = number;
        } else {
            next[last] = number;
        }
        last = number;
        size++;
    }

    void remove(int number) {
        int before = previous[number];
        int after = next[number];
        if (before == NONE) {
            first = after;
        } else {
            next[before] = after;
        }
        if (after == NONE) {
            last = before;
        } else {
            previous[after] = before;
        }
        previous[number] = ABSENT;
        size--;
    }

    private void makeRoomFor(int number) {
        int capacity = Math.max(number + 4, 2 * keys.length);
        int known = previous.length;
        keys = Arrays.copyOf(keys, capacity);
        next = Arrays.copyOf(next, capacity);
        previous = Arrays.copyOf(previous, capacity);
        Arrays.fill(previous, known, capacity, ABSENT);
    }
}
