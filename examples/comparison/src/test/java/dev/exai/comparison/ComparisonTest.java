package dev.exai.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.contract.LimiterContract;
import dev.exai.testkit.contract.RuleResult;
import dev.exai.testkit.contract.RuleResult.Verdict;
import dev.exai.testkit.junit.ContractTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Ours keeps every required rule; what the others do is told in docs/comparison.md, and is no reason to fail. */
@Tag("deep") // the peers' races take time, and a busy machine decides some of them otherwise
class ComparisonTest {
    /** To accept a new page: {@code -Dexai.golden.update=true}, then look at the difference. */
    private static final boolean UPDATE = Boolean.getBoolean("exai.golden.update");

    private static final List<Peer> PEERS = List.of(
            OurPool.PEER,
            FairSemaphore.PEER,
            NestedSemaphores.PEER,
            ResilienceBulkhead.PEER,
            NetflixLimiter.PEER,
            FailsafeBulkhead.PEER);

    @Test
    void page_committed_isWhatThisRunFound() throws IOException {
        compare(PEERS, 150, Duration.ofSeconds(20));
    }

    @Test
    @Tag("deep")
    void page_committed_isWhatManyRoundsFind() throws IOException {
        compare(PEERS, 3_000, Duration.ofMinutes(3));
    }

    @TestFactory
    @Tag("deep")
    Stream<DynamicTest> ours_manyRounds() {
        return ContractTests.of(LimiterContract.builder(OurPool.PEER)
                .rounds(20_000)
                .seed(System.nanoTime())
                .timeLimit(Duration.ofMinutes(5))
                .build());
    }

    private static void compare(List<Peer> peers, int rounds, Duration timeLimit) throws IOException {
        Comparison comparison = Comparison.of(peers, rounds, timeLimit);
        Path root = root();
        Path page = root.resolve("docs/comparison.md");
        String committed = Files.exists(page) ? Files.readString(page) : "";
        String found = comparison.page(committed, UPDATE);
        Path target = Files.createDirectories(root.resolve("examples/comparison/target"));
        Files.writeString(target.resolve("comparison.md"), found);
        Files.writeString(target.resolve("comparison-evidence.txt"), comparison.evidence());
        if (UPDATE) {
            Files.writeString(page, found);
            committed = found;
        }

        assertThat(comparison.results(OurPool.PEER))
                .filteredOn(RuleResult::isDisqualifying)
                .isEmpty();
        assertThat(comparison.results(OurPool.PEER))
                .filteredOn(result -> result.rule().isRequired())
                .allSatisfy(
                        result -> assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.PASS));
        assertThat(found)
                .as("docs/comparison.md; this run's page and its evidence are in examples/comparison/target")
                .isEqualTo(committed);
    }

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("exai-core/pom.xml"))) {
            path = path.getParent();
        }
        return path;
    }
}
