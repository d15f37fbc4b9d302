package dev.exai.testkit.contract.provider;

import dev.exai.testkit.contract.RuleResult;
import dev.exai.testkit.contract.RuleResult.Verdict;
import dev.exai.testkit.internal.RuleBroken;
import dev.exai.testkit.internal.TimedTrial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tries a provider, anyone's, against the {@linkplain ProviderRule rules} and says how it did at each.
 *
 * <pre>{@code
 * ProviderFixture mine = ProviderFixture.overHttp(WireFormat.OPENAI, (url, key) -> new MyProvider(url, key));
 * for (RuleResult result : ProviderContract.builder(mine).build().run()) {
 *     System.out.println(result);
 * }
 * }</pre>
 *
 * <p>Every rule gets an upstream, providers and threads of its own, and ends in time: a provider that hangs fails the
 * rule. All time is real.
 *
 * <p>Immutable; to be run by one thread at a time, because one rule counts the threads of the whole process.
 */
public final class ProviderContract {
    private final ProviderFixture fixture;
    private final int rounds;
    private final long seed;
    private final Duration timeLimit;
    private final Duration patience;

    private ProviderContract(Builder builder) {
        this.fixture = builder.fixture;
        this.rounds = builder.rounds;
        this.seed = builder.seed;
        this.timeLimit = builder.timeLimit;
        this.patience = builder.patience;
    }

    /**
     * {@return a builder}
     *
     * @param fixture makes the provider and its upstream
     */
    public static Builder builder(ProviderFixture fixture) {
        return new Builder(fixture);
    }

    /** {@return how the provider does at every rule, in their order} */
    public List<RuleResult> run() {
        List<RuleResult> results = new ArrayList<>();
        for (ProviderRule rule : ProviderRule.values()) {
            results.add(run(rule));
        }
        return results;
    }

    /**
     * {@return how the provider does at a rule}
     *
     * @param rule the rule
     */
    public RuleResult run(ProviderRule rule) {
        String missing = rule.missing(fixture.features());
        if (!missing.isEmpty()) {
            return new RuleResult(rule, Verdict.UNSUPPORTED, missing, Duration.ZERO);
        }
        long start = System.nanoTime();
        try (ProviderTrial trial = new ProviderTrial(fixture, rounds, seed, patience)) {
            return judge(rule, trial, start);
        }
    }

    private RuleResult judge(ProviderRule rule, ProviderTrial trial, long start) {
        try {
            String leftOut = TimedTrial.run(timeLimit, body -> trial.start(rule.id(), body), () -> {
                rule.tryOn(trial);
                return trial.leftOut();
            });
            return result(rule, Verdict.PASS, leftOut, start);
        } catch (NotTried e) {
            return result(rule, Verdict.UNTESTED, e.getMessage(), start);
        } catch (Throwable e) {
            return result(rule, Verdict.FAIL, RuleBroken.evidence(e), start);
        }
    }

    private static RuleResult result(ProviderRule rule, Verdict verdict, String evidence, long start) {
        return new RuleResult(rule, verdict, evidence, Duration.ofNanos(System.nanoTime() - start));
    }

    @Override
    public String toString() {
        return "ProviderContract[" + fixture.name() + ", " + rounds + " rounds, seed " + seed + "]";
    }

    /** Builds a {@link ProviderContract}. Not safe for use by several threads. */
    public static final class Builder {
        private final ProviderFixture fixture;
        private int rounds = 30;
        private long seed = 1;
        private Duration timeLimit = Duration.ofSeconds(30);
        private Duration patience = Duration.ofSeconds(5);

        private Builder(ProviderFixture fixture) {
            this.fixture = Objects.requireNonNull(fixture, "fixture");
        }

        /**
         * Sets how often a race is run, 30 times by default.
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
         * Sets how long one rule may take before it counts as broken; 30 seconds by default.
         *
         * @param value how long
         * @return this builder
         */
        public Builder timeLimit(Duration value) {
            this.timeLimit = positive("timeLimit", value);
            return this;
        }

        /**
         * Sets how long the provider may take for what it should do at once, 5 seconds by default: enough for a busy
         * machine, and far less than the limits that a hung answer would wait for. Only a provider that breaks a rule
         * ever takes it.
         *
         * @param value how long
         * @return this builder
         */
        public Builder patience(Duration value) {
            this.patience = positive("patience", value);
            return this;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " not positive: " + value);
            }
            return value;
        }

        /** {@return the contract} */
        public ProviderContract build() {
            return new ProviderContract(this);
        }
    }
}
