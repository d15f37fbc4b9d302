package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MCP over HTTP: the official client, and one that shows every byte. */
final class McpHttpTest {
    private final Fixture fixture = new Fixture();

    @BeforeEach
    void listen() throws Exception {
        fixture.listen();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void officialClient_listsAndCalls_getsTextAndStructure() {
        try (McpSyncClient client = McpClient.sync(HttpClientStreamableHttpTransport.builder(fixture.url(""))
                        .build())
                .build()) {
            assertThat(client.initialize().serverInfo().name()).isEqualTo("exai-daemon");
            assertThat(client.listTools().tools())
                    .extracting(McpSchema.Tool::name)
                    .contains("chat", "listmodels", "status");

            McpSchema.CallToolResult answer = client.callTool(McpSchema.CallToolRequest.builder("chat")
                    .arguments(Map.of("prompt", "hi"))
                    .build());

            assertThat(answer.isError()).isFalse();
            assertThat(((McpSchema.TextContent) answer.content().get(0)).text()).isEqualTo("hello");
            assertThat(RawMcp.JSON
                            .<JsonNode>valueToTree(answer.structuredContent())
                            .path("provider")
                            .asText())
                    .isEqualTo("glm");
        }
    }

    @Test
    void chat_explicitModelOfTheOther_isServedByIt() throws Exception {
        List<JsonNode> events = RawMcp.events(
                new RawMcp(fixture).initialize().chat(1, "hi", Fixture.KIMI).get(10, TimeUnit.SECONDS));

        JsonNode result = events.get(events.size() - 1).path("result");
        assertThat(result.path("structuredContent").path("provider").asText()).isEqualTo("kimi");
        assertThat(fixture.glm.requests()).isEmpty();
    }

    /** I9 over the protocol: the permit is back and the exchange aborted; nothing is answered. */
    @Test
    void cancelled_whileRunning_freesPermitAndExchangeAndIsNotAnswered() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        CompletableFuture<HttpResponse<String>> call = client.chat(7, Fixture.HANG, Fixture.GLM);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        client.cancel(7);

        assertThat(fixture.daemon.exai().snapshot().isIdle()).isTrue();
        assertThat(fixture.isIdle()).isTrue();
        assertThat(RawMcp.events(call.get(10, TimeUnit.SECONDS)))
                .allMatch(event -> event.path("method").asText().equals("notifications/progress"));
        assertThat(fixture.glm.abortedByClient()).isEqualTo(1);
    }

    @Test
    void cancelled_bySomeoneElse_changesNothing() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        RawMcp other = new RawMcp(fixture).initialize();
        CompletableFuture<HttpResponse<String>> call = client.chat(7, Fixture.HANG, Fixture.GLM);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        other.cancel(7);

        assertThat(call).isNotDone();
        assertThat(fixture.daemon.exai().snapshot().global().inUse()).isEqualTo(1);
        client.cancel(7);
    }

    @Test
    void progress_whileQueued_increasesAndEndsBeforeTheAnswer() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        List<JsonNode> events = RawMcp.events(client.chat(3, "hi", "auto").get(10, TimeUnit.SECONDS));

        assertThat(events.get(events.size() - 1).has("result")).isTrue();
        double before = 0;
        for (JsonNode event : events.subList(0, events.size() - 1)) {
            assertThat(event.path("params").path("progressToken").asText()).isEqualTo("t3");
            assertThat(event.path("params").path("progress").asDouble()).isGreaterThan(before);
            before = event.path("params").path("progress").asDouble();
        }
        assertThat(before).isPositive();
    }

    /** I6, I12: a client that is killed holds nothing after the grace. */
    @Test
    void streamsClient_goesAway_freesItsCall() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        byte[] body = RawMcp.chatBody(9, Fixture.HANG, Fixture.GLM).getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket("127.0.0.1", fixture.daemon.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + fixture.daemon.port()
                            + "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
                            + "Mcp-Session-Id: " + client.session + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            fixture.glm.awaitInFlight(1, Fixture.PATIENCE);
        }

        assertThat(fixture.isIdle()).isTrue();
        assertThat(fixture.glm.abortedByClient()).isEqualTo(1);
        RawMcp.events(client.chat(10, "hi", Fixture.GLM).get(10, TimeUnit.SECONDS)); // the session lives on
    }

    @Test
    void delete_withCallsUnderWay_cancelsThemAndForgetsTheSession() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();
        CompletableFuture<HttpResponse<String>> call = client.chat(1, Fixture.HANG, Fixture.GLM);
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        assertThat(client.delete().statusCode()).isEqualTo(200);

        assertThat(fixture.isIdle()).isTrue();
        List<JsonNode> events = RawMcp.events(call.get(10, TimeUnit.SECONDS));
        JsonNode result = events.get(events.size() - 1).path("result");
        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(result.path("structuredContent").path("error").path("code").asText())
                .isEqualTo("CANCELLED");
        assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(fixture.daemon.exai().sessions()).isEmpty();
    }

    /** One provider hangs under as many calls as it takes; the other serves a second client as if idle. */
    @Test
    void hungProvider_otherClientAtTheOther_isServed() throws Exception {
        RawMcp hung = new RawMcp(fixture).initialize();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(hung.chat(i, Fixture.HANG, Fixture.GLM));
        }
        fixture.glm.awaitInFlight(2, Fixture.PATIENCE);

        JsonNode last = last(new RawMcp(fixture).initialize().chat(1, "hi", Fixture.KIMI));

        assertThat(last.path("result").path("isError").asBoolean()).isFalse();
        hung.delete();
        assertThat(fixture.isIdle()).isTrue();
    }

    @Test
    void wrongRequests_areResultsOrErrorsWithTheReason() throws Exception {
        RawMcp client = new RawMcp(fixture).initialize();

        assertThat(last(client.chat(1, "hi", "no-such-model"))
                        .at("/result/structuredContent/error/code")
                        .asText())
                .isEqualTo("MODEL_NOT_FOUND");
        assertThat(last(client.chat(2, " ", "auto"))
                        .at("/result/structuredContent/error/code")
                        .asText())
                .isEqualTo("VALIDATION_ERROR");
        assertThat(client.post("{nonsense").statusCode()).isEqualTo(400);
        assertThat(client.post(RawMcp.INITIALIZE, "Content-Type", "text/plain").statusCode())
                .isEqualTo(415);
        assertThat(client.post(RawMcp.INITIALIZE, "Accept", "text/html").statusCode())
                .isEqualTo(406);
        assertThat(client.post(
                                "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}",
                                "MCP-Protocol-Version",
                                "1999-01-01")
                        .statusCode())
                .isEqualTo(400);
        HttpResponse<String> unknown = client.post("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"no/such\"}");
        assertThat(RawMcp.JSON.readTree(unknown.body()).at("/error/code").asInt())
                .isEqualTo(-32601);
    }

    private static JsonNode last(CompletableFuture<HttpResponse<String>> call) throws Exception {
        List<JsonNode> events = RawMcp.events(call.get(10, TimeUnit.SECONDS));
        return events.get(events.size() - 1);
    }
}
