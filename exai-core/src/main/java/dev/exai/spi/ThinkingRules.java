package dev.exai.spi;

import java.util.List;
import java.util.Objects;

/** Whether a model thinks before it answers, and what of that can be told to it. Immutable. */
public final class ThinkingRules {
    /** When a model thinks. */
    public enum Mode {
        /** It does not. */
        NEVER,
        /** It does, and cannot be told not to. */
        ALWAYS,
        /** It does unless it is told not to. */
        SWITCHED
    }

    private static final ThinkingRules NEVER = new ThinkingRules(Mode.NEVER, List.of());
    private static final ThinkingRules ALWAYS = new ThinkingRules(Mode.ALWAYS, List.of());
    private static final ThinkingRules SWITCHED = new ThinkingRules(Mode.SWITCHED, List.of());

    private final Mode mode;
    private final List<String> efforts;

    private ThinkingRules(Mode mode, List<String> efforts) {
        this.mode = Objects.requireNonNull(mode, "mode");
        this.efforts = List.copyOf(efforts);
        if (mode == Mode.NEVER && !this.efforts.isEmpty()) {
            throw new IllegalArgumentException("a model that never thinks has no efforts: " + efforts);
        }
    }

    /** {@return the rules of a model that does not think} */
    public static ThinkingRules never() {
        return NEVER;
    }

    /** {@return the rules of a model that always thinks} */
    public static ThinkingRules always() {
        return ALWAYS;
    }

    /** {@return the rules of a model that thinks unless it is told not to} */
    public static ThinkingRules switched() {
        return SWITCHED;
    }

    /**
     * {@return rules of a mode}
     *
     * @param mode when the model thinks
     * @param efforts how hard it can be told to think, least first, in the vendor's own words; empty for no such choice
     */
    public static ThinkingRules of(Mode mode, List<String> efforts) {
        return new ThinkingRules(mode, efforts);
    }

    /** {@return when the model thinks} */
    public Mode mode() {
        return mode;
    }

    /** {@return how hard it can be told to think, least first, in the vendor's own words; empty for no such choice} */
    public List<String> efforts() {
        return efforts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ThinkingRules that && mode == that.mode && efforts.equals(that.efforts);
    }

    @Override
    public int hashCode() {
        return 31 * mode.hashCode() + efforts.hashCode();
    }

    @Override
    public String toString() {
        return mode + (efforts.isEmpty() ? "" : " " + efforts);
    }
}
