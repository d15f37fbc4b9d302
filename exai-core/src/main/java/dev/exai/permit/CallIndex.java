package dev.exai.permit;

import dev.exai.context.CallContext;
import org.jspecify.annotations.Nullable;

/**
 * The one live request of each call: one that has or awaits a permit. A hash table whose chains run through the entries
 * themselves, so that it costs a waiting request next to nothing. Guarded by the pool's lock.
 */
final class CallIndex {
    private static final int MOST_PER_BUCKET = 1;

    private @Nullable Entry[] buckets = new Entry[16];
    private int size;

    void add(Entry entry) {
        if (++size > MOST_PER_BUCKET * buckets.length) {
            grow();
        }
        put(entry);
    }

    private void put(Entry entry) {
        int bucket = bucket(entry.callHash);
        entry.nextOfBucket = buckets[bucket];
        buckets[bucket] = entry;
    }

    @SuppressWarnings("ReferenceEquality") // an entry is itself only
    void remove(Entry entry) {
        int bucket = bucket(entry.callHash);
        Entry before = null;
        for (Entry other = buckets[bucket]; other != null; other = other.nextOfBucket) {
            if (other == entry) {
                if (before == null) {
                    buckets[bucket] = entry.nextOfBucket;
                } else {
                    before.nextOfBucket = entry.nextOfBucket;
                }
                entry.nextOfBucket = null;
                size--;
                return;
            }
            before = other;
        }
    }

    boolean contains(CallContext call) {
        for (Entry entry = buckets[bucket(hash(call))]; entry != null; entry = entry.nextOfBucket) {
            if (entry.context.number() == call.number()) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return size;
    }

    /** {@return what tells the bucket of a call: its entry keeps it} */
    static int hash(CallContext call) {
        return (int) call.number(); // calls are numbered one after the other
    }

    private int bucket(int hash) {
        return hash & (buckets.length - 1);
    }

    private void grow() {
        @Nullable Entry[] old = buckets;
        buckets = new Entry[2 * old.length];
        for (Entry first : old) {
            Entry entry = first;
            while (entry != null) {
                Entry next = entry.nextOfBucket;
                put(entry);
                entry = next;
            }
        }
    }
}
