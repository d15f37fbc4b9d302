package dev.exai.permit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One round of a race whose course is chosen: a first thread runs, and at its n-th step a second one comes in and runs to
 * its end, or as far as it gets while the first has the pool's lock. Or, if that is chosen too, the second runs to its
 * own m-th step, then the first to its end, then what is left of the second.
 *
 * <p>Only one thread of the round runs at a time: at each step the first waits until all others have ended, or wait for
 * the lock that it has, or wait for a permit. That is seen from their state, so no time is slept away and no luck is
 * needed: a round with the same number goes the same way.
 */
final class RaceSweep implements Probe {
    private static final int NEVER = -1;

    private final int at;
    private final int restAt;
    private final RaceStamps stamps;
    private final List<Thread> all = new ArrayList<>();
    private Set<Thread> stepping = Set.of();
    private @Nullable Thread second;
    private volatile @Nullable Thread owner;
    private volatile @Nullable Throwable thrown;
    private volatile boolean started;
    private volatile boolean woken;
    private volatile @Nullable Step cameInAt;
    private int steps;

    private volatile boolean resting;
    private volatile boolean rested;
    private int stepsOfSecond;
    private @Nullable Thread first;

    RaceSweep(int at, RaceStamps stamps) {
        this(at, NEVER, stamps);
    }

    RaceSweep(int at, int restAt, RaceStamps stamps) {
        this.at = at;
        this.restAt = restAt;
        this.stamps = stamps;
    }

    /** {@return whether the first had that many steps, so that a later round is worth while} */
    boolean cameIn() {
        return cameInAt != null;
    }

    /** {@return whether the second had as many steps as were chosen for it} */
    boolean rested() {
        return rested;
    }

    /** Where the second came in, for messages. */
    String where() {
        return (cameInAt == null ? "after the end" : "at step " + at + ", " + cameInAt)
                + (rested ? ", resting at its step " + restAt : "");
    }

    /**
     * Runs both to their ends.
     *
     * @param waiters threads that wait for permits
     * @param waitersStep whether their steps count as the first's
     */
    void run(Runnable firstBody, Runnable secondBody, List<Thread> waiters, boolean waitersStep) {
        first = thread("first", firstBody);
        second = thread("second", secondBody);
        all.add(first);
        all.add(second);
        all.addAll(waiters);
        List<Thread> whoStep = new ArrayList<>(waitersStep ? waiters : List.of());
        whoStep.add(first);
        stepping = Set.copyOf(whoStep);
        started = true;
        first.start();
        letOthersGoOn();
        if (second.getState() == Thread.State.NEW) {
            second.start();
            letOthersGoOn();
        }
        started = false;
        if (thrown != null) {
            throw new AssertionError("a thread of the round threw, " + where(), thrown);
        }
    }

    private Thread thread(String name, Runnable body) {
        Thread thread = new Thread(
                () -> {
                    try {
                        body.run();
                    } catch (Throwable e) {
                        thrown = e;
                    }
                },
                name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void at(Step step) {
        if (started) {
            if (step == Step.LOCKED) {
                owner = Thread.currentThread();
            }
            if (step == Step.WOKEN) {
                woken = true; // there is but one thread that waits
            }
            if (stepping.contains(Thread.currentThread())) {
                if (steps++ == at) {
                    cameInAt = step;
                    second.start();
                }
                try {
                    letOthersGoOn();
                } catch (Throwable e) { // not from here: this thread may have the lock
                    thrown = e;
                    started = false;
                }
            }
            if (Thread.currentThread() == second && stepsOfSecond++ == restAt) {
                letFirstGoOn();
            }
            if (step == Step.BEFORE_UNLOCK) {
                owner = null;
            }
        }
        stamps.leaves(step);
    }

    private void letFirstGoOn() {
        rested = true;
        resting = true;
        try {
            await(() -> stepping.stream().allMatch(this::cannotGoOn), first);
        } catch (Throwable e) { // as above
            thrown = e;
            started = false;
        }
        resting = false;
    }

    private void letOthersGoOn() {
        // twice, for while the later ones were looked at the earlier may have been let go on by them
        await(() -> othersCannotGoOn() && othersCannotGoOn(), first);
    }

    private boolean othersCannotGoOn() {
        for (Thread thread : all) {
            if (thread != Thread.currentThread() && thread.getState() != Thread.State.NEW && !cannotGoOn(thread)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a thread has ended, or waits for something that only others can give it. */
    private boolean cannotGoOn(Thread thread) {
        if (resting && thread == second) {
            return stepping.contains(Thread.currentThread()); // it waits for them, and for nobody else
        }
        Thread.State state = thread.getState();
        if (state == Thread.State.TERMINATED) {
            return true;
        }
        if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
            return false;
        }
        Object blocker = LockSupport.getBlocker(thread);
        if (blocker instanceof AbstractOwnableSynchronizer) {
            Thread has = owner;
            return has != null && has != thread;
        }
        return blocker instanceof PermitRequest && !woken && !thread.isInterrupted();
    }

    /** Waits for something that a thread is about to do. */
    static void await(BooleanSupplier condition, Thread thread) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - giveUp > 0) {
                AssertionError stuck = new AssertionError(thread + " is stuck, blocked on "
                        + LockSupport.getBlocker(thread) + " in " + thread.getState());
                stuck.setStackTrace(thread.getStackTrace());
                throw stuck;
            }
            LockSupport.parkNanos(10_000); // leaves the processor to whom it waits for
        }
    }
}
