package dev.exai.testkit.fault;

import java.util.Objects;

/** How a call did in one cell. Immutable. */
public final class FaultResult {
    /** What was found. */
    public enum Verdict {
        /** It ended as it should, and left nothing. */
        PASS,
        /** It did not; the evidence says what was wrong. */
        FAIL,
        /** The fault cannot happen at this step, or the provider under test has no way to show it. */
        NOT_APPLICABLE
    }

    private final FaultCell cell;
    private final Verdict verdict;
    private final String evidence;

    FaultResult(FaultCell cell, Verdict verdict, String evidence) {
        this.cell = Objects.requireNonNull(cell, "cell");
        this.verdict = Objects.requireNonNull(verdict, "verdict");
        this.evidence = Objects.requireNonNull(evidence, "evidence");
    }

    /** {@return the cell} */
    public FaultCell cell() {
        return cell;
    }

    /** {@return what was found} */
    public Verdict verdict() {
        return verdict;
    }

    /** {@return what was wrong, or why the cell does not apply; how the call ended if all was well} */
    public String evidence() {
        return evidence;
    }

    @Override
    public String toString() {
        return verdict + " " + cell + (evidence.isEmpty() ? "" : ": " + evidence);
    }
}
