package dev.exai.permit;

import java.lang.reflect.Array;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries that came in the order in which they are due, as nearly all do: to add one, to take one out and to see the
 * first takes a step each, however many there are. Guarded by the pool's lock.
 */
final class DueRun {
    /*
     * Invariant  In a ring, from the first to the last: keys ascend, both ends are taken, and of those between no more
     *            are free than are taken, and a few. So to pass over the free ones costs each removal a step.
     * Places     are numbers that an entry keeps while the ring moves on or grows; an entry notes its own below those of
     *            a heap.
     * Keys       Of one that waits the key is its deadline, which it keeps itself: there may be many. Of one that holds it is
     *            when it is to be looked at, which is kept here.
     * Barriers   To take an entry out writes a null, for which no collector wants a barrier: a reference to a young entry
     *            from this old array would cost one, with a fence.
     */
    private static final int PLACES = (1 << 30) - 1; // a mask
    private static final int FREE_AT_LEAST = 16;

    private static final int INITIAL_CAPACITY = 16;

    private final boolean isOfWaiting;

    /** None where they stand in the entries. */
    private long[] keys;

    private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];
    private int firstIndex;
    private int firstPlace;

    /** From the first to the last, with the free ones between. */
    private int span;

    private int size;

    private DueRun(boolean isOfWaiting, int firstPlace) {
        this.isOfWaiting = isOfWaiting;
        this.keys = new long[isOfWaiting ? 0 : INITIAL_CAPACITY];
        this.firstPlace = firstPlace & PLACES;
    }

    /** {@return one for entries that wait, whose places begin with a number} */
    static DueRun ofWaiting(int firstPlace) {
        return new DueRun(true, firstPlace);
    }

    /** {@return one for entries that hold, whose places begin with a number} */
    static DueRun ofHolding(int firstPlace) {
        return new DueRun(false, firstPlace);
    }

    /** {@return whether an entry is in a run, by the place that it notes} */
    static boolean has(Entry entry) {
        return entry.heapIndex < KeyHeap.NOWHERE;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** {@return how many places there are from the first to the last, free ones too; for tests} */
    int span() {
        return span;
    }

    /** {@return whether one that is due then would come in order} */
    boolean takes(long dueNanos) {
        return size == 0 || dueNanos - keyAt(index(span - 1)) >= 0;
    }

    void append(Entry entry, long dueNanos) {
        if (span == entries.length) {
            makeRoom();
        }
        put(entry, dueNanos, span++);
        size++;
    }

    void remove(Entry entry) {
        entries[index(offset(entry))] = null;
        entry.heapIndex = KeyHeap.NOWHERE;
        size--;
        while (span > 0 && entries[firstIndex] == null) {
            firstIndex = index(1);
            firstPlace = (firstPlace + 1) & PLACES;
            span--;
        }
        while (span > 0 && entries[index(span - 1)] == null) {
            span--;
        }
        if (span > 2 * size + FREE_AT_LEAST) {
            closeRanks();
        }
    }

    Entry first() {
        return Objects.requireNonNull(entries[firstIndex], "empty");
    }

    long firstDueNanos() {
        return keyAt(firstIndex);
    }

    /** {@return when this entry is due} */
    long dueNanos(Entry entry) {
        return keyAt(index(offset(entry)));
    }

    private long keyAt(int index) {
        return isOfWaiting
                ? Objects.requireNonNull(entries[index], "no entry there").deadlineNanos()
                : keys[index];
    }

    void forEach(Consumer<Entry> visitor) {
        for (int offset = 0; offset < span; offset++) {
            Entry entry = entries[index(offset)];
            if (entry != null) {
                visitor.accept(entry);
            }
        }
    }

    /** Makes room at the end: where a quarter is free by closing ranks, else by growing. */
    private void makeRoom() {
        if (size <= entries.length / 4 * 3) {
            closeRanks();
        } else {
            int capacity = entries.length + entries.length / 8 + 4; // there may be many: little of it is to be empty
            entries = moved(entries, new Entry[capacity]);
            keys = isOfWaiting ? keys : moved(keys, new long[capacity]);
            firstIndex = 0;
        }
    }

    /** Copies a ring to the start of a larger one. */
    @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same kind
    private <T> T moved(T from, T to) {
        int upToEnd = Array.getLength(from) - firstIndex;
        System.arraycopy(from, firstIndex, to, 0, upToEnd);
        System.arraycopy(from, 0, to, upToEnd, firstIndex);
        return to;
    }

    private void closeRanks() {
        int to = 0;
        for (int offset = 0; offset < span; offset++) {
            int index = index(offset);
            Entry entry = entries[index];
            if (entry != null) {
                entries[index] = null;
                put(entry, isOfWaiting ? entry.deadlineNanos() : keys[index], to++);
            }
        }
        span = size;
    }

    private void put(Entry entry, long key, int offset) {
        int index = index(offset);
        if (isOfWaiting) {
            entry.deadlineNanos(key);
        } else {
            keys[index] = key;
        }
        entries[index] = entry;
        entry.heapIndex = KeyHeap.NOWHERE - 1 - ((firstPlace + offset) & PLACES);
    }

    private int offset(Entry entry) {
        return (KeyHeap.NOWHERE - 1 - entry.heapIndex - firstPlace) & PLACES;
    }

    private int index(int offset) {
        int index = firstIndex + offset;
        return index < entries.length ? index : index - entries.length;
    }
}
