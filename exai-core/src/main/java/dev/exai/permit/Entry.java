package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
import dev.exai.permit.PermitRequest.State;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A line of the ledger: one request for a permit, from the moment it is made to the moment its permit is back.
 *
 * <p>Request and permit are one entry with one state, so nothing can be granted to a request that has ended, and ending
 * it gives back whatever it was granted.
 */
class Entry {
    /*
     * State      NEW -> QUEUED -> HELD -> RETURNED, or NEW -> LEFT, or QUEUED -> LEFT, or HELD -> REVOKED, or
     *            HELD -> RECLAIMED. Nothing else, nothing twice.
     * Owner      Every field below is guarded by the pool's lock. `state` and `owner` can be read without it, and are
     *            written under it; `cancelled` is only ever set, by the owner; while it holds,
     *            `deadlineOrTouchedNanos` is written by the owner.
     *            These four are written with release and read with acquire order: who sees the state of an entry sees
     *            what was written before it, and no store waits for all others to be seen. `place` can be read
     *            without the lock too: a pool and a lane both lead to the same pool, by fields that are final.
     * Hand-off   HELD begins when the ledger counts the unit, before the owner hears of it. A request that is cancelled
     *            in between goes HELD -> RETURNED, and the delivery finds it so and tells nobody.
     * Handle     Until it holds, it keeps its handle, which its listener will want. From then on it must not: a handle
     *            that nobody else keeps is a permit that nobody can give back, and is found by its reference.
     * Size       80 bytes. There may be many that wait, so fields that are never in use at once share a place.
     * Reach      What a grant and a return need stands here. The context was made before, by others, and may be far away
     *            in memory: to fetch it took up to a quarter of a grant.
     */

    private static final VarHandle STATE;
    private static final VarHandle OWNER;
    private static final VarHandle CANCELLED;
    private static final VarHandle TOUCHED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Entry.class, "state", byte.class);
            OWNER = lookup.findVarHandle(Entry.class, "owner", Object.class);
            CANCELLED = lookup.findVarHandle(Entry.class, "cancelled", boolean.class);
            TOUCHED = lookup.findVarHandle(Entry.class, "deadlineOrTouchedNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int SUSPECT = 1;
    private static final int RETURNED_LATE = 2;
    private static final int DELIVERED = 4;
    private static final int SETTLED = 8;
    private static final int CHARGED = 16;

    final PermitPath path;
    final CallContext context;

    /** The handle while it is new or waits; the reference that finds it dropped while it holds; then null. */
    private @Nullable Object handle;

    /**
     * Whom to tell: while it waits the listener or the thread, while it holds what its owner wants done when it is
     * overdue; after it has left without a permit, why.
     */
    @SuppressWarnings("UnusedVariable") // read through its VarHandle
    private @Nullable Object owner;

    @SuppressWarnings("UnusedVariable") // read through its VarHandle
    private byte state; // NEW has code 0

    /** Whether its owner ended it: from then on its owner is told nothing. */
    @SuppressWarnings("UnusedVariable") // read through its VarHandle
    private boolean cancelled;

    private byte marks;

    /** Links of the lane's queue, while it waits. */
    @Nullable
    Entry previous;

    @Nullable
    Entry next;

    /** The next one with a call of the same bucket, while it is in the index of calls. */
    @Nullable
    Entry nextOfBucket;

    /** The pool; from the moment it is queued or granted its lane there, which knows the pool. */
    private Object place;

    /** The end of its call's number: where it is found in the index of calls. */
    final int callHash;

    /** Its place in the heap of those that wait, or of those that hold. */
    int heapIndex = KeyHeap.NOWHERE;

    /** While it waits the number of its arrival; from its grant on the number of that, which is its fence. */
    long sequence;

    /** Since when it waits, or holds. */
    long sinceNanos;

    /** While it waits its deadline; from its grant on when its owner last said that it is in use. */
    @SuppressWarnings("UnusedVariable") // read through its VarHandle
    private long deadlineOrTouchedNanos;

    Entry(PermitPool pool, PermitPath path, CallContext context, @Nullable Object owner) {
        this.place = Objects.requireNonNull(pool, "pool");
        this.path = Objects.requireNonNull(path, "path");
        this.context = Objects.requireNonNull(context, "context");
        this.callHash = CallIndex.hash(context);
        this.owner = owner;
    }

    /** {@return the pool that it is for} */
    PermitPool pool() {
        return place instanceof Lane lane ? lane.session().ledger.pool : (PermitPool) place;
    }

    /** {@return how many tokens it asks for, to be taken from the provider's budget} */
    int tokens() {
        return 0;
    }

    State state() {
        return State.of((byte) STATE.getAcquire(this));
    }

    void state(State value) {
        STATE.setRelease(this, value.code());
    }

    boolean isIn(State value) {
        return (byte) STATE.getAcquire(this) == value.code();
    }

    boolean isCancelled() {
        return (boolean) CANCELLED.getAcquire(this);
    }

    void cancelled() {
        CANCELLED.setRelease(this, true);
    }

    /** {@return its deadline} Known while it waits. */
    long deadlineNanos() {
        return (long) TOUCHED.getAcquire(this);
    }

    void deadlineNanos(long value) {
        TOUCHED.setRelease(this, value);
    }

    /** {@return when its owner last said that it is in use} Known while it holds. */
    long touchedNanos() {
        return (long) TOUCHED.getAcquire(this);
    }

    void touchedNanos(long value) {
        TOUCHED.setRelease(this, value);
    }

    /** Its lane, once it has been queued or granted. */
    Lane lane() {
        return (Lane) place;
    }

    boolean hasLane() {
        return place instanceof Lane;
    }

    void lane(Lane value) {
        place = value;
    }

    @Nullable
    Object owner() {
        return OWNER.getAcquire(this);
    }

    void owner(@Nullable Object value) {
        OWNER.setRelease(this, value);
    }

    /** {@return why it left without a permit, if it did so for a reason} */
    @Nullable
    ExaiException failure() {
        return owner() instanceof ExaiException failure ? failure : null;
    }

    boolean isSuspect() {
        return (marks & SUSPECT) != 0;
    }

    void suspect(boolean value) {
        marks = (byte) (value ? marks | SUSPECT : marks & ~SUSPECT);
    }

    boolean isReturnedLate() {
        return (marks & RETURNED_LATE) != 0;
    }

    void returnedLate() {
        marks |= RETURNED_LATE;
    }

    /** Notes that its grant took something from a budget. */
    void charged() {
        marks |= CHARGED;
    }

    /** {@return whether its grant took something from a budget that its owner has not heard of} */
    boolean isRefundable() {
        return (marks & (CHARGED | DELIVERED)) == CHARGED;
    }

    /** Notes that its owner hears of its grant: what that took from a budget is spent from then on. */
    void delivered() {
        marks |= DELIVERED;
    }

    /** {@return whether what it used is to be settled: its owner has heard of its charge, and did not settle it before} */
    boolean settle() {
        boolean first = (marks & (CHARGED | DELIVERED | SETTLED)) == (CHARGED | DELIVERED);
        if (first) {
            marks |= SETTLED;
        }
        return first;
    }

    // The handle

    void keep(PermitRequest request) {
        handle = request;
    }

    /** Keeps its handle no longer, and has it reported if nobody else does. */
    PermitRequest letGo(ReferenceQueue<PermitRequest> dropped) {
        PermitRequest request = (PermitRequest) Objects.requireNonNull(handle, "handle");
        handle = new HandleRef(request, this, dropped);
        return request;
    }

    void forgetHandle() {
        handle = null;
    }

    /** {@return the reference to its handle, while it holds} */
    @Nullable
    HandleRef reference() {
        return handle instanceof HandleRef reference ? reference : null;
    }

    /** {@return whether nobody has the handle any more} */
    boolean isLost() {
        HandleRef reference = reference();
        return reference != null && reference.get() == null;
    }

    @Override
    public String toString() {
        return "PermitRequest[" + path + ", " + context.callId() + ", " + state() + "]";
    }

    /** One that asks for tokens as well. */
    static final class Metered extends Entry {
        private final int tokens;

        Metered(PermitPool pool, PermitPath path, CallContext context, @Nullable Object owner, int tokens) {
            super(pool, path, context, owner);
            this.tokens = tokens;
        }

        @Override
        int tokens() {
            return tokens;
        }
    }
}
