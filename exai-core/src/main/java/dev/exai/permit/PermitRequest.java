package dev.exai.permit;

import dev.exai.error.ExaiException;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.Optional;

/**
 * One request for a permit, from the moment it is made to the moment its permit is back.
 *
 * <p>Request and permit are one unit with one state, so nothing can be granted to a request that has ended, and ending
 * the request gives back whatever it was granted. Safe for use by many threads.
 *
 * <p>Whoever is granted keeps the request or the {@link Permit}: if both become unreachable, nobody can give the permit
 * back any more, and the pool reclaims it.
 */
public final class PermitRequest {
    /*
     * A handle of an entry of the ledger: the pool keeps the entry of a permit that is out, but not this, so it finds
     * out when nobody has this any more. What ends an entry keeps this reachable until it is done.
     */

    /** Where a request stands. */
    public enum State {
        /** It has not been submitted. */
        NEW(0),
        /** It waits, and holds nothing. */
        QUEUED(1),
        /** It holds one unit at each level. */
        HELD(2),
        /** It held, and has given back. */
        RETURNED(3),
        /** It held for too long, and its units were taken back. */
        REVOKED(4),
        /** It held, nobody could give back any more, and its units were taken back. */
        RECLAIMED(5),
        /** It ended without a permit: refused, cancelled, timed out, or its session or pool closed. */
        LEFT(6);

        private static final State[] BY_CODE = values();

        /** Its place above, in a byte: there may be many requests that wait. */
        private final byte code;

        State(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        static State of(byte code) {
            return BY_CODE[code];
        }
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
         * @param failure the reason: timed out, session closed, pool closed; or revoked, if its lease ended before this
         *     listener could be told of its grant
         */
        void failed(ExaiException failure);
    }

    final Entry entry;

    PermitRequest(Entry entry) {
        this.entry = entry;
        entry.keep(this);
    }

    /** {@return the path that it asks for} */
    public PermitPath path() {
        return entry.path;
    }

    /**
     * Makes a request that {@link PermitPool#prepare} prepared. If it was cancelled in the meantime, or has been made
     * already, this does nothing.
     *
     * @throws dev.exai.error.ExaiException as {@link PermitPool#request} does; nothing is held
     */
    public void submit() {
        entry.pool().submit(entry, false);
    }

    /** {@return where it stands now} */
    public State state() {
        return entry.state();
    }

    /**
     * {@return why it has no permit: what it would fail with if its deadline were now, or has failed with; empty if it
     * has one, had one, or was cancelled}
     */
    public Optional<ExaiException> trouble() {
        return state() == State.QUEUED ? entry.pool().describeWait(entry) : Optional.ofNullable(entry.failure());
    }

    /**
     * Ends this request, wherever it stands: it leaves the queue, or gives back the permit that it was granted, also
     * one that is still on its way to the listener or that the listener already has. When this returns it holds
     * nothing and never will. Calling it again changes nothing.
     */
    public void cancel() {
        entry.cancelled();
        end();
    }

    void touch() {
        try {
            entry.pool().touch(entry);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    void onOverdue(Runnable action) {
        try {
            entry.pool().onOverdue(entry, Objects.requireNonNull(action, "action"));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    void reportCongestion() {
        try {
            entry.pool().congested(entry);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    void settle(long tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens < 0: " + tokens);
        }
        entry.pool().settle(entry, tokens);
    }

    /** Ends this request on the pool's own account: its owner is still told why. */
    void end() {
        try {
            entry.pool().end(entry);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
