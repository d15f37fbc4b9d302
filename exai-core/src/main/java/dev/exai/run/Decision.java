package dev.exai.run;

import java.util.Objects;

/** What a user decides about a function in {@link Doubt}. Immutable; {@code toString} shows no content. */
public final class Decision {
    /** What is to be done. */
    enum Kind {
        RUN,
        RESULT,
        FAILURE
    }

    private final String key;
    private final Kind kind;
    private final String text;

    private Decision(Doubt doubt, Kind kind, String text) {
        this.key = doubt.key();
        this.kind = kind;
        this.text = Objects.requireNonNull(text, "text");
    }

    /**
     * {@return that it did not happen, or may happen twice: it is run now}
     *
     * @param doubt which
     */
    public static Decision run(Doubt doubt) {
        return new Decision(doubt, Kind.RUN, "");
    }

    /**
     * {@return that it has happened: it is not run again}
     *
     * @param doubt which
     * @param result what it returned, told to the model; for a step, the state that follows
     */
    public static Decision happened(Doubt doubt, String result) {
        return new Decision(doubt, Kind.RESULT, result);
    }

    /**
     * {@return that it has failed, or shall not be done: it is not run again}
     *
     * @param doubt which
     * @param why told to the model as the function's error; a step that failed ends the run
     */
    public static Decision failed(Doubt doubt, String why) {
        return new Decision(doubt, Kind.FAILURE, why);
    }

    String key() {
        return key;
    }

    Kind kind() {
        return kind;
    }

    String text() {
        return text;
    }

    @Override
    public String toString() {
        return "Decision[" + key + " " + kind + "]";
    }
}
