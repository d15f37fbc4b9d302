package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a call did, and when: the answer to "why did this feel slow?". No content. Safe for use by many threads.
 */
public final class Timeline {
    /** One thing that happened. Immutable. */
    public static final class Entry {
        private final Duration at;
        private final String what;

        private Entry(Duration at, String what) {
            this.at = at;
            this.what = what;
        }

        /** {@return when, since the call started} */
        public Duration at() {
            return at;
        }

        /** {@return what happened, in a few words} */
        public String what() {
            return what;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.3f s %s", at.toNanos() / 1e9, what);
        }
    }

    private final Scheduler scheduler;
    private final long startNanos;

    @GuardedBy("this")
    private final List<Entry> entries = new ArrayList<>(8);

    Timeline(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.startNanos = scheduler.nanoTime();
    }

    void add(String what) {
        synchronized (this) {
            entries.add(new Entry(elapsed(), what));
        }
    }

    /** {@return the time since the call started} */
    Duration elapsed() {
        return Duration.ofNanos(scheduler.nanoTime() - startNanos);
    }

    /** {@return what has happened so far, in order} */
    public List<Entry> entries() {
        synchronized (this) {
            return List.copyOf(entries);
        }
    }

    @Override
    public String toString() {
        return entries().stream().map(Entry::toString).collect(Collectors.joining(" | "));
    }
}
