package dev.exai.resilience;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.CircuitOpenException.Reason;
import dev.exai.error.ExaiException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker: counts how calls end, opens after too many failures, and then lets one call through at a time to see
 * whether all is well again.
 */
final class Circuit {
    /*
     * State      open: calls are refused. until: when the next probe may go. probe: the pass of the call that probes now,
     *            or null. turn: grows whenever the state changes, so that a pass of before counts no more.
     * Owner      lock guards all of it. It is held for no call out of this class; what changed is returned and told by
     *            the caller.
     * Invariant  probe is null unless open. A probe ends in one of three ways: well (closed), failed (open for twice as
     *            long), or no verdict (the next one may probe at once). A pass has one end, so no probe is out for ever.
     */

    private static final long WINDOW_NANOS = 30_000_000_000L;
    private static final int MOST_DOUBLINGS = 20;

    /** What a call's end changed. */
    enum Change {
        NONE,
        OPENED,
        PROBE_FAILED,
        CLOSED
    }

    private final String name;
    private final Scheduler scheduler;
    private final Resilience rules;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Counts wellAndFailed;

    @GuardedBy("lock")
    private int inARow;

    @GuardedBy("lock")
    private long turn;

    @GuardedBy("lock")
    private boolean open;

    @GuardedBy("lock")
    private Reason reason = Reason.FAILURES;

    @GuardedBy("lock")
    private long untilNanos;

    @GuardedBy("lock")
    private int failedProbes;

    @GuardedBy("lock")
    private @Nullable Pass probe;

    @GuardedBy("lock")
    private @Nullable ExaiException last;

    Circuit(String name, Scheduler scheduler, Resilience rules) {
        this.name = name;
        this.scheduler = scheduler;
        this.rules = rules;
        this.wellAndFailed = new Counts(WINDOW_NANOS, scheduler.nanoTime());
    }

    /** Leave for one call to go through. It has one end; the first that is told counts. */
    final class Pass {
        private final long given;

        @GuardedBy("lock")
        private boolean over;

        private Pass(long given) {
            this.given = given;
        }

        Change well() {
            synchronized (lock) {
                if (ends()) {
                    return Change.NONE;
                }
                if (probe == this) {
                    close();
                    return Change.CLOSED;
                }
                inARow = 0;
                wellAndFailed.addFirst(scheduler.nanoTime());
                return Change.NONE;
            }
        }

        Change failed(ExaiException failure) {
            synchronized (lock) {
                if (ends()) {
                    return Change.NONE;
                }
                last = failure;
                if (probe == this) {
                    failedProbes++;
                    open(reason);
                    return Change.PROBE_FAILED;
                }
                inARow++;
                wellAndFailed.addSecond(scheduler.nanoTime());
                if (isTooMuch()) {
                    failedProbes = 0;
                    open(Reason.FAILURES);
                    return Change.OPENED;
                }
                return Change.NONE;
            }
        }

        /** It came to no end that says anything. */
        void noVerdict() {
            synchronized (lock) {
                if (!ends() && probe == this) {
                    probe = null;
                }
            }
        }

        /** Opens the circuit at once, whatever was before. */
        Change trip(Reason why, ExaiException failure) {
            synchronized (lock) {
                if (ends()) {
                    return Change.NONE;
                }
                boolean wasOpen = open;
                failedProbes = probe == this && reason == why ? failedProbes + 1 : 0;
                last = failure;
                open(why);
                return wasOpen ? Change.PROBE_FAILED : Change.OPENED;
            }
        }

        /** Ends this pass; true if that changes nothing any more. */
        @GuardedBy("lock")
        private boolean ends() {
            boolean stale = over || given != turn;
            over = true;
            return stale;
        }
    }

    /** A pass, or null if the circuit is open. */
    @Nullable
    Pass tryPass() {
        synchronized (lock) {
            if (!open) {
                return new Pass(turn);
            }
            if (probe != null || scheduler.nanoTime() - untilNanos < 0) {
                return null;
            }
            probe = new Pass(turn);
            return probe;
        }
    }

    /** Why a call would be refused now, or null if it would not. */
    @Nullable
    CircuitOpenException refusal() {
        synchronized (lock) {
            long left = untilNanos - scheduler.nanoTime();
            if (!open || (probe == null && left <= 0)) {
                return null;
            }
            Duration nextProbe = probe != null ? Duration.ZERO : Duration.ofNanos(left);
            return new CircuitOpenException(describe(), reason, nextProbe, last);
        }
    }

    @GuardedBy("lock")
    private String describe() {
        return name
                + switch (reason) {
                    case FAILURES -> " is not asked, because it failed too often";
                    case OUT_OF_BALANCE -> " is parked, because its account is out of balance or quota";
                    case MODEL_GONE -> " is not asked, because the provider has no such model for this account";
                    case ZOMBIES -> " is not asked, because too many aborted exchanges have not ended";
                };
    }

    /** Closes the circuit because somebody says that all is well; true if it was open. */
    boolean reset() {
        synchronized (lock) {
            boolean was = open;
            close();
            return was;
        }
    }

    boolean isOpen() {
        synchronized (lock) {
            return open;
        }
    }

    /** Whether a call would be refused until a moment that is still to come: a probe under way, or due, is none. */
    boolean isShut() {
        synchronized (lock) {
            return open && probe == null && scheduler.nanoTime() - untilNanos < 0;
        }
    }

    /** How long it is until the next probe; zero if one may go, is under way, or the circuit is closed. */
    Duration untilProbe() {
        synchronized (lock) {
            long left = untilNanos - scheduler.nanoTime();
            return open && probe == null && left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
        }
    }

    long results() {
        synchronized (lock) {
            long now = scheduler.nanoTime();
            return wellAndFailed.first(now) + wellAndFailed.second(now);
        }
    }

    long failures() {
        synchronized (lock) {
            return wellAndFailed.second(scheduler.nanoTime());
        }
    }

    /** The state in a few words. */
    String state() {
        synchronized (lock) {
            if (!open) {
                return "closed";
            }
            long left = untilNanos - scheduler.nanoTime();
            return probe != null ? "half open, a probe is under way" : left <= 0 ? "half open" : "open";
        }
    }

    @GuardedBy("lock")
    private boolean isTooMuch() {
        long now = scheduler.nanoTime();
        long failed = wellAndFailed.second(now);
        long all = wellAndFailed.first(now) + failed;
        return all < rules.leastResults() ? inARow >= rules.failuresInARow() : failed >= rules.failureShare() * all;
    }

    @GuardedBy("lock")
    private void open(Reason why) {
        boolean brief = why == Reason.FAILURES;
        Duration first = brief ? rules.openFor() : rules.parkFor();
        Duration most = brief ? rules.longestOpen() : rules.longestPark();
        Duration time = first;
        for (int i = 0; i < Math.min(failedProbes, MOST_DOUBLINGS) && time.compareTo(most) < 0; i++) {
            time = time.multipliedBy(2);
        }
        open = true;
        reason = why;
        probe = null;
        turn++;
        untilNanos = scheduler.nanoTime() + (time.compareTo(most) > 0 ? most : time).toNanos();
    }

    @GuardedBy("lock")
    private void close() {
        open = false;
        probe = null;
        turn++;
        inARow = 0;
        failedProbes = 0;
        last = null;
        wellAndFailed.clear(scheduler.nanoTime());
    }
}
