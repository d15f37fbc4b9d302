package dev.exai.testkit.contract;

import dev.exai.testkit.contract.RuleResult.Verdict;
import dev.exai.testkit.internal.RuleBroken;
import dev.exai.testkit.internal.TimedTrial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tries a permit limiter, anyone's, against the {@linkplain LimiterRule rules} and says how it did at each.
 *
 * <pre>{@code
 * for (RuleResult result : LimiterContract.builder(mine).build().run()) {
 *     System.out.println(result);
 * }
 * }</pre>
 *
 * <p>Every rule gets new limiters and threads of its own, and ends in time: a limiter that hangs fails the rule. A rule
 * about a race is tried in many rounds, whose small delays come from the seed.
 *
 * <p>Immutable; to be run by one thread at a time, because races need the processors for themselves.
 */
public final class LimiterContract {
    private final LimiterFactory factory;
    private final int rounds;
    private final long seed;
    private final Duration timeLimit;
    private final Duration settling;

    private LimiterContract(Builder builder) {
        this.factory = builder.factory;
        this.rounds = builder.rounds;
        this.seed = builder.seed;
        this.timeLimit = builder.timeLimit;
        this.settling = builder.settling;
    }

    /**
     * {@return a builder}
     *
     * @param factory makes the limiters
     */
    public static Builder builder(LimiterFactory factory) {
        return new Builder(factory);
    }

    /** {@return how the limiter does at every rule, in their order} */
    public List<RuleResult> run() {
        List<RuleResult> results = new ArrayList<>();
        for (LimiterRule rule : LimiterRule.values()) {
            results.add(run(rule));
        }
        return results;
    }

    /**
     * {@return how the limiter does at a rule}
     *
     * @param rule the rule
     */
    public RuleResult run(LimiterRule rule) {
        String missing = rule.missing(factory.features());
        if (!missing.isEmpty()) {
            return new RuleResult(rule, Verdict.UNSUPPORTED, missing, Duration.ZERO);
        }
        long start = System.nanoTime();
        String evidence = evidence(rule);
        Verdict verdict = evidence == null ? Verdict.PASS : Verdict.FAIL;
        return new RuleResult(
                rule, verdict, evidence == null ? "" : evidence, Duration.ofNanos(System.nanoTime() - start));
    }

    /** What shows that the rule is broken, or null if nothing does. */
    private @Nullable String evidence(LimiterRule rule) {
        try (Trial trial = new Trial(factory, rounds, seed, settling)) {
            try {
                TimedTrial.run(timeLimit, body -> trial.start(rule.id(), body), () -> {
                    rule.tryOn(trial);
                    return true;
                });
                return null;
            } catch (Throwable e) {
                return RuleBroken.evidence(e);
            }
        }
    }

    @Override
    public String toString() {
        return "LimiterContract[" + factory.name() + ", " + rounds + " rounds, seed " + seed + "]";
    }

    /** Builds a {@link LimiterContract}. Not safe for use by several threads. */
    public static final class Builder {
        private final LimiterFactory factory;
        private int rounds = 300;
        private long seed = 1;
        private Duration timeLimit = Duration.ofSeconds(20);
        private Duration settling = Duration.ofMillis(700);

        private Builder(LimiterFactory factory) {
            this.factory = Objects.requireNonNull(factory, "factory");
        }

        /**
         * Sets how often a race is run. The default, 300, finds plain mistakes in a second or two; rare ones need
         * tens of thousands.
         *
         * @param value how often
         * @return this builder
         */
        public Builder rounds(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("rounds < 1: " + value);
            }
            this.rounds = value;
            return this;
        }

        /**
         * Sets where the delays in races come from.
         *
         * @param value the seed
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets how long one rule may take before it counts as broken; 20 seconds by default. Many rounds need more.
         *
         * @param value how long
         * @return this builder
         */
        public Builder timeLimit(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("timeLimit not positive: " + value);
            }
            this.timeLimit = value;
            return this;
        }

        /**
         * Sets how long a limiter may take for what it should have done already; 700 milliseconds by default. Only a
         * limiter that breaks a rule ever takes it.
         *
         * @param value how long
         * @return this builder
         */
        public Builder settling(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("settling not positive: " + value);
            }
            this.settling = value;
            return this;
        }

        /** {@return the contract} */
        public LimiterContract build() {
            return new LimiterContract(this);
        }
    }
}
