package dev.exai.testkit.junit;

import dev.exai.testkit.contract.LimiterContract;
import dev.exai.testkit.contract.LimiterRule;
import dev.exai.testkit.contract.RuleResult;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Runs a {@link LimiterContract} as JUnit tests, one a rule.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> myLimiter() {
 *     return LimiterContractTests.of(LimiterContract.builder(new MyLimiterFactory()).build());
 * }
 * }</pre>
 */
public final class LimiterContractTests {
    private LimiterContractTests() {}

    /**
     * {@return a test for each rule} It fails if a required rule is broken, and is aborted with the evidence if an
     * optional one is broken, or if the limiter does not offer what the rule is about.
     *
     * @param contract the contract
     */
    public static Stream<DynamicTest> of(LimiterContract contract) {
        return Arrays.stream(LimiterRule.values())
                .map(rule -> DynamicTest.dynamicTest(rule.id(), () -> judge(contract.run(rule))));
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
