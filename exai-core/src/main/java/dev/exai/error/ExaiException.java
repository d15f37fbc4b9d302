package dev.exai.error;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a call, or a part of the library it stands on, could not do what was asked.
 *
 * <p>The subclasses say what happened; {@link #context()} says to whom, {@link #isRetryable()} whether the same
 * request may succeed later, and {@link #advice()} what the caller can do. Earlier attempts of the same call are
 * {@linkplain #getSuppressed() suppressed} exceptions of the last. Misuse of an API is not among these: it is an
 * {@link IllegalArgumentException}, {@link IllegalStateException} or {@link NullPointerException}.
 */
public abstract sealed class ExaiException extends RuntimeException
        permits CallCancelledException,
                CircuitOpenException,
                AttemptTimeoutException,
                DeadlineExceededException,
                InternalErrorException,
                ModelNotFoundException,
                NestedPermitException,
                OverloadedException,
                PermitRevokedException,
                PermitTimeoutException,
                ProviderException,
                ReplyTooLargeException,
                SessionClosedException,
                ToolFailedException {
    private static final long serialVersionUID = 1L;

    private final String summary;
    private final String advice;
    private final boolean retryable;
    private final transient @Nullable ErrorContext context;

    ExaiException(String summary, String advice, boolean retryable, ErrorContext context, @Nullable Throwable cause) {
        super(cause);
        this.summary = Objects.requireNonNull(summary, "summary");
        this.advice = Objects.requireNonNull(advice, "advice");
        this.retryable = retryable;
        this.context = Objects.requireNonNull(context, "context");
    }

    /** Copies that exception, with its trace, cause and suppressed ones, into another context. */
    ExaiException(ExaiException that, ErrorContext context) {
        super(that.getCause());
        this.summary = that.summary;
        this.advice = that.advice;
        this.retryable = that.retryable;
        this.context = context;
        setStackTrace(that.getStackTrace());
        for (Throwable earlier : that.getSuppressed()) {
            addSuppressed(earlier);
        }
    }

    /** Makes the copy that {@link #in} returns. */
    abstract ExaiException copy(ErrorContext newContext);

    /**
     * {@return this exception told for the given context; what this exception already knows stays}
     *
     * <p>The result is of the same class, with the same trace, cause and suppressed exceptions. This exception does
     * not change, so one instance may be reported to many calls.
     *
     * @param wider what the caller of this method knows
     */
    public ExaiException in(ErrorContext wider) {
        return copy(context().orElse(wider));
    }

    /** {@return what happened, in one sentence, without the context} */
    public final String summary() {
        return summary;
    }

    /** {@return what the caller can do about it} */
    public final String advice() {
        return advice;
    }

    /** {@return whether the same request may succeed if it is sent again later} */
    public final boolean isRetryable() {
        return retryable;
    }

    /** {@return where it happened} */
    public final ErrorContext context() {
        return context == null ? ErrorContext.unknown() : context;
    }

    /** {@return the id of the call that failed, if one was under way} */
    public final Optional<String> callId() {
        return context().callId();
    }

    @Override
    public String getMessage() {
        String where = context().toString();
        return summary + (where.isEmpty() ? "" : " (" + where + ")") + (advice.isEmpty() ? "" : ". " + advice);
    }
}
