package dev.exai.testkit.contract;

import java.time.Duration;

/**
 * How somebody did at one rule of a contract.
 *
 * @param rule the rule
 * @param verdict the outcome
 * @param evidence what was seen, for people to read; if the rule held, what of it could not be tried, mostly empty
 * @param took how long the trial took
 */
public record RuleResult(ContractRule rule, Verdict verdict, String evidence, Duration took) {
    /** The outcome in a word. */
    public enum Verdict {
        /** The rule held. */
        PASS,
        /** The rule was broken, or the trial did not end in time. */
        FAIL,
        /** What is tried does not offer what the rule is about. */
        UNSUPPORTED,
        /** What would show whether the rule holds cannot be had here. */
        UNTESTED
    }

    /** {@return whether this keeps it from conforming: a required rule was broken} */
    public boolean isDisqualifying() {
        return verdict == Verdict.FAIL && rule.isRequired();
    }

    @Override
    public String toString() {
        return rule.id() + " " + verdict + (evidence.isEmpty() ? "" : ": " + evidence);
    }
}
