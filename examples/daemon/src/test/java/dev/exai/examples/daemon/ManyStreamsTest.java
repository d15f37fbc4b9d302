package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon in a process of its own under 200 streams at once, and what it adds to a single request. The streams are a test; what is
 * printed are the figures of docs/performance.md.
 */
@Tag("deep")
final class ManyStreamsTest {
    private static final int STREAMS = 200;
    private static final int ROUNDS = 3;
    /** The last unit is for a session that holds nothing, and all of them hold some. */
    private static final String LIMIT = Integer.toString(STREAMS + 1);

    /** Between a stream's first piece and the others: so long that all are open before one ends, on a busy machine too. */
    private static final Duration HELD = Duration.ofSeconds(40);

    private static final int WARM = 300;
    private static final int TIMED = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(DaemonProcess.PATIENCE_SECONDS);

    private final FakeProviderServer glm = FakeProviderServer.glm();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private DaemonProcess daemon;
    private String url;

    @TempDir
    private Path state;

    @BeforeEach
    void start() throws Exception {
        daemon = DaemonProcess.startTuned(
                state,
                Map.of(
                        "GLM_API_KEY",
                        "test.key",
                        "GLM_BASE_URL",
                        glm.baseUrl().toString(),
                        "EXAI_WS_GLOBAL_MAX_INFLIGHT",
                        LIMIT,
                        "EXAI_WS_GLM_MAX_INFLIGHT",
                        LIMIT,
                        "EXAI_WS_SESSION_MAX_INFLIGHT",
                        LIMIT,
                        "LOG_LEVEL",
                        "WARN"),
                "--port",
                "0");
        url = "http://127.0.0.1:" + daemon.port();
    }

    @AfterEach
    void close() {
        daemon.close();
        glm.close();
    }

    /** Ten sessions with twenty streams each; every stream is open upstream at the same time before one may end. */
    @Test
    void streams_twoHundredAtOnce_allEndWell() throws Exception {
        List<RawMcp> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawMcp client = new RawMcp(url + "/mcp").initialize();
            client.patience = PATIENCE.multipliedBy(3);
            clients.add(client);
        }
        for (int round = 1; round <= ROUNDS; round++) {
            glm.script(HttpScript.text("a").after(HELD).tokens(50, 100).complete());
            List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
            long began = System.nanoTime();
            for (int i = 0; i < STREAMS; i++) {
                calls.add(clients.get(i % clients.size()).chat(round * 1_000 + i, "stream", Fixture.GLM));
            }
            glm.awaitInFlight(STREAMS, PATIENCE);
            long memory = residentKilobytes();
            for (CompletableFuture<HttpResponse<String>> call : calls) {
                assertThat(call.get(3 * PATIENCE.toSeconds(), TimeUnit.SECONDS).body())
                        .contains("\"isError\":false")
                        .contains("event: message");
            }
            System.out.printf(
                    "%d streams, round %d: all ended well after %d ms; the daemon's process had %d MB%n",
                    STREAMS, round, (System.nanoTime() - began) / 1_000_000, memory / 1_024);
        }
        assertThat(glm.maxInFlight()).isEqualTo(STREAMS);
        assertThat(glm.abortedByClient()).isZero();
    }

    private long residentKilobytes() throws Exception {
        Path status = Path.of("/proc", Long.toString(daemon.process.pid()), "status");
        Matcher found = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(java.nio.file.Files.readString(status));
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    /** One request after the other, to the fake server directly and through the daemon, in turn. */
    @Test
    void latency_throughTheDaemon_besideTheProviderAlone() throws Exception {
        glm.script(HttpScript.text("hel").text("lo").complete());
        RawMcp client = new RawMcp(url + "/mcp").initialize();
        HttpRequest direct = HttpRequest.newBuilder(URI.create(glm.baseUrl() + "/chat/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer test.key")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + Fixture.GLM
                        + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"))
                .build();
        for (int round = 1; round <= ROUNDS; round++) {
            long[] alone = new long[TIMED];
            long[] through = new long[TIMED];
            for (int i = -WARM; i < TIMED; i++) {
                long start = System.nanoTime();
                assertThat(http.send(direct, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
                long between = System.nanoTime();
                String body = client.chat(round * 10_000 + i + WARM, "hi", Fixture.GLM)
                        .get(30, TimeUnit.SECONDS)
                        .body();
                long end = System.nanoTime();
                assertThat(body).contains("\"isError\":false");
                if (i >= 0) {
                    alone[i] = between - start;
                    through[i] = end - between;
                }
            }
            System.out.printf(
                    "latency, round %d: alone %d us, through the daemon %d us, added %d us at the median; p99 %d and %d us%n",
                    round,
                    at(alone, 50),
                    at(through, 50),
                    at(through, 50) - at(alone, 50),
                    at(alone, 99),
                    at(through, 99));
        }
    }

    private static long at(long[] nanos, int percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1_000;
    }
}
