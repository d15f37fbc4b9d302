package dev.exai.testkit.junit;

import dev.exai.testkit.contract.ContractRule;
import dev.exai.testkit.contract.LimiterContract;
import dev.exai.testkit.contract.LimiterRule;
import dev.exai.testkit.contract.RuleResult;
import dev.exai.testkit.contract.provider.ProviderContract;
import dev.exai.testkit.contract.provider.ProviderRule;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Runs a contract as JUnit tests, one a rule. A test fails if a required rule is broken, and is aborted with the evidence if
 * an optional one is broken, if what the rule is about is not offered, or if it could not be tried.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> myProvider() {
 *     ProviderFixture mine = ProviderFixture.overHttp(WireFormat.OPENAI, (url, key) -> new MyProvider(url, key));
 *     return ContractTests.of(ProviderContract.builder(mine).build());
 * }
 * }</pre>
 */
public final class ContractTests {
    private ContractTests() {}

    /**
     * {@return a test for each rule of limiters}
     *
     * @param contract the contract
     */
    public static Stream<DynamicTest> of(LimiterContract contract) {
        return of(LimiterRule.values(), contract::run);
    }

    /**
     * {@return a test for each rule of providers}
     *
     * @param contract the contract
     */
    public static Stream<DynamicTest> of(ProviderContract contract) {
        return of(ProviderRule.values(), contract::run);
    }

    private static <R extends ContractRule> Stream<DynamicTest> of(R[] rules, Function<R, RuleResult> trial) {
        return Arrays.stream(rules).map(rule -> DynamicTest.dynamicTest(rule.id(), () -> judge(trial.apply(rule))));
    }

    private static void judge(RuleResult result) {
        if (result.isDisqualifying()) {
            throw new AssertionFailedError(result.evidence());
        }
        if (result.verdict() != RuleResult.Verdict.PASS) {
            throw new TestAbortedException(result.evidence());
        }
    }
}
