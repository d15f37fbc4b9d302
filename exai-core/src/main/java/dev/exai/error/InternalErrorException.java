package dev.exai.error;

import java.util.Objects;

/**
 * Thrown when a part that was plugged in (a provider, a model selector, an executor) broke its contract, or the
 * library itself has a bug. The call has ended and holds nothing all the same.
 */
public final class InternalErrorException extends ExaiException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param summary what broke
     * @param cause what was thrown
     */
    public InternalErrorException(String summary, Throwable cause) {
        super(
                summary,
                "This is a bug of the part named; its cause is attached",
                false,
                ErrorContext.unknown(),
                Objects.requireNonNull(cause, "cause"));
    }

    private InternalErrorException(InternalErrorException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    InternalErrorException copy(ErrorContext newContext) {
        return new InternalErrorException(this, newContext);
    }
}
