package dev.exai.testkit.script;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
    private long changes;

    /** Creates counts that are all zero. */
    public ExchangeCounts() {}

    /**
     * Counts an exchange as open and in flight.
     *
     * @param model the model that it asks
     * @return the exchange, to be told how it goes on
     */
    public Counted open(String model) {
        return open(model, () -> {});
    }

    /**
     * Counts an exchange as open and in flight.
     *
     * @param model the model that it asks
     * @param whenOut runs once when it is in flight no more, without a lock, before {@link Counted#leave} or
     *     {@link Counted#end} return
     * @return the exchange, to be told how it goes on
     */
    public Counted open(String model, Runnable whenOut) {
        synchronized (lock) {
            all.enter();
            level(model).enter();
            changed();
            return new Counted(model, whenOut);
        }
    }

    /** Counts an exchange as opened and aborted whose client had left before it could be in flight. */
    public void missed() {
        synchronized (lock) {
            all.opened++;
            all.aborted++;
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
            return all.open;
        }
    }

    /** {@return how many were left by their client and are not over yet} */
    public int zombies() {
        synchronized (lock) {
            return all.open - all.inFlight;
        }
    }

    /** {@return how many were ever opened} */
    public long opened() {
        synchronized (lock) {
            return all.opened;
        }
    }

    /** {@return how many gave a whole answer to a client that was still there} */
    public long completed() {
        synchronized (lock) {
            return all.completed;
        }
    }

    /** {@return how many ended by a failure of the provider} */
    public long failed() {
        synchronized (lock) {
            return all.failed;
        }
    }

    /** {@return how many were left by their client before they had ended} */
    public long aborted() {
        synchronized (lock) {
            return all.aborted;
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

    /** {@return the models that were asked} */
    public Set<String> models() {
        synchronized (lock) {
            return new TreeSet<>(byModel.keySet());
        }
    }

    /**
     * {@return how many are open at a model: in flight, or left by their client and not over yet}
     *
     * @param model the model
     */
    public int openAt(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).open : 0;
        }
    }

    /**
     * {@return how many were ever opened at a model}
     *
     * @param model the model
     */
    public long openedAt(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).opened : 0;
        }
    }

    /**
     * {@return how many at a model gave a whole answer to a client that was still there}
     *
     * @param model the model
     */
    public long completedAt(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).completed : 0;
        }
    }

    /**
     * {@return how many at a model ended by a failure of the provider}
     *
     * @param model the model
     */
    public long failedAt(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).failed : 0;
        }
    }

    /**
     * {@return how many at a model were left by their client before they had ended}
     *
     * @param model the model
     */
    public long abortedAt(String model) {
        synchronized (lock) {
            return byModel.containsKey(model) ? level(model).aborted : 0;
        }
    }

    @GuardedBy("lock")
    private Level level(String model) {
        return byModel.computeIfAbsent(model, unused -> new Level());
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return all.toString();
        }
    }

    private static final class Level {
        int inFlight;
        int peak;
        int open;
        long opened;
        long completed;
        long failed;
        long aborted;

        void enter() {
            opened++;
            open++;
            inFlight++;
            peak = Math.max(peak, inFlight);
        }

        void count(Outcome how, int by) {
            completed += how == Outcome.COMPLETED ? by : 0;
            failed += how == Outcome.FAILED ? by : 0;
        }

        @Override
        public String toString() {
            return inFlight + " in flight (at most " + peak + "), " + open + " open, " + opened + " opened, "
                    + completed + " completed, " + failed + " failed, " + aborted + " aborted";
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
        private final Runnable whenOut;

        @GuardedBy("lock")
        private boolean left;

        @GuardedBy("lock")
        private @Nullable Outcome outcome;

        private Counted(String model, Runnable whenOut) {
            this.model = Objects.requireNonNull(model, "model");
            this.whenOut = Objects.requireNonNull(whenOut, "whenOut");
        }

        /** Takes the exchange out of what is in flight because its client left it; it stays open until it ends. */
        public void leave() {
            synchronized (lock) {
                if (left || outcome != null) {
                    return;
                }
                left = true;
                all.aborted++;
                level(model).aborted++;
                exit();
            }
            whenOut.run();
        }

        /**
         * Ends the exchange. Providers call this before they tell the client, who may open the next one at once.
         *
         * @param how how it ended; one that was left stays counted as aborted
         */
        public void end(Outcome how) {
            Objects.requireNonNull(how, "outcome");
            boolean wasInFlight;
            synchronized (lock) {
                if (outcome != null) {
                    return;
                }
                outcome = how;
                all.open--;
                level(model).open--;
                wasInFlight = !left;
                if (wasInFlight) {
                    all.count(how, 1);
                    level(model).count(how, 1);
                    exit();
                }
                changed();
            }
            if (wasInFlight) {
                whenOut.run();
            }
        }

        /** Counts an exchange that has ended as aborted after all: its client was gone before it could be told. */
        public void lost() {
            synchronized (lock) {
                if (!left && outcome != null) {
                    left = true;
                    all.count(outcome, -1);
                    level(model).count(outcome, -1);
                    all.aborted++;
                    level(model).aborted++;
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
