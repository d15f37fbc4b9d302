package dev.exai.error;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a provider or one of its models is not asked, because it would most likely fail. What was refused was sent
 * to nobody and holds nothing.
 */
public final class CircuitOpenException extends ExaiException {
    private static final long serialVersionUID = 1L;

    /** Why it is not asked. */
    public enum Reason {
        /** It failed too often of late. */
        FAILURES,
        /** The account is out of balance or quota. */
        OUT_OF_BALANCE,
        /** The provider says that it has no such model, or not for this account. */
        MODEL_GONE,
        /** Too many exchanges that were aborted have not come to their end. */
        ZOMBIES
    }

    private final Reason reason;
    private final Duration nextProbe;

    /**
     * Creates the exception.
     *
     * @param what who is not asked, and why
     * @param reason why
     * @param nextProbe how long it is until one call is let through to see whether it is well again; zero if such a call
     *     is under way
     * @param last what it failed with last, or null
     */
    public CircuitOpenException(String what, Reason reason, Duration nextProbe, @Nullable ExaiException last) {
        super(
                what,
                (nextProbe.isZero()
                                ? "A call that tries it is under way"
                                : "It is tried again in " + Durations.text(nextProbe))
                        + "; until then use another model or provider",
                true,
                ErrorContext.unknown(),
                last);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.nextProbe = nextProbe;
    }

    private CircuitOpenException(CircuitOpenException that, ErrorContext context) {
        super(that, context);
        this.reason = that.reason;
        this.nextProbe = that.nextProbe;
    }

    @Override
    CircuitOpenException copy(ErrorContext newContext) {
        return new CircuitOpenException(this, newContext);
    }

    /** {@return why it is not asked} */
    public Reason reason() {
        return reason;
    }

    /**
     * {@return how long it was, when this was thrown, until one call is let through to see whether it is well again; zero
     * if such a call was under way}
     */
    public Duration nextProbe() {
        return nextProbe;
    }
}
