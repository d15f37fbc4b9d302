package dev.exai.testkit.script;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts exchanges as a provider sees them, overall and by model: how many are in flight, the most there ever were,
 * and how they ended.
 *
 * <p>For those who write a fake provider. Safe for use by many threads. An exchange is opened once and ended once;
 * in between it may be left by its client, from when on it no longer counts as in flight.
 */
public final class ExchangeCounts {
    /*
     * State      per model what is in flight and the peak; totals.
     * Owner      lock guards all of it; every change notifies those who wait for one.
     * Invariant  inFlight <= open; peak >= inFlight; opened = completed + failed + aborted + in flight.
     */
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, Level> byModel = new HashMap<>();

    @GuardedBy("lock")
    private final Level all = new Level();

    @GuardedBy("lock")
    private int open;

    @GuardedBy("lock")
    private long changes;

    @GuardedBy("lock")
    private long opened;

    @GuardedBy("lock")
    private long completed;

    @GuardedBy("lock")
    private long failed;

    @GuardedBy("lock")
    private long aborted;

    /** Creates counts that are all zero. */
    public ExchangeCounts() {}

    /**
     * Counts an exchange as open and in flight.
     *
     * @param model the model that it asks
     * @return the exchange, to be told how it goes on
     */
    public Counted open(String model) {
        synchronized (lock) {
            opened++;
            open++;
            all.enter();
            level(model).enter();
            changed();
            return new Counted(model);
        }
    }

    /** Counts an exchange as opened and aborted whose client had left before it could be in flight. */
    public void missed() {
        synchronized (lock) {
            opened++;
            aborted++;
            changed();
        }
    }

    /**
     * Counts a moment at which more were in flight than are open now: an exchange that was let in late was asked for
     * while others were in flight that have ended since.
     *
     * @param model the model that it asks
     * @param overall how many were in flight at that moment, it included
     * @param ofModel how many of them asked its model
     */
    public void overlapped(String model, int overall, int ofModel) {
        synchronized (lock) {
            all.peak = Math.max(all.peak, overall);
            level(model).peak = Math.max(level(model).peak, ofModel);
            changed();
        }
    }

    /** {@return how many are in flight: open, and not left by their client} */
    public int inFlight() {
        synchronized (lock) {
            return all.inFlight;
        }
    }

    /**
     * {@return how many are in flight at a model}
     *
     * @param model the model
     */
    public int inFlight(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).inFlight : 0;
        }
    }

    /** {@return the most that were ever in flight at once} */
    public int maxInFlight() {
        synchronized (lock) {
            return all.peak;
        }
    }

    /**
     * {@return the most that were ever in flight at once at a model}
     *
     * @param model the model
     */
    public int maxInFlight(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).peak : 0;
        }
    }

    /** {@return how many are open: in flight, or left by their client and not over yet} */
    public int open() {
        synchronized (lock) {
            return open;
        }
    }

    /** {@return how many were left by their client and are not over yet} */
    public int zombies() {
        synchronized (lock) {
            return open - all.inFlight;
        }
    }

    /** {@return how many were ever opened} */
    public long opened() {
        synchronized (lock) {
            return opened;
        }
    }

    /** {@return how many gave a whole answer to a client that was still there} */
    public long completed() {
        synchronized (lock) {
            return completed;
        }
    }

    /** {@return how many ended by a failure of the provider} */
    public long failed() {
        synchronized (lock) {
            return failed;
        }
    }

    /** {@return how many were left by their client before they had ended} */
    public long aborted() {
        synchronized (lock) {
            return aborted;
        }
    }

    /**
     * Waits until a condition on these counts holds.
     *
     * @param condition asked at once and after each change, without a lock
     * @param limit how long to wait at most, in real time
     * @throws TimeoutException if the limit passes first; the message has the counts
     * @throws InterruptedException if the thread is interrupted first
     */
    public void await(BooleanSupplier condition, Duration limit) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + limit.toNanos();
        for (long seen = changes(); !condition.getAsBoolean(); seen = changes()) {
            awaitChange(seen, end, limit);
        }
    }

    private long changes() {
        synchronized (lock) {
            return changes;
        }
    }

    private void awaitChange(long seen, long end, Duration limit) throws InterruptedException, TimeoutException {
        synchronized (lock) {
            while (changes == seen) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new TimeoutException("not within " + limit + ": " + this);
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
        }
    }

    @GuardedBy("lock")
    private void changed() {
        changes++;
        lock.notifyAll();
    }

    /** Wakes those in {@link #await}: something outside these counts, which their condition asks for, has changed. */
    public void signal() {
        synchronized (lock) {
            changed();
        }
    }

    @GuardedBy("lock")
    private Level level(String model) {
        return byModel.computeIfAbsent(model, unused -> new Level());
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return all.inFlight + " in flight (at most " + all.peak + "), " + open + " open, " + opened + " opened, "
                    + completed + " completed, " + failed + " failed, " + aborted + " aborted";
        }
    }

    private static final class Level {
        int inFlight;
        int peak;

        void enter() {
            inFlight++;
            peak = Math.max(peak, inFlight);
        }
    }

    /** How an exchange ended. */
    public enum Outcome {
        /** By a whole answer. */
        COMPLETED,
        /** By a failure of the provider. */
        FAILED
    }

    /** One exchange that is counted. Each change counts once, whoever makes it. */
    public final class Counted {
        private final String model;

        @GuardedBy("lock")
        private boolean left;

        @GuardedBy("lock")
        private @Nullable Outcome outcome;

        private Counted(String model) {
            this.model = Objects.requireNonNull(model, "model");
        }

        /** Takes the exchange out of what is in flight because its client left it; it stays open until it ends. */
        public void leave() {
            synchronized (lock) {
                if (!left && outcome == null) {
                    left = true;
                    aborted++;
                    exit();
                }
            }
        }

        /**
         * Ends the exchange. Providers call this before they tell the client, who may open the next one at once.
         *
         * @param how how it ended; one that was left stays counted as aborted
         */
        public void end(Outcome how) {
            Objects.requireNonNull(how, "outcome");
            synchronized (lock) {
                if (outcome != null) {
                    return;
                }
                outcome = how;
                open--;
                if (!left) {
                    completed += how == Outcome.COMPLETED ? 1 : 0;
                    failed += how == Outcome.FAILED ? 1 : 0;
                    exit();
                }
                changed();
            }
        }

        /** Counts an exchange that has ended as aborted after all: its client was gone before it could be told. */
        public void lost() {
            synchronized (lock) {
                if (!left && outcome != null) {
                    left = true;
                    completed -= outcome == Outcome.COMPLETED ? 1 : 0;
                    failed -= outcome == Outcome.FAILED ? 1 : 0;
                    aborted++;
                    changed();
                }
            }
        }

        @GuardedBy("lock")
        private void exit() {
            all.inFlight--;
            level(model).inFlight--;
            changed();
        }
    }
}
