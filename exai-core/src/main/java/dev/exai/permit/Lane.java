package dev.exai.permit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one session at one provider, and at one model where models have limits: those that hold, as a count,
 * and those that wait, first come first served. Guarded by the pool's lock.
 *
 * <p>Invariant: it is listed with its group while it has a head that its own session does not stand in the way of; with
 * the class that says where its session holds something.
 */
final class Lane {
    final Share share;
    final LaneGroup group;

    /** Its places in the heaps of its group, or -1: one for each order. */
    final int[] places = new int[LaneHeap.Order.COUNT];

    int used;
    int waiting;

    /** When this lane was last granted something, in grants of the whole pool; the least is the least recent. */
    long lastServed;

    /** How many grants overtook its head, since that is the head. */
    int overtaken;

    /** Which of the classes of its group it is listed in, or -1 while it is not listed. */
    int listedIn = -1;

    /** Whether the pool still has it: not once its session was forgotten, or its lanes were drawn anew. */
    boolean live = true;

    @Nullable
    Entry head;

    private @Nullable Entry tail;

    Lane(Share share, LaneGroup group) {
        this.share = share;
        this.group = group;
        Arrays.fill(places, IndexedHeap.NOWHERE);
    }

    SessionState session() {
        return share.session;
    }

    ProviderState provider() {
        return share.provider;
    }

    /** {@return the number of the head's arrival} */
    long arrival() {
        return head == null ? Long.MAX_VALUE : head.sequence;
    }

    /** {@return whether nothing but units of the provider, of its model and of the pool stands in its head's way} */
    boolean isReady() {
        return head != null && share.session.level.free() >= 1 && share.level.free() >= 1;
    }

    boolean isServedBefore(Lane other) {
        int byShare = compareShares(used, share.session.weight, other.used, other.share.session.weight);
        if (byShare != 0) {
            return byShare < 0;
        }
        if (lastServed != other.lastServed) {
            return lastServed < other.lastServed;
        }
        return arrival() < other.arrival();
    }

    /** As {@link #isServedBefore}, but what the whole session has in use comes first. */
    boolean isServedBeforeWhereThePoolIsScarce(Lane other) {
        SessionState a = share.session;
        SessionState b = other.share.session;
        int byShare = compareShares(a.level.used, a.weight, b.level.used, b.weight);
        return byShare == 0 ? isServedBefore(other) : byShare < 0;
    }

    private static int compareShares(long usedA, long weightA, long usedB, long weightB) {
        return Long.compare(usedA * weightB, usedB * weightA);
    }

    void append(Entry entry) {
        entry.previous = tail;
        entry.next = null;
        if (tail == null) {
            head = entry;
            overtaken = 0;
        } else {
            tail.next = entry;
        }
        tail = entry;
        waiting++;
        share.session.waiting++;
        share.provider.waiting++;
    }

    /** Takes a waiting request out, wherever it stands: no garbage is left behind. */
    void remove(Entry entry) {
        if (entry.previous == null) {
            head = entry.next;
            overtaken = 0;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            tail = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
        waiting--;
        share.session.waiting--;
        share.provider.waiting--;
    }

    @Override
    public String toString() {
        return share + (group.level == null ? "" : " with " + group.level.name);
    }
}
