package dev.exai.testkit.fault;

/** What goes wrong at a step of a call. */
public enum Fault {
    /** The code that takes the step, of a provider, a selector or a tool, throws an exception that nobody foresaw. */
    THROW,
    /** That code throws an {@link Error}. */
    ERROR,
    /** Whoever should take the step never does; whoever was told to stop does not. */
    HANG,
    /** The call is cancelled. */
    CANCEL,
    /** The call's deadline passes. */
    DEADLINE,
    /** The session is closed. */
    SESSION_CLOSE,
    /** The executors, for code of users and for the library's own steps, take nothing any more. */
    EXECUTOR_REJECTION,
    /** The thread is interrupted that waits for the call; in virtual time, the one that takes the step. */
    INTERRUPT,
    /** A listener of the call and a listener of all events throw whenever they are told something. */
    LISTENER_THROWS,
    /** Aborting the exchange works, and throws. */
    ABORT_THROWS,
    /** Aborting the exchange works, and does not return. */
    ABORT_BLOCKS;

    /** Whether it comes from outside at a moment that can be chosen, and is not a way to take the step itself. */
    boolean isFromOutside() {
        return switch (this) {
            case CANCEL, DEADLINE, SESSION_CLOSE, EXECUTOR_REJECTION, INTERRUPT -> true;
            default -> false;
        };
    }

    boolean isOfAbort() {
        return this == ABORT_THROWS || this == ABORT_BLOCKS;
    }

    boolean isThrown() {
        return this == THROW || this == ERROR;
    }
}
