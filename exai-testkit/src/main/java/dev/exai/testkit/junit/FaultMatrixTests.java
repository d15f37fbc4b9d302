package dev.exai.testkit.junit;

import dev.exai.testkit.fault.FaultMatrix;
import dev.exai.testkit.fault.FaultResult;
import dev.exai.testkit.fault.FaultResult.Verdict;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Runs a {@link FaultMatrix} as JUnit tests, one a cell.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> myProvider() {
 *     ProviderFixture mine = ProviderFixture.overHttp(WireFormat.OPENAI, (url, key) -> new MyProvider(url, key));
 *     return FaultMatrixTests.of(FaultMatrix.ofProvider(mine));
 * }
 * }</pre>
 */
public final class FaultMatrixTests {
    private FaultMatrixTests() {}

    /**
     * {@return a test for each cell that applies} It fails if the call did not end as it should or left something, and
     * is aborted with the reason if the provider's upstream cannot show the fault.
     *
     * @param matrix the matrix
     */
    public static Stream<DynamicTest> of(FaultMatrix matrix) {
        return matrix.cells().stream()
                .filter(cell -> cell.whyNot().isEmpty())
                .map(cell -> DynamicTest.dynamicTest(cell.id(), () -> judge(matrix.run(cell))));
    }

    private static void judge(FaultResult result) {
        if (result.verdict() == Verdict.FAIL) {
            throw new AssertionFailedError(result.evidence());
        }
        if (result.verdict() == Verdict.NOT_APPLICABLE) {
            throw new TestAbortedException(result.evidence());
        }
    }
}
