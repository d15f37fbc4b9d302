package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AuthenticationException;
import dev.exai.error.CallCancelledException;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.error.ModelNotFoundException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.ReplyTooLargeException;
import dev.exai.error.SessionClosedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Why a job failed, for programs and for people. Immutable.
 *
 * @param code for programs, one of the constants here
 * @param message for people: what happened, to whom, what to do
 * @param retryable whether the same request may succeed later
 * @param retryAfter when to come back, or null if nobody knows
 */
public record ToolError(
        String code,
        String message,
        boolean retryable,
        @Nullable Duration retryAfter) {
    /** There is no such tool. */
    public static final String TOOL_NOT_FOUND = "TOOL_NOT_FOUND";
    /** The arguments make no sense. */
    public static final String VALIDATION_ERROR = "VALIDATION_ERROR";
    /** A queue is full. */
    public static final String OVER_CAPACITY = "OVER_CAPACITY";
    /** The client, its disconnect or a shutdown ended it. */
    public static final String CANCELLED = "CANCELLED";
    /** A deadline or a limit of one attempt passed. */
    public static final String TIMEOUT = "TIMEOUT";
    /** The daemon or the session is closing. */
    public static final String SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE";
    /** A run has spent what it was given. */
    public static final String OUT_OF_BUDGET = "OUT_OF_BUDGET";
    /** A run went in circles, also after it was told so. */
    public static final String NO_PROGRESS = "NO_PROGRESS";
    /** A run could not go on. */
    public static final String RUN_FAILED = "RUN_FAILED";
    /** A mistake of the daemon's. */
    public static final String INTERNAL_ERROR = "INTERNAL_ERROR";

    /**
     * {@return the error for what was thrown}
     *
     * @param thrown the failure
     */
    public static ToolError of(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ExaiException known) {
            return new ToolError(code(known), message(known), known.isRetryable(), retryAfter(known));
        }
        if (cause instanceof IllegalArgumentException wrong) {
            return new ToolError(VALIDATION_ERROR, String.valueOf(wrong.getMessage()), false, null);
        }
        return new ToolError(
                INTERNAL_ERROR,
                "The daemon made a mistake (" + cause.getClass().getSimpleName() + "): its log has more",
                false,
                null);
    }

    private static String message(ExaiException failure) {
        return String.valueOf(failure.getMessage());
    }

    private static String code(ExaiException failure) {
        if (failure instanceof CallCancelledException) {
            return CANCELLED;
        }
        if (failure instanceof DeadlineExceededException
                || failure instanceof AttemptTimeoutException
                || failure instanceof PermitTimeoutException) {
            return TIMEOUT;
        }
        if (failure instanceof OverloadedException) {
            return OVER_CAPACITY;
        }
        if (failure instanceof SessionClosedException) {
            return SERVICE_UNAVAILABLE;
        }
        if (failure instanceof CircuitOpenException) {
            return "PROVIDER_UNAVAILABLE";
        }
        if (failure instanceof ModelNotFoundException) {
            return "MODEL_NOT_FOUND";
        }
        if (failure instanceof ReplyTooLargeException) {
            return "REPLY_TOO_LARGE";
        }
        if (failure instanceof RateLimitedException) {
            return "RATE_LIMITED";
        }
        if (failure instanceof QuotaExhaustedException) {
            return "QUOTA_EXHAUSTED";
        }
        if (failure instanceof AuthenticationException) {
            return "PROVIDER_UNAUTHORIZED";
        }
        return failure instanceof ProviderException ? "PROVIDER_ERROR" : INTERNAL_ERROR;
    }

    private static @Nullable Duration retryAfter(ExaiException failure) {
        if (failure instanceof OverloadedException full) {
            return full.retryAfter();
        }
        if (failure instanceof CircuitOpenException open) {
            return open.nextProbe();
        }
        return failure instanceof RateLimitedException limited
                ? limited.retryAfter().orElse(null)
                : null;
    }

    /** {@return when to come back, if that is known, in whole seconds and at least one} */
    public Optional<Long> retryAfterSeconds() {
        return Optional.ofNullable(retryAfter).map(time -> Math.max(1, (time.toMillis() + 999) / 1000));
    }

    /** {@return it as JSON} */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("code", code).put("message", message).put("retryable", retryable);
        retryAfterSeconds().ifPresent(seconds -> json.put("retry_after", seconds));
        return json;
    }
}
