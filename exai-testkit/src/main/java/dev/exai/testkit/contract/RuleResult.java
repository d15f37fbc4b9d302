package dev.exai.testkit.contract;

import java.time.Duration;

/** How a limiter did at one rule. Immutable. */
public final class RuleResult {
    /** The outcome in a word. */
    public enum Verdict {
        /** The rule held. */
        PASS,
        /** The rule was broken, or the trial did not end in time. */
        FAIL,
        /** The limiter does not offer what the rule is about. */
        UNSUPPORTED
    }

    private final LimiterRule rule;
    private final Verdict verdict;
    private final String evidence;
    private final Duration took;

    RuleResult(LimiterRule rule, Verdict verdict, String evidence, Duration took) {
        this.rule = rule;
        this.verdict = verdict;
        this.evidence = evidence;
        this.took = took;
    }

    /** {@return the rule} */
    public LimiterRule rule() {
        return rule;
    }

    /** {@return the outcome} */
    public Verdict verdict() {
        return verdict;
    }

    /** {@return what was seen, for people to read; empty if the rule held} */
    public String evidence() {
        return evidence;
    }

    /** {@return how long the trial took} */
    public Duration took() {
        return took;
    }

    /** {@return whether this keeps the limiter from conforming: a required rule was broken} */
    public boolean isDisqualifying() {
        return verdict == Verdict.FAIL && rule.isRequired();
    }

    @Override
    public String toString() {
        return rule.id() + " " + verdict + (evidence.isEmpty() ? "" : ": " + evidence);
    }
}
