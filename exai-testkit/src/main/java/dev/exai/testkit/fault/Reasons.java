package dev.exai.testkit.fault;

import dev.exai.call.CallState;
import dev.exai.testkit.fault.FaultCell.Moment;
import org.jspecify.annotations.Nullable;

/** Why a fault cannot happen at a step: each cell that is not tried has its reason here. */
final class Reasons {
    private static final String ONE_THREAD =
            "it would stop the only thread of the simulation; the cells of a provider on real threads have it";
    private static final String NOTHING_OPEN = "no exchange has been opened yet";
    private static final String NOBODY_THROWS = "no code of a provider, a selector or a tool runs at this step";
    private static final String REFUSED_AT_ONCE = "what is refused does not wait for anyone";

    private Reasons() {}

    /** The reason, or null if the cell is to be tried. */
    static @Nullable String whyNot(Subject subject, Move move, Fault fault, Moment moment) {
        if (fault == Fault.DEADLINE && move.to() == CallState.DEADLINE_EXCEEDED && moment != Moment.TOGETHER) {
            return "the step is the fault: a call has one deadline";
        }
        if (fault == Fault.ABORT_BLOCKS && subject.isVirtual()) {
            return ONE_THREAD;
        }
        return subject.isTool() ? ofTool(subject, move, fault, moment) : ofChat(subject, move, fault, moment);
    }

    private static @Nullable String ofChat(Subject subject, Move move, Fault fault, Moment moment) {
        boolean waits = move.from() == CallState.QUEUED || move.from() == CallState.BACKING_OFF;
        if (fault == Fault.DEADLINE && move.is(CallState.BACKING_OFF, CallState.QUEUED) && moment != Moment.AFTER) {
            return "a back-off that would not end well before the deadline is not begun";
        }
        if (fault.isOfAbort()) {
            return ofAbort(move, fault, waits);
        }
        if (fault.isThrown()) {
            return ofThrowing(subject, move, waits);
        }
        boolean hangsOn = waits || move.to() == CallState.CANCELLED || move.to() == CallState.DEADLINE_EXCEEDED;
        if (fault == Fault.HANG && subject == Subject.PROVIDER && hangsOn && isAfterOpening(move)) {
            return "a provider under test ends what is aborted; the cells in virtual time have one that does not";
        }
        return null;
    }

    private static boolean isAfterOpening(Move move) {
        return move.from() != CallState.RESOLVING && !move.is(CallState.QUEUED, CallState.RUNNING);
    }

    private static @Nullable String ofAbort(Move move, Fault fault, boolean waits) {
        if (move.from() == CallState.RESOLVING) {
            return NOTHING_OPEN;
        }
        if (move.is(CallState.RUNNING, CallState.SUCCEEDED)) {
            return "an exchange that has ended well is not aborted";
        }
        return fault == Fault.ABORT_BLOCKS && waits
                ? "the call does not come here: it stays where the abort of its first attempt blocks, until its deadline"
                : null;
    }

    private static @Nullable String ofThrowing(Subject subject, Move move, boolean waits) {
        if (waits && move.to() != CallState.RUNNING) {
            return NOBODY_THROWS;
        }
        if (move.from() != CallState.RUNNING) {
            return null;
        }
        if (subject == Subject.PROVIDER) {
            return switch (move.to()) {
                case CANCELLED, DEADLINE_EXCEEDED -> null;
                default -> "a provider under test reports its ends to the sink; the testkit's throws besides";
            };
        }
        return move.to() == CallState.DEADLINE_EXCEEDED
                ? "no virtual time passes while a provider opens an exchange; the cells of a provider have it"
                : null;
    }

    private static @Nullable String ofTool(Subject subject, Move move, Fault fault, Moment moment) {
        boolean queued = move.from() == CallState.QUEUED;
        if (move.is(CallState.QUEUED, CallState.FAILED)) {
            if (moment == Moment.BEFORE || moment == Moment.TOGETHER) {
                return "a tool that finds no thread has failed before anyone is given its call";
            }
            if (fault == Fault.HANG) {
                return REFUSED_AT_ONCE;
            }
        }
        if (fault.isOfAbort() && queued) {
            return NOTHING_OPEN;
        }
        boolean begins = move.is(CallState.QUEUED, CallState.RUNNING);
        if (fault == Fault.HANG && queued && !begins) {
            return "nothing has begun that could hang";
        }
        if (fault.isThrown()) {
            if (queued && !begins) {
                return NOBODY_THROWS;
            }
            if (move.to() == CallState.SUCCEEDED && subject != Subject.TOOL) {
                return "code that throws does not end well";
            }
            boolean ended = move.to() == CallState.CANCELLED || move.to() == CallState.DEADLINE_EXCEEDED;
            if (subject == Subject.TOOL && ended) {
                return "a tool under test does what it does; the testkit's own throws when it is stopped";
            }
        }
        return null;
    }
}
