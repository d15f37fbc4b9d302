package dev.exai.run.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Thrown when a store could not do what was asked; nothing was written then, or nobody knows. */
public final class RunStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the caller can do about it. */
    public enum Kind {
        /** It cannot be reached, or is too busy: the same write may succeed later. */
        DOWN,
        /** It has no room: the same write may succeed once somebody has made some. */
        FULL,
        /** Somebody else has taken the run over, or its id was in use: this one must stop writing. */
        TAKEN_OVER,
        /** It refuses, and will again. */
        REFUSED
    }

    private final Kind kind;

    /**
     * Creates the exception.
     *
     * @param kind what the caller can do about it
     * @param message what happened, without content of runs and without secrets
     * @param cause why, or null
     */
    public RunStoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** {@return what the caller can do about it} */
    public Kind kind() {
        return kind;
    }

    /** {@return whether the same write may succeed later} */
    public boolean isRetryable() {
        return kind == Kind.DOWN || kind == Kind.FULL;
    }
}
