package dev.exai.interop.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.examples.daemon.Daemon;
import dev.exai.examples.daemon.Main;
import dev.exai.examples.daemon.Settings;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import dev.langchain4j.service.tool.ToolExecutionResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The MCP client of LangChain4j, over HTTP and stdio. */
@Tag("services")
final class DaemonTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String HANG = "please hang";

    private final FakeProviderServer glm = FakeProviderServer.glm()
            .script(HttpScript.text("hel").text("lo").complete())
            .script(request -> request.promptText().contains(HANG), HttpScript.hang());
    private final Map<String, String> environment = Map.of(
            "GLM_API_KEY", "test.key",
            "GLM_BASE_URL", glm.baseUrl().toString(),
            "EXAI_WS_PORT", "0",
            "EXAI_RUN_STORE", "memory");

    @AfterEach
    void close() {
        glm.close();
    }

    @Test
    void overHttp_listsCallsAndGivesUp_andNothingIsLeft() throws Exception {
        try (Daemon daemon = Daemon.of(Settings.of(Map.of(), null, environment))) {
            daemon.listen();
            check(StreamableHttpMcpTransport.builder()
                    .url("http://127.0.0.1:" + daemon.port() + "/mcp")
                    .timeout(PATIENCE)
                    .build());
        }
    }

    @Test
    void overStdio_listsCallsAndGivesUp_andNothingIsLeft() throws Exception {
        check(StdioMcpTransport.builder()
                .command(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--stdio"))
                .environment(environment)
                .build());
    }

    /** Where there is structured content, this client takes it for the text. When its own patience ends this client cancels: then nothing of the call is left at the provider. */
    private void check(McpTransport transport) throws Exception {
        try (McpClient client = DefaultMcpClient.builder()
                .transport(transport)
                .initializationTimeout(PATIENCE)
                .toolExecutionTimeout(Duration.ofSeconds(10))
                .build()) {
            assertThat(client.listTools())
                    .extracting(ToolSpecification::name)
                    .contains("chat", "debug", "analyze", "planner", "consensus", "status", "tasks");

            assertThat(call(client, "chat", "hi").resultText()).contains("\"text\":\"hello\"");
            assertThat(call(client, "analyze", "hi").resultText()).contains("\"text\":\"hello\"");
            assertThatThrownBy(() -> call(client, "chat", " "))
                    .isInstanceOf(ToolExecutionException.class)
                    .hasMessageContaining("VALIDATION_ERROR");

            assertThat(call(client, "chat", HANG).resultText()).contains("timeout");
            glm.awaitNoOpenExchanges(PATIENCE);
            assertThat(glm.abortedByClient()).isEqualTo(1);
            assertThat(call(client, "chat", "hi").resultText()).contains("\"text\":\"hello\"");
        }
    }

    private static ToolExecutionResult call(McpClient client, String tool, String prompt) {
        return client.executeTool(ToolExecutionRequest.builder()
                .name(tool)
                .arguments("{\"prompt\":\"" + prompt + "\"}")
                .build());
    }
}
