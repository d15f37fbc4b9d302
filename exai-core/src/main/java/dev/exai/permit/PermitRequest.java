package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request for a permit, from the moment it is made to the moment its permit is back.
 *
 * <p>Request and permit are one unit with one state, so nothing can be granted to a request that has ended, and
 * ending the request gives back whatever it was granted. Safe for use by many threads.
 */
public final class PermitRequest {
    /*
     * State      NEW -> QUEUED -> HELD -> RETURNED, or NEW -> LEFT, or QUEUED -> LEFT, or HELD -> REVOKED. Nothing else,
     *            nothing twice.
     * Owner      Every field below is guarded by the pool's lock. `state` and `failure` are volatile so that they can
     *            be read without it; they are written under it. `cancelled` is only ever set, by the owner.
     * Hand-off   HELD begins when the ledger counts the unit, before the listener hears of it. A request that is
     *            cancelled in between goes HELD -> RETURNED, and the delivery finds it so and tells nobody.
     */

    /** Where a request stands. */
    public enum State {
        /** It has not been submitted. */
        NEW,
        /** It waits, and holds nothing. */
        QUEUED,
        /** It holds one unit at each level. */
        HELD,
        /** It held, and has given back. */
        RETURNED,
        /** It held for too long, and its units were taken back. */
        REVOKED,
        /** It ended without a permit: refused, cancelled, timed out, or its session or pool closed. */
        LEFT
    }

    /**
     * Is told how a request ends, on the pool's executor and outside its lock. With the default executor that is the
     * thread whose action ended it, which may still be inside {@link PermitPool#request}.
     */
    public interface Listener {
        /**
         * Takes the permit. Not called if the request was cancelled first. If this throws, the permit goes back.
         *
         * @param permit the permit, to be closed
         */
        void granted(Permit permit);

        /**
         * Takes the reason why there will be no permit. Not called after {@link PermitRequest#cancel}.
         *
         * @param failure the reason: timed out, session closed, pool closed
         */
        void failed(ExaiException failure);
    }

    private final PermitPool pool;
    private final PermitPath path;
    final CallContext context;
    final @Nullable Listener listener;
    final @Nullable Thread waiter;

    volatile State state = State.NEW;
    volatile @Nullable ExaiException failure;

    /** Whether its owner ended it: from then on its owner is told nothing. */
    volatile boolean cancelled;

    /** Links of the lane's queue while QUEUED, of the ledger's list of holders while HELD. */
    @Nullable
    PermitRequest previous;

    @Nullable
    PermitRequest next;

    /** Its lane, from the moment it is queued. */
    @Nullable
    Lane lane;

    long arrival;
    long queuedAtNanos;
    long heldSinceNanos;

    /** How many grants overtook this request while it was the head of its lane. */
    int overtaken;

    /** The number of its grant, which no other grant of the pool has: larger for a later one. */
    long fence;

    /** When the next thing is due: the deadline while it waits; while it holds, to be looked at again. */
    long dueNanos;

    /** Whether its owner has been told that it holds for too long. */
    boolean suspect;

    /** Whether its owner has given it back after it was revoked. */
    boolean returnedLate;

    /** What its owner wants done when it holds for too long. */
    @Nullable
    Runnable onOverdue;

    /** When its owner last said that it is in use; written without the lock. */
    volatile long touchedNanos;

    /** Its place in the heap of deadlines, or -1. */
    int heapIndex = -1;

    PermitRequest(
            PermitPool pool,
            PermitPath path,
            CallContext context,
            @Nullable Listener listener,
            @Nullable Thread waiter) {
        this.pool = pool;
        this.path = Objects.requireNonNull(path, "path");
        this.context = Objects.requireNonNull(context, "context");
        this.listener = listener;
        this.waiter = waiter;
    }

    /** {@return the path that it asks for} */
    public PermitPath path() {
        return path;
    }

    /** Its lane, once it has been queued. */
    Lane lane() {
        return Objects.requireNonNull(lane, "not queued yet");
    }

    /**
     * Makes a request that {@link PermitPool#prepare} prepared. If it was cancelled in the meantime, or has been made
     * already, this does nothing.
     *
     * @throws dev.exai.error.ExaiException as {@link PermitPool#request} does; nothing is held
     */
    public void submit() {
        pool.submit(this, false);
    }

    /** {@return where it stands now} */
    public State state() {
        return state;
    }

    /**
     * {@return why it has no permit: what it would fail with if its deadline were now, or has failed with; empty if it
     * has one, had one, or was cancelled}
     */
    public Optional<ExaiException> trouble() {
        return state == State.QUEUED ? pool.describeWait(this) : Optional.ofNullable(failure);
    }

    /**
     * Ends this request, wherever it stands: it leaves the queue, or gives back the permit that it was granted, also
     * one that is still on its way to the listener or that the listener already has. When this returns it holds
     * nothing and never will. Calling it again changes nothing.
     */
    public void cancel() {
        cancelled = true;
        end();
    }

    void touch() {
        pool.touch(this);
    }

    void onOverdue(Runnable action) {
        pool.onOverdue(this, Objects.requireNonNull(action, "action"));
    }

    /** Ends this request on the pool's own account: its owner is still told why. */
    void end() {
        pool.end(this);
    }

    @Override
    public String toString() {
        return "PermitRequest[" + path + ", " + context.callId() + ", " + state + "]";
    }
}
