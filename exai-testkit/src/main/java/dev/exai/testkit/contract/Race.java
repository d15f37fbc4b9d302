package dev.exai.testkit.contract;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets two actions begin at nearly the same moment, again and again, with a delay that the trial's seed decides. */
final class Race implements AutoCloseable {
    /*
     * turn counts half rounds: odd, the second thread is to act; even, it has acted. other and spins are written before
     * turn becomes odd and read after, so turn publishes them.
     */
    private static final int LONGEST_DELAY = 3_000;

    private final Trial trial;
    private final Thread second;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean closed;
    private @Nullable Runnable other;
    private int spins;
    private volatile @Nullable Throwable thrown;

    Race(Trial trial) {
        this.trial = trial;
        this.second = trial.start("race", this::actWhenTold);
    }

    /** Runs both, one here and one in the second thread, and returns when both have ended. */
    void run(Runnable here, Runnable there) {
        int delay = trial.random(2 * LONGEST_DELAY) - LONGEST_DELAY;
        other = there;
        spins = Math.max(0, -delay);
        turn.incrementAndGet();
        LockSupport.unpark(second);
        spin(Math.max(0, delay));
        here.run();
        trial.expectEventually(() -> (turn.get() & 1) == 0, "one of two that race does not return");
        Throwable failure = thrown;
        Trial.expect(failure == null, "one of two that race threw " + failure);
    }

    private void actWhenTold() {
        while (!closed) {
            int idle = 0;
            while ((turn.get() & 1) == 0 && !closed) {
                if (idle++ < 2_000) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(100_000);
                }
            }
            Runnable action = other;
            if (!closed && action != null) {
                act(action);
            }
        }
    }

    private void act(Runnable action) {
        spin(spins);
        try {
            action.run();
        } catch (Throwable e) {
            thrown = e;
        }
        turn.incrementAndGet();
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(second);
    }
}
