package dev.exai.testkit.internal;

import java.util.Objects;

/** Says what someone did that a rule forbids. */
public final class RuleBroken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception, without a stack trace.
     *
     * @param evidence what was seen, for people to read
     */
    public RuleBroken(String evidence) {
        super(Objects.requireNonNull(evidence, "evidence"), null, false, false);
    }

    /**
     * {@return what a trial that threw this has shown, for people to read}
     *
     * @param thrown what it threw
     */
    public static String evidence(Throwable thrown) {
        return thrown instanceof RuleBroken ? Objects.requireNonNull(thrown.getMessage()) : "threw " + thrown;
    }
}
