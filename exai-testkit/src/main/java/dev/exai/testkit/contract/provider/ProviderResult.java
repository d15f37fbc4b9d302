package dev.exai.testkit.contract.provider;

import java.time.Duration;

/** How a provider did at one rule. Immutable. */
public final class ProviderResult {
    /** The outcome in a word. */
    public enum Verdict {
        /** The rule held. */
        PASS,
        /** The rule was broken, or the trial did not end in time. */
        FAIL,
        /** The provider does not offer what the rule is about. */
        UNSUPPORTED,
        /** The upstream cannot do what would show whether the rule holds. */
        UNTESTED
    }

    private final ProviderRule rule;
    private final Verdict verdict;
    private final String evidence;
    private final Duration took;

    ProviderResult(ProviderRule rule, Verdict verdict, String evidence, Duration took) {
        this.rule = rule;
        this.verdict = verdict;
        this.evidence = evidence;
        this.took = took;
    }

    /** {@return the rule} */
    public ProviderRule rule() {
        return rule;
    }

    /** {@return the outcome} */
    public Verdict verdict() {
        return verdict;
    }

    /** {@return what was seen, for people to read; if the rule held, what of it could not be tried, often empty} */
    public String evidence() {
        return evidence;
    }

    /** {@return how long the trial took} */
    public Duration took() {
        return took;
    }

    /** {@return whether this keeps the provider from conforming: a required rule was broken} */
    public boolean isDisqualifying() {
        return verdict == Verdict.FAIL && rule.isRequired();
    }

    @Override
    public String toString() {
        return rule.id() + " " + verdict + (evidence.isEmpty() ? "" : ": " + evidence);
    }
}
