package dev.exai.message;

import java.util.Objects;

/**
 * Something of a request that was not sent as it was asked for, because the model would refuse or ignore it. Immutable;
 * shows no content.
 */
public final class Adjustment {
    /** What became of it. */
    public enum Kind {
        /** It was not sent. */
        LEFT_OUT,
        /** It was sent in another form, or with another value. */
        CHANGED,
        /** It was sent, but the provider does not promise to heed it. */
        MAY_BE_IGNORED
    }

    private final Kind kind;
    private final String option;
    private final String why;

    private Adjustment(Kind kind, String option, String why) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.option = Objects.requireNonNull(option, "option");
        this.why = Objects.requireNonNull(why, "why");
    }

    /**
     * {@return an option that was not sent}
     *
     * @param option the option, as {@link ChatRequest} names it
     * @param why why, in words that show no content
     */
    public static Adjustment leftOut(String option, String why) {
        return new Adjustment(Kind.LEFT_OUT, option, why);
    }

    /**
     * {@return an option that was sent in another form, or with another value}
     *
     * @param option the option, as {@link ChatRequest} names it
     * @param why how and why, in words that show no content
     */
    public static Adjustment changed(String option, String why) {
        return new Adjustment(Kind.CHANGED, option, why);
    }

    /**
     * {@return an option that was sent, but may be ignored}
     *
     * @param option the option, as {@link ChatRequest} names it
     * @param why why, in words that show no content
     */
    public static Adjustment mayBeIgnored(String option, String why) {
        return new Adjustment(Kind.MAY_BE_IGNORED, option, why);
    }

    /** {@return what became of it} */
    public Kind kind() {
        return kind;
    }

    /** {@return the option, as {@link ChatRequest} names it} */
    public String option() {
        return option;
    }

    /** {@return why, for people to read} */
    public String why() {
        return why;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Adjustment that
                && kind == that.kind
                && option.equals(that.option)
                && why.equals(that.why);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, option, why);
    }

    @Override
    public String toString() {
        return option + " "
                + switch (kind) {
                    case LEFT_OUT -> "left out";
                    case CHANGED -> "changed";
                    case MAY_BE_IGNORED -> "may be ignored";
                }
                + ": " + why;
    }
}
