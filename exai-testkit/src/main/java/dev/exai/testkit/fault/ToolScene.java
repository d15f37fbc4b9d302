package dev.exai.testkit.fault;

import dev.exai.call.CallState;
import dev.exai.call.ToolCall;
import dev.exai.model.ModelSelector;
import dev.exai.testkit.fault.FaultCell.Moment;
import dev.exai.testkit.fault.Peer.Answer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A tool's call in a cell. */
final class ToolScene extends Scene {
    private final ToolCase<?, ?> tool;

    /** The testkit's own tool; null if one of a user is tried. */
    private final @Nullable OwnTool own;

    private ToolScene(
            FaultCell cell, Ground ground, Peer peer, @Nullable OwnTool own, @Nullable ToolCase<?, ?> theirs) {
        super(cell, ground, peer, ModelSelector.standard());
        this.own = own;
        this.tool = theirs != null ? theirs : Objects.requireNonNull(own).using(provider);
    }

    static ToolScene ofOwn(FaultCell cell, Ground ground, Peer peer) {
        return new ToolScene(cell, ground, peer, new OwnTool(cell), null);
    }

    static ToolScene of(FaultCell cell, Ground ground, Peer peer, ToolCase<?, ?> theirs) {
        return new ToolScene(cell, ground, peer, null, theirs);
    }

    private boolean isRefused() {
        return cell.move().is(CallState.QUEUED, CallState.FAILED);
    }

    @Override
    void arrange() {
        if (cell.fault() == Fault.HANG) {
            peer.hangOn();
        }
        if (own == null) {
            arrangeTheirs();
        }
        if (isRefused()) {
            return;
        }
        if (cell.from() == CallState.QUEUED) {
            userCode.hold();
            ToolCall<?> call = submit();
            userCode.keepLast();
            began(call);
            awaitState(CallState.QUEUED);
        } else {
            began(submit());
            awaitState(CallState.RUNNING);
            ground.until("the tool has asked a model", () -> own == null || peer.isAsked());
        }
    }

    private void arrangeTheirs() {
        if (cell.fault().isThrown()) {
            provider.throwOnOpen(() -> {});
        }
        boolean staysInside = cell.to() == CallState.CANCELLED
                || cell.to() == CallState.DEADLINE_EXCEEDED
                || cell.fault() == Fault.HANG
                || cell.moment() == Moment.BEFORE;
        if (!staysInside) {
            peer.giveAll(answerOfStep());
        }
    }

    private Answer answerOfStep() {
        return cell.to() == CallState.FAILED ? Answer.REFUSED : Answer.WHOLE;
    }

    private ToolCall<?> submit() {
        return tool.submit(session, options(2));
    }

    @Override
    Push step() {
        if (isRefused()) {
            return Push.by(() -> {
                userCode.reject(true);
                began(submit());
            });
        }
        return switch (cell.to()) {
            case RUNNING -> Push.by(userCode::release);
            case CANCELLED -> Push.by(() -> call().cancel("the cell's step"));
            case DEADLINE_EXCEEDED -> Push.timeTo(deadlineNanos());
            case SUCCEEDED -> own == null ? Push.by(() -> peer.giveAll(Answer.WHOLE)) : Push.by(own::succeed);
            default -> own == null ? Push.by(() -> peer.giveAll(Answer.REFUSED)) : Push.by(own::fail);
        };
    }

    @Override
    void goOn() {
        if (own == null) {
            peer.giveAll(Answer.WHOLE);
        } else {
            ground.until(() -> "the tool has begun: " + call(), () -> call().state() != CallState.QUEUED);
            ground.run(own::succeed);
        }
    }

    @Override
    int zombiesAtEnd() {
        boolean begun = cell.from() == CallState.RUNNING;
        boolean hangs = cell.fault() == Fault.HANG && cell.subject() == Subject.BLOCKING_TOOL && begun;
        return (hangs ? 1 : 0) + (cell.fault() == Fault.HANG ? peer.hanging() : 0);
    }

    @Override
    void letGo() {
        super.letGo();
        userCode.release();
        if (own != null) {
            own.succeed();
        }
    }
}
