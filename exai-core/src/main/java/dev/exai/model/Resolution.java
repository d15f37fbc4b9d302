package dev.exai.model;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models to try, in order, and why these. Immutable. */
public final class Resolution {
    private final List<Route> candidates;
    private final String why;
    private final List<String> notes;
    private final @Nullable Long madeNanos;

    private Resolution(List<Route> candidates, String why, List<String> notes, @Nullable Long madeNanos) {
        this.candidates = List.copyOf(candidates);
        this.why = Objects.requireNonNull(why, "why");
        this.notes = List.copyOf(notes);
        this.madeNanos = madeNanos;
        if (this.candidates.isEmpty()) {
            throw new IllegalArgumentException("a resolution needs at least one candidate");
        }
    }

    /**
     * {@return a resolution}
     *
     * @param candidates the models to try, in order, at least one
     * @param why why these, in a few words
     */
    public static Resolution of(List<Route> candidates, String why) {
        return new Resolution(candidates, why, List.of(), null);
    }

    /**
     * {@return this resolution with notes}
     *
     * @param all what the caller should know, each a sentence
     */
    public Resolution withNotes(List<String> all) {
        return new Resolution(candidates, why, all, madeNanos);
    }

    /** This resolution, made at a moment and kept since. */
    Resolution madeAt(long nanoTime) {
        return new Resolution(candidates, why, notes, nanoTime);
    }

    /** {@return the models to try, in order; never empty} */
    public List<Route> candidates() {
        return candidates;
    }

    /** {@return the first choice} */
    public Route first() {
        return candidates.get(0);
    }

    /** {@return why these, in a few words} */
    public String why() {
        return why;
    }

    /**
     * {@return for how long it has been kept; empty if it was not kept but looked up for this caller}
     *
     * @param nanoTime now, on the clock of the library's scheduler
     */
    public Optional<Duration> age(long nanoTime) {
        return madeNanos == null ? Optional.empty() : Optional.of(Duration.ofNanos(nanoTime - madeNanos));
    }

    /** {@return what the caller should know: that a model is retired, unknown, or not known to do what is needed} */
    public List<String> notes() {
        return notes;
    }

    @Override
    public String toString() {
        return candidates + " (" + why + ")" + (notes.isEmpty() ? "" : " " + notes);
    }
}
