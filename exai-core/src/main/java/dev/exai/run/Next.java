package dev.exai.run;

import java.time.Duration;
import java.util.Objects;

/** What follows a step of a user. Immutable; {@code toString} shows no content. */
public final class Next {
    /** What kind of thing follows. */
    enum Kind {
        STEP,
        LATER,
        DONE
    }

    private final Kind kind;
    private final String text;
    private final Duration delay;

    private Next(Kind kind, String text, Duration delay) {
        this.kind = kind;
        this.text = Objects.requireNonNull(text, "text");
        this.delay = delay;
    }

    /**
     * {@return another step}
     *
     * @param state what it is given: all that it needs to know, because it may run in another process
     */
    public static Next step(String state) {
        return new Next(Kind.STEP, state, Duration.ZERO);
    }

    /**
     * {@return another step after some time: for one that waits for something} Waiting is not going in circles, so it may be
     * the same any number of times.
     *
     * @param delay how long to wait, more than zero
     * @param state what the step is given
     */
    public static Next later(Duration delay, String state) {
        if (delay.isZero() || delay.isNegative()) {
            throw new IllegalArgumentException("delay must be more than zero: " + delay);
        }
        return new Next(Kind.LATER, state, delay);
    }

    /**
     * {@return the end}
     *
     * @param answer what the run returns, not blank: a run that ends well always has an answer
     */
    public static Next done(String answer) {
        return new Next(Kind.DONE, answer, Duration.ZERO);
    }

    Kind kind() {
        return kind;
    }

    String text() {
        return text;
    }

    Duration delay() {
        return delay;
    }

    @Override
    public String toString() {
        return "Next[" + kind + ", " + text.length() + " chars]";
    }
}
