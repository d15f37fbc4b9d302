package dev.exai.run.store;

/** How far a task has come. */
public enum TaskState {
    /** Nobody has begun. */
    NOT_STARTED,
    /** It is under way, or waits to be taken up again. */
    IN_PROGRESS,
    /** It ended well. */
    DONE,
    /** Somebody called it off. */
    CANCELLED,
    /** It ended without what was asked for. */
    FAILED;

    /** {@return whether it has ended} */
    public boolean isEnded() {
        return compareTo(DONE) >= 0;
    }
}
