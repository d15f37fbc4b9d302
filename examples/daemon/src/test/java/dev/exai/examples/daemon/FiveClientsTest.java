package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The incident, from outside: a daemon in a process of its own, five clients at once, and a provider that hangs. */
@Tag("ci")
final class FiveClientsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(DaemonProcess.PATIENCE_SECONDS);
    private static final int CALLS = 10;

    private final FakeProviderServer glm = FakeProviderServer.glm().script(HttpScript.hang());
    private final FakeProviderServer kimi =
            FakeProviderServer.kimi().script(HttpScript.text("hel").text("lo").complete());
    private DaemonProcess daemon;
    private String url;

    @TempDir
    private Path state;

    @AfterEach
    void close() {
        daemon.close();
        glm.close();
        kimi.close();
    }

    private RawMcp client() throws Exception {
        return new RawMcp(url + "/mcp").initialize();
    }

    private JsonNode permits() throws Exception {
        return RawMcp.JSON.readTree(HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/health/permits"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private static JsonNode level(JsonNode permits, String level, String key) {
        for (JsonNode each : permits.path("levels")) {
            if (each.path("level").asText().equals(level)
                    && each.path("key").asText().equals(key)) {
                return each;
            }
        }
        throw new AssertionError("no " + level + " " + key + " in " + permits);
    }

    /**
     * I2, I4, I12: two clients have more calls at GLM than it takes, and none is answered. Three others ask Kimi, one call after the
     * other each: its three units are theirs as if nobody else were there, so none of their calls ever finds them taken.
     */
    @Test
    void providerHangs_theClientsOfTheOtherAreServedAsIfIdle_andAllIsFreedInTheEnd() throws Exception {
        daemon = DaemonProcess.start(
                state,
                Map.of(
                        "GLM_API_KEY",
                        "test.key",
                        "GLM_BASE_URL",
                        glm.baseUrl().toString(),
                        "KIMI_API_KEY",
                        "sk-test",
                        "KIMI_BASE_URL",
                        kimi.baseUrl().toString()),
                "--port",
                "0");
        url = "http://127.0.0.1:" + daemon.port();
        List<RawMcp> hung = List.of(client(), client());
        List<CompletableFuture<HttpResponse<String>>> hanging = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            hanging.add(hung.get(i % 2).chat(i, "please hang", Fixture.GLM));
        }
        await().atMost(PATIENCE).until(() -> {
            JsonNode there = level(permits(), "provider", "glm");
            return there.path("inUse").asInt() + there.path("waiting").asInt() == 8;
        });

        List<CompletableFuture<List<JsonNode>>> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawMcp other = client();
            others.add(CompletableFuture.supplyAsync(() -> ask(other), task -> new Thread(task).start()));
        }
        for (CompletableFuture<List<JsonNode>> other : others) {
            assertThat(other.get(3 * DaemonProcess.PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .hasSize(CALLS)
                    .allSatisfy(result -> {
                        assertThat(result.path("isError").asBoolean())
                                .as(result.toString())
                                .isFalse();
                        assertThat(result.at("/structuredContent/provider").asText())
                                .isEqualTo("kimi");
                    });
        }

        assertThat(hanging).allSatisfy(call -> assertThat(call).isNotDone());
        assertThat(kimi.completed()).isEqualTo(3 * CALLS);
        JsonNode busy = permits();
        assertThat(busy.path("status").asText()).isEqualTo("ok");
        // the third unit is for a session that holds nothing there: the second one may have had it, or nobody
        assertThat(level(busy, "provider", "glm").path("inUse").asInt()).isBetween(2, 3);
        assertThat(level(busy, "provider", "kimi").path("inUse").asInt()).isZero();

        for (RawMcp each : hung) {
            each.delete();
        }
        glm.awaitNoOpenExchanges(PATIENCE);
        assertThat(level(permits(), "global", "").path("inUse").asInt()).isZero();
        assertThat(level(permits(), "global", "").path("waiting").asInt()).isZero();
    }

    private static List<JsonNode> ask(RawMcp client) {
        List<JsonNode> results = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            try {
                results.add(client.result(
                        i, "chat", "{\"prompt\":\"hi\",\"model\":\"" + Fixture.KIMI + "\",\"timeout_secs\":60}"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return results;
    }
}
