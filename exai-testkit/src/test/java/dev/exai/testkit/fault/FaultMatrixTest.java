package dev.exai.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallState;
import dev.exai.call.Tool;
import dev.exai.message.ChatRequest;
import dev.exai.testkit.contract.provider.ScriptedFixture;
import dev.exai.testkit.fault.FaultResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** I1, I5, I6, I7, I8, I9, I10: a fault at every step of a call. */
@Timeout(120)
class FaultMatrixTest {
    private static final Tool<String, String> ASKS_TWICE = Tool.blocking(
            "asks-twice",
            (input, context) -> context.chat(ChatRequest.of(input)).await().text()
                    + context.chat(ChatRequest.of(input)).await().text());

    @Test
    void inVirtualTime_everyFaultAtEveryStep_endsRightAndLeavesNothing() {
        assertThat(triedWithoutFailure(FaultMatrix.inVirtualTime())).isGreaterThanOrEqualTo(300);
    }

    @Test
    @Tag("ci")
    void blockingTool_everyFaultAtEveryStep_endsRightAndLeavesNothing() {
        assertThat(triedWithoutFailure(FaultMatrix.ofBlockingTool())).isGreaterThanOrEqualTo(100);
    }

    @Test
    @Tag("ci")
    void toolOfAUser_everyFaultAtEveryStep_endsRightAndLeavesNothing() {
        assertThat(triedWithoutFailure(FaultMatrix.ofTool(ASKS_TWICE, "hello"))).isGreaterThanOrEqualTo(100);
    }

    @Test
    @Tag("ci")
    void providerOnThreads_everyFaultAtEveryStep_endsRightAndLeavesNothing() {
        assertThat(triedWithoutFailure(FaultMatrix.ofProvider(new ScriptedFixture())))
                .isGreaterThanOrEqualTo(200);
    }

    /** Prints how many cells there were, and returns how many were tried. */
    private static int triedWithoutFailure(FaultMatrix matrix) {
        List<FaultResult> results = matrix.run();
        long tried = results.stream()
                .filter(result -> result.verdict() == Verdict.PASS)
                .count();
        System.out.println(matrix + ": " + results.size() + " cells, " + tried + " tried, the others do not apply");
        assertThat(results).noneMatch(result -> result.verdict() == Verdict.FAIL);
        return (int) tried;
    }

    @Test
    void table_everyMove_hasCellsOfEachSubjectThatCanTakeIt() {
        List<String> moves = new ArrayList<>();
        for (CallState from : CallState.values()) {
            from.next().stream()
                    .filter(to -> !Move.OF_SICK_PROVIDERS.contains(new Move(from, to)))
                    .forEach(to -> moves.add(from + "->" + to));
        }
        Stream<FaultMatrix> all = Stream.of(
                FaultMatrix.inVirtualTime(),
                FaultMatrix.ofBlockingTool(),
                FaultMatrix.ofTool(ASKS_TWICE, ""),
                FaultMatrix.ofProvider(new ScriptedFixture()));

        assertThat(all).allSatisfy(matrix -> assertThat(matrix.uncovered()).isEmpty());
        assertThat(FaultMatrix.ofProvider(new ScriptedFixture()).cells())
                .extracting(cell -> cell.from() + "->" + cell.to())
                .containsAll(moves);
        assertThat(Arrays.stream(CallState.values()).filter(CallState::isTerminal))
                .allSatisfy(state -> assertThat(state.next()).isEmpty());
    }

    @Test
    void cells_eachHasANameOfItsOwnAndAReasonIfItIsNotTried() {
        List<FaultCell> cells = FaultMatrix.inVirtualTime().cells();

        assertThat(cells).extracting(FaultCell::id).doesNotHaveDuplicates();
        assertThat(cells)
                .filteredOn(cell -> cell.whyNot().isPresent())
                .isNotEmpty()
                .allSatisfy(cell -> assertThat(cell.whyNot().orElseThrow()).isNotBlank());
        assertThat(cells.stream().map(FaultCell::fault).distinct()).containsExactly(Fault.values());
    }

    @Test
    void toolThatNeverEnds_isCaught() {
        CountDownLatch end = new CountDownLatch(1);
        Tool<String, String> deaf = Tool.blocking("deaf", (input, context) -> {
            while (end.getCount() > 0) {
                try {
                    end.await();
                } catch (InterruptedException ignored) {
                    // as bad tools do
                }
            }
            return input;
        });
        FaultMatrix matrix = FaultMatrix.ofTool(deaf, "hello").patience(Duration.ofMillis(300));
        FaultCell cell = cell(matrix, "tool RUNNING->CANCELLED: CANCEL, before");

        FaultResult result = matrix.run(cell);
        end.countDown();

        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.evidence()).contains("0 zombies, not 1");
    }

    @Test
    void toolWithAStageOfItsOwn_cellThatApplies_passes() {
        Tool<String, String> later = Tool.async("later", (input, context) -> CompletableFuture.completedFuture(input));
        FaultMatrix matrix = FaultMatrix.ofTool(later, "hello");

        assertThat(matrix.run(cell(matrix, "tool RUNNING->SUCCEEDED: CANCEL, after")))
                .returns(Verdict.PASS, FaultResult::verdict)
                .returns("ended as SUCCEEDED", FaultResult::evidence);
    }

    private static FaultCell cell(FaultMatrix matrix, String id) {
        return matrix.cells().stream()
                .filter(cell -> cell.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
