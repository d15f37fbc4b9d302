package dev.exai.model;

import java.util.List;

/** The models to try, in order, and why these. Immutable. */
public final class Resolution {
    private final List<Route> candidates;
    private final String why;

    private Resolution(List<Route> candidates, String why) {
        this.candidates = List.copyOf(candidates);
        this.why = why;
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
        return new Resolution(candidates, why);
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

    @Override
    public String toString() {
        return candidates + " (" + why + ")";
    }
}
