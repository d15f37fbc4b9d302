package dev.exai.testkit.fault;

import dev.exai.call.CallState;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One fault at one step of a call. Immutable. */
public final class FaultCell {
    /** When the fault happens. */
    public enum Moment {
        /** While the call stands where the step begins, and nothing has been done to take the step. */
        BEFORE,
        /** At the same moment as what takes the step; either may come first. */
        TOGETHER,
        /** When the step has been taken. */
        AFTER,
        /** It is how the step is taken, or who is told of it. */
        WITHIN
    }

    private final Subject subject;
    private final Move move;
    private final Fault fault;
    private final Moment moment;
    private final @Nullable String reason;

    FaultCell(Subject subject, Move move, Fault fault, Moment moment) {
        this.subject = subject;
        this.move = move;
        this.fault = fault;
        this.moment = moment;
        this.reason = Reasons.whyNot(subject, move, fault, moment);
    }

    Subject subject() {
        return subject;
    }

    Move move() {
        return move;
    }

    /** {@return the state in which the step begins} */
    public CallState from() {
        return move.from();
    }

    /** {@return the state in which the step ends} */
    public CallState to() {
        return move.to();
    }

    /** {@return what goes wrong} */
    public Fault fault() {
        return fault;
    }

    /** {@return when it goes wrong} */
    public Moment moment() {
        return moment;
    }

    /** {@return why this fault cannot happen at this step; empty if it can, and is tried} */
    public Optional<String> whyNot() {
        return Optional.ofNullable(reason);
    }

    /** {@return a name that no other cell of a matrix has} */
    public String id() {
        String when = moment == Moment.WITHIN ? "" : ", " + moment.name().toLowerCase(Locale.ROOT);
        return subject + " " + move + ": " + fault + when;
    }

    @Override
    public String toString() {
        return id();
    }
}
