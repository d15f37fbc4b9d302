package dev.exai.testkit.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.message.Chunk;
import dev.exai.testkit.internal.RuleBroken;
import java.util.ArrayList;
import java.util.List;

/** Notes what a listener is told, and throws besides if it is told to. Safe for use by many threads. */
final class Told implements CallListener<Object> {
    private final boolean isThrowing;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<CallState> states = new ArrayList<>();

    @GuardedBy("lock")
    private final List<CallState> ends = new ArrayList<>();

    @GuardedBy("lock")
    private boolean wasToldAfterEnd;

    Told(boolean isThrowing) {
        this.isThrowing = isThrowing;
    }

    @Override
    public void stateChanged(CallState state) {
        synchronized (lock) {
            states.add(state);
            wasToldAfterEnd |= !ends.isEmpty();
        }
        throwIfTold();
    }

    @Override
    public void chunk(Chunk chunk) {
        synchronized (lock) {
            wasToldAfterEnd |= !ends.isEmpty();
        }
        throwIfTold();
    }

    @Override
    public void ended(CallOutcome<?> outcome) {
        synchronized (lock) {
            ends.add(outcome.state());
        }
        throwIfTold();
    }

    private void throwIfTold() {
        if (isThrowing) {
            throw new IllegalStateException("thrown by a listener of the cell");
        }
    }

    boolean hasEnd() {
        synchronized (lock) {
            return !ends.isEmpty();
        }
    }

    /** One end, the right one, and nothing after it. */
    void check(String who, CallState end) {
        synchronized (lock) {
            if (!ends.equals(List.of(end))) {
                throw new RuleBroken(who + " was told the ends " + ends + ", not " + end);
            }
            if (wasToldAfterEnd) {
                throw new RuleBroken(who + " was told something after the end");
            }
            for (int i = 1; i < states.size(); i++) {
                if (!states.get(i - 1).next().contains(states.get(i))) {
                    throw new RuleBroken(who + " was told of " + states + ", which no call can go through");
                }
            }
        }
    }
}
