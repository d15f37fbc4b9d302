package dev.exai.model;

import java.util.Objects;

/** What a selection made of one model, and why. Immutable. */
public final class Verdict {
    private final Route route;
    private final boolean kept;
    private final String why;

    private Verdict(Route route, boolean kept, String why) {
        this.route = Objects.requireNonNull(route, "route");
        this.kept = kept;
        this.why = Objects.requireNonNull(why, "why");
    }

    /**
     * {@return that a model is a candidate}
     *
     * @param route the model
     * @param why why it has its place
     */
    public static Verdict kept(Route route, String why) {
        return new Verdict(route, true, why);
    }

    /**
     * {@return that a model is no candidate}
     *
     * @param route the model
     * @param why why not
     */
    public static Verdict dropped(Route route, String why) {
        return new Verdict(route, false, why);
    }

    /** {@return the model} */
    public Route route() {
        return route;
    }

    /** {@return whether it is a candidate} */
    public boolean isKept() {
        return kept;
    }

    /** {@return why, in a few words} */
    public String why() {
        return why;
    }

    @Override
    public String toString() {
        return (kept ? "" : "not ") + route + ": " + why;
    }
}
