package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.fault.FaultMatrix;
import dev.exai.testkit.fault.FaultResult;
import dev.exai.testkit.fault.FaultResult.Verdict;
import dev.exai.testkit.http.WireFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** I1, I6, I7, I8, I9: a fault at every step of a call over a real socket. */
@Tag("ci")
@Timeout(300)
class FaultMatrixTest {
    @Test
    void glm_everyFaultAtEveryStep_endsRightAndLeavesNothing() {
        tryAll(ProviderFixture.overHttp(
                WireFormat.GLM,
                (url, key) -> GlmProvider.builder(key).baseUrl(url.toString()).build()));
    }

    @Test
    void kimi_everyFaultAtEveryStep_endsRightAndLeavesNothing() {
        tryAll(ProviderFixture.overHttp(
                WireFormat.KIMI,
                (url, key) -> KimiProvider.builder(key).baseUrl(url.toString()).build()));
    }

    private static void tryAll(ProviderFixture fixture) {
        FaultMatrix matrix = FaultMatrix.ofProvider(fixture);

        List<FaultResult> results = matrix.run();

        long tried = results.stream()
                .filter(result -> result.verdict() == Verdict.PASS)
                .count();
        System.out.println(fixture.name() + ": " + results.size() + " cells, " + tried + " tried over a socket");
        assertThat(results).noneMatch(result -> result.verdict() == Verdict.FAIL);
        assertThat(tried).isGreaterThanOrEqualTo(250);
    }
}
