package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a call did, and when: the answer to "why did this feel slow?". No content. Figures of a call that is under way
 * are those up to now. Safe for use by many threads.
 */
public final class Timeline {
    /** One thing that happened. Immutable. */
    public static final class Entry {
        private final long atNanos;
        private final Supplier<String> what;

        private Entry(long atNanos, Supplier<String> what) {
            this.atNanos = atNanos;
            this.what = what;
        }

        /** {@return when, since the call started} */
        public Duration at() {
            return Duration.ofNanos(atNanos);
        }

        /** {@return what happened, in a few words} */
        public String what() {
            return what.get();
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.3f s %s", atNanos / 1e9, what());
        }
    }

    private final Scheduler scheduler;
    private final long startNanos;

    @GuardedBy("this")
    private final List<Entry> entries = new ArrayList<>(10);

    @GuardedBy("this")
    private long resolvingNanos;

    @GuardedBy("this")
    private long queuedNanos;

    @GuardedBy("this")
    private long runningNanos;

    @GuardedBy("this")
    private long backingOffNanos;

    @GuardedBy("this")
    private CallState state;

    @GuardedBy("this")
    private long stateSinceNanos;

    @GuardedBy("this")
    private int attempts;

    @GuardedBy("this")
    private int pieces;

    /** Since the call started; 0 if nothing came yet. */
    @GuardedBy("this")
    private long firstPieceNanos;

    /** When this attempt's latest piece came. */
    @GuardedBy("this")
    private long latestPieceNanos;

    @GuardedBy("this")
    private long longestSilenceNanos;

    /** Whether a piece of this attempt came. */
    @GuardedBy("this")
    private boolean heard;

    Timeline(Scheduler scheduler, CallState first) {
        this.scheduler = scheduler;
        this.startNanos = scheduler.nanoTime();
        this.state = first;
        this.stateSinceNanos = startNanos;
    }

    void add(String what) {
        add(() -> what);
    }

    /** Adds what is put into words only if somebody reads it; it must say the same whenever that is. */
    synchronized void add(Supplier<String> what) {
        entries.add(new Entry(scheduler.nanoTime() - startNanos, what));
    }

    /** Notes that the call came to another state. */
    synchronized void moved(CallState next, Supplier<String> what) {
        long now = scheduler.nanoTime();
        spent(now - stateSinceNanos);
        state = next;
        stateSinceNanos = now;
        entries.add(new Entry(now - startNanos, what));
    }

    /** Counts time in the state that there is. */
    @GuardedBy("this")
    private void spent(long nanos) {
        switch (state) {
            case RESOLVING -> resolvingNanos += nanos;
            case QUEUED -> queuedNanos += nanos;
            case RUNNING -> runningNanos += nanos;
            case BACKING_OFF -> backingOffNanos += nanos;
            default -> {
                // it has ended: no time is counted any more
            }
        }
    }

    @GuardedBy("this")
    private long nanosIn(CallState which) {
        return switch (which) {
            case RESOLVING -> resolvingNanos;
            case QUEUED -> queuedNanos;
            case RUNNING -> runningNanos;
            case BACKING_OFF -> backingOffNanos;
            default -> 0;
        };
    }

    /** Notes that an attempt has its permit. */
    synchronized void attempt() {
        attempts++;
        heard = false;
    }

    /** Notes that a piece of the answer came. */
    synchronized void heard() {
        long now = scheduler.nanoTime();
        if (heard) {
            longestSilenceNanos = Math.max(longestSilenceNanos, now - latestPieceNanos);
        } else {
            heard = true;
            firstPieceNanos = firstPieceNanos == 0 ? Math.max(1, now - startNanos) : firstPieceNanos;
            int attempt = attempts;
            entries.add(new Entry(now - startNanos, () -> "attempt " + attempt + " first piece"));
        }
        latestPieceNanos = now;
        pieces++;
    }

    /** {@return the time since the call started, until it ended} */
    public synchronized Duration total() {
        return Duration.ofNanos((state.isTerminal() ? stateSinceNanos : scheduler.nanoTime()) - startNanos);
    }

    /** {@return how long it waited: for permits, or for a thread for its tool} */
    public Duration queued() {
        return in(CallState.QUEUED);
    }

    /** {@return how long it ran: its attempts at providers, all together, or its tool's code} */
    public Duration running() {
        return in(CallState.RUNNING);
    }

    /** {@return how long it waited between attempts} */
    public Duration backingOff() {
        return in(CallState.BACKING_OFF);
    }

    /**
     * {@return what this library took: the total, less the time that the call was queued, ran or backed off} That is the
     * time in which a model was chosen.
     */
    public Duration overhead() {
        return in(CallState.RESOLVING); // the only other state that takes time
    }

    private synchronized Duration in(CallState which) {
        long sofar = state == which ? scheduler.nanoTime() - stateSinceNanos : 0;
        return Duration.ofNanos(nanosIn(which) + sofar);
    }

    /** {@return how many attempts have had a permit; none for a tool} */
    public synchronized int attempts() {
        return attempts;
    }

    /** {@return how many pieces of the answer came, over all attempts} */
    public synchronized int pieces() {
        return pieces;
    }

    /** {@return when the first piece of the answer came, since the call started} */
    public synchronized Optional<Duration> firstPiece() {
        return firstPieceNanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(firstPieceNanos));
    }

    /** {@return the longest time between two pieces of an attempt; zero if none had two} */
    public synchronized Duration longestSilence() {
        return Duration.ofNanos(longestSilenceNanos);
    }

    /** {@return what has happened so far, in order} */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** {@return what happened, and where the time went, in one line} */
    @Override
    public synchronized String toString() {
        String what = entries.stream().map(Entry::toString).collect(Collectors.joining(" | "));
        return String.format(
                Locale.ROOT,
                "%s | %.3f s in all: %.3f queued, %.3f running, %.3f backing off, %.3f of the library",
                what,
                seconds(total()),
                seconds(queued()),
                seconds(running()),
                seconds(backingOff()),
                seconds(overhead()));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
