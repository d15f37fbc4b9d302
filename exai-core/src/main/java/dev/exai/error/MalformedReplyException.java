package dev.exai.error;

import org.jspecify.annotations.Nullable;

/** Thrown when a provider's answer could not be understood, or broke off before its end. */
public final class MalformedReplyException extends ProviderException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param upstream what is known of the answer; its message says what was wrong with it, never its content
     * @param cause what the parser said, or null
     */
    public MalformedReplyException(UpstreamError upstream, @Nullable Throwable cause) {
        super("The answer could not be understood", "Try again; if it lasts, report it", true, upstream, cause);
    }

    private MalformedReplyException(MalformedReplyException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    MalformedReplyException copy(ErrorContext newContext) {
        return new MalformedReplyException(this, newContext);
    }
}
