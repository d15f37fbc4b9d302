package dev.exai.testkit.fault;

import static dev.exai.call.CallState.BACKING_OFF;
import static dev.exai.call.CallState.CANCELLED;
import static dev.exai.call.CallState.DEADLINE_EXCEEDED;
import static dev.exai.call.CallState.FAILED;
import static dev.exai.call.CallState.QUEUED;
import static dev.exai.call.CallState.RESOLVING;
import static dev.exai.call.CallState.RUNNING;
import static dev.exai.call.CallState.SUCCEEDED;

import dev.exai.call.CallState;
import dev.exai.testkit.fault.FaultCell.Moment;
import java.util.EnumSet;
import java.util.Set;

/** How a call may end in a cell. More than one end is right only where two things happen at the same moment. */
final class Expected {
    private Expected() {}

    static Set<CallState> ends(FaultCell cell) {
        Set<CallState> ends = EnumSet.copyOf(endsOfKnown(cell));
        if (cell.subject() == Subject.TOOL) {
            ends.addAll(ofTheirs(cell));
        }
        return ends;
    }

    private static Set<CallState> endsOfKnown(FaultCell cell) {
        return switch (cell.fault()) {
            case CANCEL, SESSION_CLOSE -> unlessOver(cell, CANCELLED);
            case DEADLINE -> ofDeadline(cell);
            case INTERRUPT -> cell.subject().isVirtual() ? undisturbed(cell) : unlessOver(cell, CANCELLED);
            case EXECUTOR_REJECTION -> ofRejection(cell);
            case LISTENER_THROWS, ABORT_THROWS -> undisturbed(cell);
            case HANG -> ofHang(cell);
            case THROW, ERROR -> isThrownInstead(cell) ? Set.of(FAILED) : undisturbed(cell);
            case ABORT_BLOCKS -> ofBlockingAbort(cell);
        };
    }

    /** What nobody can know of a tool under test: whether it ends well, and how soon it sees what went wrong. */
    private static Set<CallState> ofTheirs(FaultCell cell) {
        boolean begins = cell.from() == RUNNING || cell.to() == RUNNING;
        boolean endsBefore = cell.from() == QUEUED
                && (cell.fault() == Fault.HANG
                        || (cell.moment() == Moment.BEFORE && cell.fault() != Fault.EXECUTOR_REJECTION));
        if (!begins || endsBefore) {
            return Set.of();
        }
        return cell.fault() == Fault.ABORT_BLOCKS
                ? EnumSet.of(SUCCEEDED, FAILED, DEADLINE_EXCEEDED)
                : EnumSet.of(SUCCEEDED, FAILED);
    }

    /** The end if nothing went wrong: that of the step, or of what follows from it. */
    private static Set<CallState> undisturbed(FaultCell cell) {
        if (cell.to().isTerminal()) {
            return Set.of(cell.to());
        }
        boolean alwaysRefused = cell.subject() == Subject.PROVIDER
                && (cell.from() == BACKING_OFF || cell.to() == BACKING_OFF || cell.fault() == Fault.ABORT_THROWS);
        return Set.of(alwaysRefused ? FAILED : SUCCEEDED);
    }

    private static Set<CallState> unlessOver(FaultCell cell, CallState ofFault) {
        if (cell.moment() == Moment.BEFORE || !cell.to().isTerminal()) {
            return Set.of(ofFault);
        }
        return cell.moment() == Moment.AFTER ? Set.of(cell.to()) : EnumSet.of(cell.to(), ofFault);
    }

    /** A back-off is not begun at the deadline: the call fails with what the attempt failed with, or it is too late. */
    private static Set<CallState> ofDeadline(FaultCell cell) {
        if (cell.to() == BACKING_OFF && cell.moment() == Moment.TOGETHER) {
            return EnumSet.of(FAILED, DEADLINE_EXCEEDED);
        }
        boolean nextMayFail = cell.subject() == Subject.PROVIDER && cell.to() == BACKING_OFF;
        if (nextMayFail && cell.moment() == Moment.AFTER) {
            return EnumSet.of(FAILED, DEADLINE_EXCEEDED); // the next attempt comes before the deadline, and is refused
        }
        return unlessOver(cell, DEADLINE_EXCEEDED);
    }

    /** A permit that is granted and cannot be handed over for want of an executor goes back, and the call fails. */
    private static Set<CallState> ofRejection(FaultCell cell) {
        if (cell.subject().isTool() || cell.to().isTerminal()) {
            return undisturbed(cell);
        }
        if (!cell.move().is(QUEUED, RUNNING) || cell.moment() == Moment.BEFORE) {
            return Set.of(FAILED);
        }
        return cell.moment() == Moment.AFTER ? undisturbed(cell) : EnumSet.of(FAILED, SUCCEEDED);
    }

    /** Whether nobody takes the step, so that only the deadline is left; if not, an exchange hangs on that was aborted. */
    static boolean isNeverTaken(FaultCell cell) {
        boolean byOther = cell.from() == RESOLVING
                || cell.from() == RUNNING
                || cell.move().is(QUEUED, RUNNING);
        return cell.fault() == Fault.HANG && byOther && cell.to() != CANCELLED && cell.to() != DEADLINE_EXCEEDED;
    }

    private static Set<CallState> ofHang(FaultCell cell) {
        return isNeverTaken(cell) ? Set.of(DEADLINE_EXCEEDED) : undisturbed(cell);
    }

    private static boolean isThrownInstead(FaultCell cell) {
        boolean insteadOfChoice = cell.from() == RESOLVING && (cell.to() == QUEUED || cell.to() == FAILED);
        return insteadOfChoice || cell.move().is(QUEUED, RUNNING);
    }

    /** Who blocks in an abort has decided the call before if it is a tool's or was cancelled; else the deadline does. */
    private static Set<CallState> ofBlockingAbort(FaultCell cell) {
        boolean decided = cell.subject().isTool() || cell.to() == CANCELLED;
        return decided ? undisturbed(cell) : Set.of(DEADLINE_EXCEEDED);
    }
}
