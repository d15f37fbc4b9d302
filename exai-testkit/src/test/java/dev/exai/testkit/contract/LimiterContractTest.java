package dev.exai.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.contract.RuleResult.Verdict;
import dev.exai.testkit.junit.ContractTests;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite is tried itself: a limiter that keeps the rules passes all of them, and each bug fails its own. */
class LimiterContractTest {
    private static final int ROUNDS = 100;

    @TestFactory
    @Tag("deep") // races, which a busy machine decides otherwise now and then
    Stream<DynamicTest> toyWithoutBugs() {
        return ContractTests.of(
                LimiterContract.builder(ToyLimiter.factory()).rounds(10).build());
    }

    @Test
    @Tag("deep") // as above
    void run_limiterWithoutBugs_passesEveryRule() {
        assertThat(contract(ToyLimiter.factory()).run())
                .hasSize(LimiterRule.values().length)
                .allSatisfy(
                        result -> assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.PASS));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("deep") // as above
    void run_limiterWithBug_failsItsRule(Bug bug) {
        RuleResult result = contract(ToyLimiter.factory(bug)).run(bug.rule);
        for (int more = 0; more < 10 && result.verdict() != Verdict.FAIL; more++) {
            result = contract(ToyLimiter.factory(bug)).run(bug.rule); // a race that luck has won so far
        }

        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.FAIL);
        assertThat(result.evidence()).isNotBlank();
    }

    @ParameterizedTest
    @EnumSource
    void rule_each_hasABugThatItFinds(LimiterRule rule) {
        assertThat(Arrays.stream(Bug.values()).map(bug -> bug.rule)).contains(rule);
    }

    @Test
    void run_limiterHangs_failsInTime() {
        LimiterFactory hanging = only(Set.of(), (tenant, part) -> {
            try {
                new CountDownLatch(1).await(); // for ever
            } catch (InterruptedException e) {
                // the trial is over
            }
            return Optional.empty();
        });

        RuleResult result = LimiterContract.builder(hanging)
                .timeLimit(Duration.ofMillis(100))
                .build()
                .run(LimiterRule.P04);

        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.evidence()).contains("did not end in 100 ms; the trial is at ", "park");
        assertThat(result.isDisqualifying()).isTrue();
    }

    @Test
    void run_limiterThrows_failsAndSaysWhat() {
        LimiterFactory throwing = only(Set.of(), (tenant, part) -> {
            throw new IllegalStateException("out of order");
        });

        assertThat(contract(throwing).run(LimiterRule.P04).evidence()).contains("out of order");
    }

    @Test
    void run_featureNotOffered_unsupported() {
        LimiterFactory plain = only(Set.of(), (tenant, part) -> Optional.empty());

        for (LimiterRule rule : EnumSet.of(LimiterRule.P05, LimiterRule.P06, LimiterRule.P20, LimiterRule.P25)) {
            RuleResult result = contract(plain).run(rule);
            assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.UNSUPPORTED);
            assertThat(result.isDisqualifying()).isFalse();
        }
    }

    @Test
    void builder_senselessValues_refused() {
        LimiterContract.Builder builder = LimiterContract.builder(ToyLimiter.factory());

        assertThatThrownBy(() -> builder.rounds(0)).hasMessage("rounds < 1: 0");
        assertThatThrownBy(() -> builder.timeLimit(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> LimiterSpec.of(0)).hasMessage("limit < 1: 0");
        assertThatThrownBy(() -> LimiterSpec.of(1).withPartLimit(0)).hasMessage("partLimit < 1: 0");
    }

    /** Little time to settle: only limiters with a bug use it up, and there are many. */
    private static LimiterContract contract(LimiterFactory factory) {
        return LimiterContract.builder(factory)
                .rounds(ROUNDS)
                .settling(Duration.ofMillis(250))
                .build();
    }

    private static LimiterFactory only(Set<LimiterFeature> features, Attempt attempt) {
        return new LimiterFactory() {
            @Override
            public String name() {
                return "only";
            }

            @Override
            public Set<LimiterFeature> features() {
                return features;
            }

            @Override
            public LimiterUnderTest create(LimiterSpec spec) {
                return attempt::run;
            }
        };
    }

    private interface Attempt {
        Optional<LimiterUnderTest.Holding> run(String tenant, String part);
    }
}
