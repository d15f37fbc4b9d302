package dev.exai.error;

import java.util.Objects;

/** Thrown when something is asked of a session, or of a library, that has been closed. */
public final class SessionClosedException extends ExaiException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param what what was closed, for example {@code session editor/7}
     */
    public SessionClosedException(String what) {
        super(
                Objects.requireNonNull(what, "what") + " is closed",
                "Open a new one",
                false,
                ErrorContext.unknown(),
                null);
    }

    private SessionClosedException(SessionClosedException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    SessionClosedException copy(ErrorContext newContext) {
        return new SessionClosedException(this, newContext);
    }
}
