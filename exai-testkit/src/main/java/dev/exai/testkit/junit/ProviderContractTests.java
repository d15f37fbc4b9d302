package dev.exai.testkit.junit;

import dev.exai.testkit.contract.provider.ProviderContract;
import dev.exai.testkit.contract.provider.ProviderResult;
import dev.exai.testkit.contract.provider.ProviderRule;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Runs a {@link ProviderContract} as JUnit tests, one a rule.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> myProvider() {
 *     ProviderFixture mine = ProviderFixture.overHttp(WireFormat.OPENAI, (url, key) -> new MyProvider(url, key));
 *     return ProviderContractTests.of(ProviderContract.builder(mine).build());
 * }
 * }</pre>
 */
public final class ProviderContractTests {
    private ProviderContractTests() {}

    /**
     * {@return a test for each rule} It fails if a required rule is broken, and is aborted with the evidence if an
     * optional one is broken, if the provider does not offer what the rule is about, or if it could not be tried.
     *
     * @param contract the contract
     */
    public static Stream<DynamicTest> of(ProviderContract contract) {
        return Arrays.stream(ProviderRule.values())
                .map(rule -> DynamicTest.dynamicTest(rule.id(), () -> judge(contract.run(rule))));
    }

    private static void judge(ProviderResult result) {
        if (result.isDisqualifying()) {
            throw new AssertionFailedError(result.evidence());
        }
        if (result.verdict() != ProviderResult.Verdict.PASS) {
            throw new TestAbortedException(result.evidence());
        }
    }
}
