package dev.exai.run;

import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import java.util.function.Consumer;

/** Is told the end of a call, and nothing else. */
final class EndListener<T> implements CallListener<T> {
    private final Consumer<CallOutcome<? extends T>> onEnd;

    EndListener(Consumer<CallOutcome<? extends T>> onEnd) {
        this.onEnd = onEnd;
    }

    @Override
    public void ended(CallOutcome<? extends T> outcome) {
        onEnd.accept(outcome);
    }
}
