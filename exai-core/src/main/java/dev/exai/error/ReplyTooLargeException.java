package dev.exai.error;

/** Thrown when a reply outgrew the buffer that holds it; the exchange was aborted. */
public final class ReplyTooLargeException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final long limitBytes;

    /**
     * Creates the exception.
     *
     * @param what whose limit it is: {@code call} or {@code session}
     * @param limitBytes the limit, in bytes
     */
    public ReplyTooLargeException(String what, long limitBytes) {
        super(
                "The reply outgrew the " + what + "'s buffer of " + limitBytes + " bytes",
                "Ask for fewer output tokens, or raise the limit",
                false,
                ErrorContext.unknown(),
                null);
        this.limitBytes = limitBytes;
    }

    private ReplyTooLargeException(ReplyTooLargeException that, ErrorContext context) {
        super(that, context);
        this.limitBytes = that.limitBytes;
    }

    @Override
    ReplyTooLargeException copy(ErrorContext newContext) {
        return new ReplyTooLargeException(this, newContext);
    }

    /** {@return the limit, in bytes} */
    public long limitBytes() {
        return limitBytes;
    }
}
