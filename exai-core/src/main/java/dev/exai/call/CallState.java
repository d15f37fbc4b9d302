package dev.exai.call;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Where a call stands. */
public enum CallState {
    /** A model is being chosen. Holds nothing. */
    RESOLVING,
    /** It waits for a permit, or a tool for its turn. Holds nothing. */
    QUEUED,
    /** An attempt is under way, or a tool is running. */
    RUNNING,
    /** It waits before its next attempt. Holds nothing. */
    BACKING_OFF,
    /** It ended well. */
    SUCCEEDED,
    /** It failed. */
    FAILED,
    /** It was cancelled. */
    CANCELLED,
    /** Its deadline passed. */
    DEADLINE_EXCEEDED;

    /** {@return whether a call in this state has ended, and holds nothing} */
    public boolean isTerminal() {
        return compareTo(SUCCEEDED) >= 0;
    }

    /**
     * {@return the states that a call can go to from this one: none from a terminal one; a set that cannot be changed}
     *
     * <p>A chat call begins in {@link #RESOLVING} and a tool's in {@link #QUEUED}. A tool's never backs off. A chat call goes
     * from {@link #RUNNING} back to {@link #QUEUED} when it falls back to another model, and waits in {@link #BACKING_OFF}
     * for a sick provider's next probe too.
     */
    public Set<CallState> next() {
        return switch (this) {
            case RESOLVING -> oneOf(QUEUED, BACKING_OFF, FAILED, CANCELLED, DEADLINE_EXCEEDED);
            case QUEUED -> oneOf(RUNNING, BACKING_OFF, FAILED, CANCELLED, DEADLINE_EXCEEDED);
            case RUNNING -> oneOf(QUEUED, BACKING_OFF, SUCCEEDED, FAILED, CANCELLED, DEADLINE_EXCEEDED);
            case BACKING_OFF -> oneOf(QUEUED, FAILED, CANCELLED, DEADLINE_EXCEEDED);
            case SUCCEEDED, FAILED, CANCELLED, DEADLINE_EXCEEDED -> Set.of();
        };
    }

    private static Set<CallState> oneOf(CallState first, CallState... others) {
        return Collections.unmodifiableSet(EnumSet.of(first, others));
    }
}
