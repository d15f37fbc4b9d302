package dev.exai.permit;

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

    /** Those of its share, which are asked for at each step of a request. */
    private final SessionState session;

    private final ProviderState provider;

    /** The levels of its share and its session; that of its provider is in the group. */
    private final Level ofShare;

    private final Level ofSession;

    /** Its number in its group. */
    final int number;

    /** The weight of its session. */
    int weight;

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
        this.session = share.session;
        this.provider = share.provider;
        this.ofShare = share.level;
        this.ofSession = share.session.level;
        this.weight = share.session.weight;
        this.number = group.numbers.take(this);
    }

    SessionState session() {
        return session;
    }

    ProviderState provider() {
        return provider;
    }

    /** {@return the number of the head's arrival} */
    long arrival() {
        return head == null ? Long.MAX_VALUE : head.sequence;
    }

    /** {@return whether nothing but units of the provider, of its model and of the pool stands in its head's way} */
    boolean isReady() {
        return head != null && ofSession.free() >= 1 && ofShare.free() >= 1;
    }

    boolean isServedBefore(Lane other) {
        return compareTurns(this, other) < 0;
    }

    /** {@return less than 0 if the first is served before the second} */
    static int compareTurns(Lane a, Lane b) {
        int byShare = compareShares(a.used, a.weight, b.used, b.weight);
        if (byShare != 0) {
            return byShare;
        }
        int byService = Long.compare(a.lastServed, b.lastServed);
        return byService != 0 ? byService : Long.compare(a.arrival(), b.arrival());
    }

    /** As {@link #isServedBefore}, but what the whole session has in use comes first. */
    boolean isServedBeforeWhereThePoolIsScarce(Lane other) {
        int byShare = compareShares(ofSession.used, weight, other.ofSession.used, other.weight);
        return byShare == 0 ? isServedBefore(other) : byShare < 0;
    }

    private static int compareShares(long usedA, long weightA, long usedB, long weightB) {
        return Long.compare(usedA * weightB, usedB * weightA);
    }

    /** {@return whether its session holds something, in this lane or another of the same provider} */
    boolean isInUseAtProvider() {
        return ofShare.used > 0;
    }

    boolean isSessionInUse() {
        return ofSession.used > 0;
    }

    /** Counts a unit as out, or as back, at all of its levels but that of the pool. */
    void count(int units) {
        used += units;
        ofShare.used += units;
        ofSession.used += units;
        if (group.level != null) {
            group.level.used += units;
        }
        provider.level.used += units;
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
        session.waiting++;
        provider.waiting++;
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
        session.waiting--;
        provider.waiting--;
    }

    @Override
    public String toString() {
        return share + (group.level == null ? "" : " with " + group.level.name);
    }
}
