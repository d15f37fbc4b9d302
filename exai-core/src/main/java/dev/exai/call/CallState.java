package dev.exai.call;

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
}
