package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.testkit.http.HttpScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote, for Node.js: the official MCP SDK, the inspector, the conformance suite, and ws. */
@Tag("services")
final class NodeClientsTest {
    private static final List<String> OVER_STDIO = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "--stdio");

    private final Fixture fixture = new Fixture();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void mcpOverHttp_callsCancelsAndLeavesNothing() throws Exception {
        fixture.listen();

        checkMcp(Node.run(Map.of(), "mcp.mjs", "http", fixture.url("/mcp")));

        assertThat(fixture.isIdle()).isTrue();
        assertThat(fixture.glm.abortedByClient()).isEqualTo(2);
    }

    @Test
    void mcpOverStdio_callsCancelsAndLeavesNothing() throws Exception {
        String[] arguments =
                Stream.concat(Stream.of("stdio"), OVER_STDIO.stream()).toArray(String[]::new);

        checkMcp(Node.run(fixture.settings.asEnvironment(), "mcp.mjs", arguments));

        assertThat(fixture.isIdle()).isTrue();
        assertThat(fixture.glm.abortedByClient()).isEqualTo(2);
    }

    private static void checkMcp(List<String> lines) {
        assertThat(lines)
                .containsExactly(
                        "tools: analyze chat codereview consensus debug listmodels planner secaudit status tasks",
                        "answer: hello by glm",
                        "run: hello in 1 step",
                        "error: true MODEL_NOT_FOUND",
                        "hung chat: ended by the client, progress 1 2",
                        "hung analyze: ended by the client, progress 1 2",
                        "in use: 0",
                        "tasks: done cancelled");
    }

    @Test
    void ws_callsAndCancels_eachCallIsAnsweredOnce() throws Exception {
        fixture.listen();

        assertThat(Node.run(Map.of(), "ws.mjs", "ws://127.0.0.1:" + fixture.daemon.port() + "/ws"))
                .containsExactly("hello: true", "quick: hello", "hung: CANCELLED", "once: true");

        assertThat(fixture.isIdle()).isTrue();
    }

    /** I6: kill -9 of a client with calls and runs under way over both protocols, some of them waiting. */
    @Test
    void client_isKilled_freesAllOfItsOwn() throws Exception {
        fixture.listen();
        Process client = Node.start("hang.mjs", fixture.url("/mcp"), "ws://127.0.0.1:" + fixture.daemon.port() + "/ws");
        fixture.glm.awaitInFlight(2, Duration.ofSeconds(60)); // one unit is kept for a third session

        client.destroyForcibly();

        assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(fixture.isIdle()).isTrue();
        RawMcp other = new RawMcp(fixture).initialize();
        assertThat(other.result(1, "chat", "{\"prompt\":\"hi\"}")
                        .path("isError")
                        .asBoolean())
                .isFalse();
        other.result(2, "tasks", "{}")
                .at("/structuredContent/tasks")
                .forEach(task -> assertThat(task.path("state").asText()).isEqualTo("cancelled"));
    }

    @Test
    void inspector_overHttpAndStdio_listsAndCalls() throws Exception {
        fixture.listen();
        fixture.glm.script(
                request -> request.body().contains("numbered steps"),
                HttpScript.text("1. hello").complete());
        ObjectNode stdio = RawMcp.JSON.createObjectNode();
        ObjectNode server = stdio.putObject("mcpServers").putObject("daemon");
        server.put("command", OVER_STDIO.get(0))
                .set("args", RawMcp.JSON.valueToTree(OVER_STDIO.subList(1, OVER_STDIO.size())));
        server.set("env", RawMcp.JSON.valueToTree(fixture.settings.asEnvironment()));
        Path config = Files.writeString(folder.resolve("inspector.json"), stdio.toString());

        for (List<String> target : List.of(
                List.of(fixture.url("/mcp"), "--transport", "http"),
                List.of("--config", config.toString(), "--server", "daemon"))) {
            assertThat(inspect(target, "tools/list", "--strict").path("tools")).hasSize(10);
            JsonNode called = inspect(target, "tools/call", "--tool-name", "planner", "--tool-arg", "prompt=hi");
            assertThat(called.path("isError").asBoolean()).isFalse();
            assertThat(called.at("/structuredContent/text").asText()).isEqualTo("1. hello");
        }
        assertThat(fixture.isIdle()).isTrue();
    }

    private static JsonNode inspect(List<String> target, String method, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--cli", "--connect-timeout", "90000"));
        arguments.addAll(target);
        arguments.addAll(List.of("--method", method));
        arguments.addAll(List.of(more));
        return RawMcp.JSON.readTree(
                String.join("\n", Node.runProgram("mcp-inspector", arguments.toArray(String[]::new))));
    }

    /** What the daemon leaves out stands with its reason in a file; all else must pass. */
    @Test
    void conformance_allThatApplies_passes() throws Exception {
        fixture.listen();

        List<String> lines = Node.runProgram(
                "conformance",
                "server",
                "--url",
                fixture.url("/mcp"),
                "--expected-failures",
                "conformance-left-out.yml");

        assertThat(String.join("\n", lines))
                .contains("server-initialize: 1 passed, 0 failed")
                .contains("tools-list: 1 passed, 0 failed")
                .contains("server-sse-multiple-streams: 1 passed, 0 failed")
                .contains("dns-rebinding-protection: 2 passed, 0 failed")
                .contains("Total: 7 passed, 24 failed");
    }
}
