package dev.exai.testkit.storm;

import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ToolCall;
import dev.exai.message.Chunk;
import java.util.function.Consumer;

/** Listens to one call: one end, told last, nothing after a cancel, and each delivery as a task of its own. */
final class EndWatch implements CallListener<Object> {
    private final ToolCall<?> call;
    private final Findings findings;
    private final Consumer<String> userCode;
    private final Consumer<EndWatch> whenTold;
    private boolean cancelReturned;
    private boolean told;

    EndWatch(ToolCall<?> call, Findings findings, Consumer<String> userCode, Consumer<EndWatch> whenTold) {
        this.call = call;
        this.findings = findings;
        this.userCode = userCode;
        this.whenTold = whenTold;
    }

    ToolCall<?> call() {
        return call;
    }

    void cancelReturned() {
        cancelReturned = true;
    }

    @Override
    public void stateChanged(CallState state) {
        midCall("state " + state);
    }

    @Override
    public void chunk(Chunk chunk) {
        midCall("a piece");
    }

    private void midCall(String what) {
        userCode.accept("a listener");
        if (told) {
            findings.broken("I7", call.id(), "its listener was told " + what + " after the end");
        } else if (cancelReturned) {
            findings.broken("I9", call.id(), "its listener was told " + what + " after cancel returned");
        }
    }

    @Override
    public void ended(CallOutcome<?> outcome) {
        userCode.accept("a listener");
        if (told) {
            findings.broken("I7", call.id(), "its listener was told two ends");
        }
        if (!call.isDone() || outcome.state() != call.state()) {
            findings.broken("I7", call.id(), "its listener was told " + outcome.state() + ", it is " + call.state());
        }
        told = true;
        whenTold.accept(this);
    }
}
