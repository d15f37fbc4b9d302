package dev.exai.error;

import java.util.Objects;

/** Thrown to whoever waits for a call that was cancelled. Nothing of the call is held any more. */
public final class CallCancelledException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String cancelledBy;

    /**
     * Creates the exception.
     *
     * @param reason why the call was cancelled, in the words of whoever did it
     * @param cancelledBy who did it: {@code caller}, {@code future}, {@code session}, {@code parent}, ...
     */
    public CallCancelledException(String reason, String cancelledBy) {
        super(
                "Cancelled by " + cancelledBy + ": " + Objects.requireNonNull(reason, "reason"),
                "",
                false,
                ErrorContext.unknown(),
                null);
        this.reason = reason;
        this.cancelledBy = Objects.requireNonNull(cancelledBy, "cancelledBy");
    }

    private CallCancelledException(CallCancelledException that, ErrorContext context) {
        super(that, context);
        this.reason = that.reason;
        this.cancelledBy = that.cancelledBy;
    }

    @Override
    CallCancelledException copy(ErrorContext newContext) {
        return new CallCancelledException(this, newContext);
    }

    /** {@return why the call was cancelled} */
    public String reason() {
        return reason;
    }

    /** {@return who cancelled it} */
    public String cancelledBy() {
        return cancelledBy;
    }
}
