package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Health, metrics, and the way down. */
final class HealthTest {
    private final Fixture fixture =
            new Fixture("EXAI_WS_MODEL_MAX_INFLIGHT", "glm/glm-4.7=2, kimi/" + Fixture.KIMI + "=1");

    @BeforeEach
    void listen() throws Exception {
        fixture.listen();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(fixture.url(path))).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void permits_whileBusy_areHealthyAndNameTheHolder() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        CompletableFuture<HttpResponse<String>> call = client.chat(1, Fixture.HANG, Fixture.GLM);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        HttpResponse<String> answer = get("/health/permits");

        JsonNode json = RawMcp.JSON.readTree(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json.path("status").asText()).isEqualTo("ok");
        JsonNode glm = level(json, "provider", "glm");
        assertThat(glm.path("inUse").asInt()).isEqualTo(1);
        assertThat(glm.path("limit").asInt()).isEqualTo(3);
        JsonNode holder = glm.path("holders").path(0);
        assertThat(holder.path("session").asText()).startsWith("mcp:raw/");
        assertThat(holder.path("state").asText()).isEqualTo("held");
        assertThat(holder.path("call").asText()).isNotBlank();
        assertThat(level(json, "session", holder.path("session").asText())
                        .path("inUse")
                        .asInt())
                .isEqualTo(1);
        assertThat(level(json, "provider", "kimi").path("holders")).isEmpty();
        JsonNode model = level(json, "model", "glm/glm-4.7");
        assertThat(model.path("inUse").asInt()).isEqualTo(1);
        assertThat(model.path("limit").asInt()).isEqualTo(2);
        assertThat(model.path("holders")).hasSize(1);
        assertThat(json.path("levels"))
                .allSatisfy(each -> assertThat(each.fieldNames())
                        .toIterable()
                        .contains("level", "key", "inUse", "limit", "waiting", "zombies", "holders"));
        assertThat(answer.body()).doesNotContain(Fixture.HANG).doesNotContain("test.key");
        assertThat(call).isNotDone();
    }

    @Test
    void permits_modelAtItsLimit_waitsThereAndOtherModelsGoOn() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        client.chat(1, Fixture.HANG, Fixture.KIMI);
        fixture.kimi.awaitInFlight(1, Fixture.PATIENCE);
        client.chat(2, Fixture.HANG, Fixture.KIMI);

        await().atMost(Fixture.PATIENCE)
                .untilAsserted(() -> assertThat(level(
                                        RawMcp.JSON.readTree(
                                                get("/health/permits").body()),
                                        "model",
                                        "kimi/" + Fixture.KIMI)
                                .path("waiting")
                                .asInt())
                        .isEqualTo(1));
        assertThat(client.result(3, "chat", "{\"prompt\":\"hi\",\"model\":\"kimi-k3\"}")
                        .path("isError")
                        .asBoolean())
                .isFalse();
    }

    private static JsonNode level(JsonNode json, String level, String key) {
        for (JsonNode each : json.path("levels")) {
            if (each.path("level").asText().equals(level)
                    && each.path("key").asText().equals(key)) {
                return each;
            }
        }
        throw new AssertionError("no " + level + " " + key + " in " + json);
    }

    @Test
    void metrics_afterACall_haveItsCountAndNoContent() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        client.chat(1, "a-secret-question", Fixture.GLM).get(10, TimeUnit.SECONDS);

        await().atMost(Fixture.PATIENCE)
                .untilAsserted(() -> assertThat(get("/metrics").body())
                        .contains("exai_permits_limit{key=\"glm\",level=\"provider\"} 3.0")
                        .contains("exai_calls_seconds_count")
                        .contains("outcome=\"succeeded\"")
                        .doesNotContain("a-secret-question")
                        .doesNotContain("test.key"));
    }

    @Test
    void unknown_pathsAndMethods_areRefused() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/health/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/mcp").statusCode()).isEqualTo(405);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    /** Drains: what is under way ends well, what comes new is refused with a reason. */
    @Test
    void stop_withACallUnderWay_answersItFirst() throws Exception {
        fixture.glm.script(
                request -> request.promptText().contains("slow"),
                dev.exai.testkit.http.HttpScript.after(Duration.ofMillis(400))
                        .text("at last")
                        .complete());
        RawMcp client = new RawMcp(fixture).initialize();
        CompletableFuture<HttpResponse<String>> call = client.chat(1, "slow", Fixture.GLM);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        fixture.daemon.stop(Duration.ofSeconds(10));

        assertThat(call.get(10, TimeUnit.SECONDS).body()).contains("at last");
        assertThat(fixture.isIdle()).isTrue();
    }

    @Test
    void stop_withACallThatHangs_cancelsItAfterTheLimit() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        CompletableFuture<HttpResponse<String>> call = client.chat(1, Fixture.HANG, Fixture.GLM);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        fixture.daemon.stop(Duration.ofMillis(100));

        assertThat(call.get(10, TimeUnit.SECONDS).body()).contains("CANCELLED");
        assertThat(fixture.isIdle()).isTrue();
    }
}
