package dev.exai.error;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a call met its deadline: the one limit over everything it does, queue, attempts and back-off included.
 *
 * <p>The {@linkplain #getCause() cause} is what the call was waiting for, if that is known: a
 * {@link PermitTimeoutException} when it was still in the queue, else the last failed attempt.
 */
public final class DeadlineExceededException extends ExaiException {
    private static final long serialVersionUID = 1L;

    /** What a call was doing when its deadline passed. */
    public enum Stage {
        /** It was waiting for a model to be chosen. */
        RESOLVING,
        /** It was waiting in the queue for a permit. */
        QUEUED,
        /** An attempt was under way at the provider, or a tool was running. */
        RUNNING,
        /** It was waiting to try again after a failed attempt. */
        BACKING_OFF
    }

    private final Stage stage;
    private final Duration budget;

    /**
     * Creates the exception.
     *
     * @param stage what the call was doing
     * @param budget the time that the call had in all
     * @param cause what it was waiting for, or null
     */
    public DeadlineExceededException(Stage stage, Duration budget, @Nullable Throwable cause) {
        super(
                "Deadline of " + Durations.text(Objects.requireNonNull(budget, "budget")) + " exceeded while "
                        + stage.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                switch (stage) {
                    case RESOLVING -> "Name a model, or give the call more time";
                    case QUEUED -> "Ask less at once, raise the limits, or give the call more time";
                    case RUNNING -> "Give the call more time, or ask for a shorter answer";
                    case BACKING_OFF -> "The provider is in trouble: try later or another one";
                },
                true,
                ErrorContext.unknown(),
                cause);
        this.stage = stage;
        this.budget = budget;
    }

    private DeadlineExceededException(DeadlineExceededException that, ErrorContext context) {
        super(that, context);
        this.stage = that.stage;
        this.budget = that.budget;
    }

    @Override
    DeadlineExceededException copy(ErrorContext newContext) {
        return new DeadlineExceededException(this, newContext);
    }

    /** {@return what the call was doing} */
    public Stage stage() {
        return stage;
    }

    /** {@return the time that the call had in all} */
    public Duration budget() {
        return budget;
    }
}
