package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ready-made runs as tools. */
final class RunToolTest {
    private static final String HI = "{\"prompt\":\"hi\"}";
    private static final String HANG = "{\"prompt\":\"" + Fixture.HANG + "\"}";

    @TempDir
    private Path folder;

    private Fixture fixture;

    private RawMcp start(String... settings) throws Exception {
        fixture = new Fixture(settings).listen();
        return new RawMcp(fixture).initialize();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String code(JsonNode result) {
        assertThat(result.path("isError").asBoolean()).as(result.toString()).isTrue();
        return result.at("/structuredContent/error/code").asText();
    }

    @Test
    void tools_areListedAndSayWhetherTheySeeFiles() throws Exception {
        RawMcp client = start();

        JsonNode tools = RawMcp.JSON
                .readTree(client.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}")
                        .body())
                .at("/result/tools");

        List<String> names = new ArrayList<>();
        for (JsonNode tool : tools) {
            names.add(tool.path("name").asText());
            assertThat(tool.has("outputSchema")).isTrue();
        }
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "chat",
                        "debug",
                        "analyze",
                        "codereview",
                        "secaudit",
                        "planner",
                        "consensus",
                        "listmodels",
                        "status",
                        "tasks");
        assertThat(tools.toString()).contains("Sees no files: put all that matters into the prompt.");
    }

    @ParameterizedTest
    @CsvSource({"debug", "analyze", "codereview", "secaudit", "planner", "consensus"})
    void run_withoutAFolder_worksOnThePromptAndSaysSo(String name) throws Exception {
        RawMcp client = start();
        fixture.glm.script(
                request -> !request.body().contains("numbered steps"),
                HttpScript.text("well. Cause: x. Fix: y. Verdict: accept. Findings: 0")
                        .complete());
        fixture.glm.script(
                request -> request.body().contains("numbered steps"),
                HttpScript.text("1. do it").complete());

        JsonNode result = client.result(1, name, HI);

        assertThat(result.path("isError").asBoolean()).as(result.toString()).isFalse();
        JsonNode structured = result.path("structuredContent");
        assertThat(result.at("/content/0/text").asText())
                .isEqualTo(structured.path("text").asText())
                .isNotBlank();
        assertThat(structured.path("sees_files").asBoolean()).isFalse();
        assertThat(structured.path("steps").asLong()).isPositive();
        assertThat(structured.path("tokens").asLong()).isPositive();
        assertThat(structured.path("explanation").asText()).contains("done");
        assertThat(fixture.glm.requests())
                .allMatch(request -> request.functions().isEmpty());

        JsonNode tasks = client.result(2, "tasks", "{}").at("/structuredContent/tasks");
        assertThat(tasks).hasSize(1);
        assertThat(tasks.at("/0/id").asText()).isEqualTo(structured.path("run").asText());
        assertThat(tasks.at("/0/name").asText()).isEqualTo(name);
        assertThat(tasks.at("/0/state").asText()).isEqualTo("done");
        JsonNode one =
                client.result(3, "tasks", "{\"run\":\"" + structured.path("run").asText() + "\"}");
        assertThat(one.at("/structuredContent/text").asText())
                .isEqualTo(structured.path("text").asText());
    }

    @Test
    void run_withAFolder_readsItsFilesAndNoOthers() throws Exception {
        Files.writeString(folder.resolve("notes.txt"), "the answer is 42");
        RawMcp client = start("EXAI_FOLDER", folder.toString());
        fixture.glm.script(
                1,
                HttpScript.functionCall("c", "read_file", "{\"file\":\"notes.txt\"}")
                        .complete());
        fixture.glm.script(
                2,
                HttpScript.functionCall("d", "read_file", "{\"file\":\"../other\"}")
                        .complete());

        JsonNode result = client.result(1, "analyze", HI);

        assertThat(result.at("/structuredContent/text").asText()).isEqualTo("hello");
        assertThat(result.at("/structuredContent/sees_files").asBoolean()).isTrue();
        assertThat(result.at("/structuredContent/steps").asInt()).isEqualTo(3);
        assertThat(fixture.glm.requests().get(1).body()).contains("the answer is 42");
        assertThat(fixture.glm.requests().get(2).body()).contains("paths stay in the folder");
    }

    @Test
    void consensus_asksEveryProvider() throws Exception {
        RawMcp client = start();

        assertThat(client.result(1, "consensus", HI).path("isError").asBoolean())
                .isFalse();

        assertThat(fixture.glm.requests()).hasSize(3); // two opinions, and the verdict
        assertThat(fixture.kimi.requests()).hasSize(1);
    }

    /** Progress comes while a model thinks, names the run, increases, and ends before the answer. */
    @Test
    void progress_whileTheModelThinks_namesTheRunAndWhatItDoes() throws Exception {
        RawMcp client = start();
        fixture.glm.script(
                HttpScript.after(Duration.ofMillis(2_500)).text("late").complete());

        List<JsonNode> events = RawMcp.events(client.call(1, "analyze", HI).get(30, TimeUnit.SECONDS));

        String run = events.get(events.size() - 1)
                .at("/result/structuredContent/run")
                .asText();
        List<JsonNode> told = events.subList(0, events.size() - 1);
        assertThat(told)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(event -> assertThat(event.path("method").asText()).isEqualTo("notifications/progress"));
        assertThat(told.get(told.size() - 1).at("/params/message").asText())
                .isEqualTo("run " + run + ": step 0, thinking");
        assertThat(told)
                .extracting(event -> event.at("/params/progress").asDouble())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    /** I9: a cancel leaves nothing, and the run is cancelled for good. */
    @Test
    void cancelled_overMcp_leavesNothingAndIsKeptAsCancelled() throws Exception {
        RawMcp client = start();
        CompletableFuture<HttpResponse<String>> run = client.call(2, "analyze", HANG);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        client.cancel(2);

        assertThat(fixture.daemon.exai().snapshot().isIdle()).isTrue();
        assertThat(fixture.isIdle()).isTrue();
        assertThat(RawMcp.events(run.get(20, TimeUnit.SECONDS)))
                .allMatch(event -> event.path("method").asText().equals("notifications/progress"));
        awaitState(client, "cancelled");
    }

    private static void awaitState(RawMcp client, String state) {
        int[] id = {1_000};
        await().atMost(Fixture.PATIENCE)
                .untilAsserted(() -> assertThat(client.result(id[0]++, "tasks", "{}")
                                .at("/structuredContent/tasks/0/state")
                                .asText())
                        .isEqualTo(state));
    }

    @Test
    void cancelled_overWebSocket_isAnsweredOnceAndLeavesNothing() throws Exception {
        RawMcp other = start();
        WsClient client = new WsClient(fixture).hello();
        client.send("{\"op\":\"call_tool\",\"request_id\":\"r\",\"name\":\"debug\",\"arguments\":" + HANG + "}");
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        client.send("{\"op\":\"cancel\",\"request_id\":\"r\"}");

        assertThat(client.take("cancelled").path("ok").asBoolean()).isTrue();
        assertThat(client.take("call_tool_res").at("/error/code").asText()).isEqualTo("CANCELLED");
        assertThat(fixture.isIdle()).isTrue();
        awaitState(other, "cancelled");
    }

    /** Runs of a client that is gone do not wait for the next start of the daemon. */
    @Test
    void client_goes_cancelsItsRuns() throws Exception {
        RawMcp other = start();
        WsClient client = new WsClient(fixture).hello();
        client.send("{\"op\":\"call_tool\",\"request_id\":\"r\",\"name\":\"debug\",\"arguments\":" + HANG + "}");
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        client.socket.abort();

        assertThat(fixture.isIdle()).isTrue();
        awaitState(other, "cancelled");
    }

    @Test
    void session_isDeleted_cancelsItsRunsAndAnswersThem() throws Exception {
        RawMcp client = start();
        CompletableFuture<HttpResponse<String>> run = client.call(2, "planner", HANG);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        client.delete();

        List<JsonNode> events = RawMcp.events(run.get(20, TimeUnit.SECONDS));
        assertThat(code(events.get(events.size() - 1).path("result"))).isEqualTo("CANCELLED");
        assertThat(fixture.isIdle()).isTrue();
        awaitState(new RawMcp(fixture).initialize(), "cancelled");
    }

    @Test
    void stop_withARunUnderWay_answersThatItIsGone() throws Exception {
        RawMcp client = start();
        CompletableFuture<HttpResponse<String>> run = client.call(2, "planner", HANG);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        fixture.daemon.stop(Duration.ofSeconds(20));

        List<JsonNode> events = RawMcp.events(run.get(20, TimeUnit.SECONDS));
        JsonNode result = events.get(events.size() - 1).path("result");
        assertThat(code(result)).isEqualTo("SERVICE_UNAVAILABLE");
        assertThat(result.at("/content/0/text").asText()).contains("It was not kept");
        assertThat(fixture.isIdle()).isTrue();
    }

    @Test
    void ends_thatAreNotGood_areErrorsWithTheirReason() throws Exception {
        RawMcp client = start();

        assertThat(code(client.result(1, "debug", "{}"))).isEqualTo("VALIDATION_ERROR");
        assertThat(code(client.result(2, "debug", "{\"prompt\":\"hi\",\"max_tokens\":0}")))
                .isEqualTo("VALIDATION_ERROR");
        assertThat(code(client.result(3, "debug", "{\"prompt\":\"hi\",\"max_tokens\":1}")))
                .isEqualTo("OUT_OF_BUDGET");
        assertThat(code(client.result(4, "debug", HI)))
                .as("the same answer again and again")
                .isEqualTo("NO_PROGRESS");
        assertThat(code(client.result(5, "analyze", "{\"prompt\":\"" + Fixture.HANG + "\",\"timeout_secs\":0.5}")))
                .isEqualTo("TIMEOUT");
        assertThat(code(client.result(6, "tasks", "{\"run\":\"nobody\"}"))).isEqualTo("VALIDATION_ERROR");
        fixture.glm.script(HttpScript.refuse(Refusal.BAD_KEY));
        fixture.kimi.script(HttpScript.refuse(Refusal.BAD_KEY));
        JsonNode failed = client.result(7, "analyze", HI);
        assertThat(code(failed)).isEqualTo("PROVIDER_UNAUTHORIZED");
        assertThat(failed.toString()).doesNotContain("test.key");
        assertThat(fixture.isIdle()).isTrue();
    }
}
