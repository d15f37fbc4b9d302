package dev.exai.testkit.contract.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.contract.RuleResult;
import dev.exai.testkit.contract.RuleResult.Verdict;
import dev.exai.testkit.junit.ContractTests;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite is tried itself: a provider that keeps the rules passes all of them, and each bug fails its own. */
class ProviderContractTest {
    @TestFactory
    Stream<DynamicTest> scripted() {
        return ContractTests.of(ProviderContract.builder(new ScriptedFixture()).build());
    }

    @Test
    void run_providerWithoutBugs_passesEveryRule() {
        assertThat(ProviderContract.builder(ToyUpstream.fixture()).build().run())
                .hasSize(ProviderRule.values().length)
                .allSatisfy(
                        result -> assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.PASS));
    }

    @Tag("ci")
    @ParameterizedTest
    @EnumSource
    void run_providerWithBug_failsItsRule(Bug bug) {
        RuleResult result = impatient(ToyUpstream.fixture(bug)).run(bug.rule);
        for (int more = 0; more < 5 && result.verdict() != Verdict.FAIL; more++) {
            result = impatient(ToyUpstream.fixture(bug)).run(bug.rule); // a race that luck has won so far
        }

        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.FAIL);
        assertThat(result.evidence()).isNotBlank();
    }

    @ParameterizedTest
    @EnumSource
    void rule_each_hasABugThatItFinds(ProviderRule rule) {
        assertThat(Arrays.stream(Bug.values()).map(bug -> bug.rule)).contains(rule);
    }

    @Test
    void builder_senselessValues_refused() {
        ProviderContract.Builder builder = ProviderContract.builder(ToyUpstream.fixture());

        assertThatThrownBy(() -> builder.rounds(0)).hasMessage("rounds < 1: 0");
        assertThatThrownBy(() -> builder.timeLimit(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> builder.patience(Duration.ZERO)).hasMessageContaining("PT0S");
    }

    /** Only providers with a bug use up the patience, and there are many. */
    private static ProviderContract impatient(ProviderFixture fixture) {
        return ProviderContract.builder(fixture)
                .patience(Duration.ofMillis(700))
                .timeLimit(Duration.ofSeconds(10))
                .build();
    }
}
