package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The old daemon's protocol, with what it got wrong put right. */
final class WebSocketTest {
    private Fixture fixture;

    private WsClient connect(String... settings) throws Exception {
        fixture = new Fixture(settings).listen();
        return new WsClient(fixture);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void chat_isAcceptedAcknowledgedStreamedAndAnsweredInThisOrder() throws Exception {
        WsClient client = connect().hello();
        client.chat("r1", "hi", "auto");

        List<String> ops = new ArrayList<>();
        StringBuilder streamed = new StringBuilder();
        JsonNode frame;
        do {
            frame = client.next();
            ops.add(frame.path("op").asText());
            streamed.append(frame.path("chunk").asText());
            assertThat(frame.path("request_id").asText()).isEqualTo("r1");
        } while (!frame.path("op").asText().equals("call_tool_res"));

        assertThat(ops)
                .containsSubsequence("progress", "call_tool_ack", "stream_chunk", "stream_complete", "call_tool_res");
        assertThat(ops).containsOnlyOnce("call_tool_ack").containsOnlyOnce("call_tool_res");
        assertThat(streamed).hasToString("hello");
        assertThat(frame.path("text").asText()).isEqualTo("hello");
        assertThat(frame.at("/outputs/0/text").asText()).isEqualTo("hello");
        assertThat(frame.has("error")).isFalse();
    }

    /** I9: cancel is read while a call runs, and frees everything. */
    @Test
    void cancel_whileRunning_isConfirmedAndTheCallIsAnsweredOnce() throws Exception {
        WsClient client = connect().hello();
        client.chat("r1", Fixture.HANG, Fixture.GLM);
        client.take("call_tool_ack");
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        client.send("{\"op\":\"cancel\",\"request_id\":\"r1\"}");

        assertThat(client.take("cancelled").path("ok").asBoolean()).isTrue();
        JsonNode answer = client.take("call_tool_res");
        assertThat(answer.at("/error/code").asText()).isEqualTo("CANCELLED");
        assertThat(fixture.isIdle()).isTrue();
        client.send("{\"op\":\"cancel\",\"request_id\":\"r1\"}");
        assertThat(client.take("cancelled").path("ok").asBoolean()).isFalse();
    }

    /** I6: a client that goes frees all of its own, what runs and what waits. */
    @Test
    void disconnect_withCallsUnderWay_cancelsThem() throws Exception {
        WsClient client = connect().hello();
        for (int i = 0; i < 6; i++) {
            client.chat("r" + i, Fixture.HANG, Fixture.GLM);
        }
        fixture.glm.awaitInFlight(2, Fixture.PATIENCE);

        client.socket.abort();

        assertThat(fixture.isIdle()).isTrue();
    }

    @Test
    void frames_ofOneConnection_areServedAtOnce() throws Exception {
        WsClient client = connect().hello();
        client.chat("slow", Fixture.HANG, Fixture.GLM);
        client.take("call_tool_ack");

        client.chat("quick", "hi", Fixture.KIMI);
        client.send("{\"op\":\"ping\"}");

        client.take("pong");
        assertThat(client.take("call_tool_res").path("request_id").asText()).isEqualTo("quick");
    }

    @Test
    void callsThatDoNotFit_areAnsweredOverCapacityWithATime() throws Exception {
        WsClient client = connect().hello();
        for (int i = 0; i < 300; i++) {
            client.chat("r" + i, Fixture.HANG, Fixture.GLM);
        }
        JsonNode refused = client.take("call_tool_res");

        assertThat(refused.at("/error/code").asText()).isEqualTo("OVER_CAPACITY");
        assertThat(refused.at("/error/retry_after").asLong()).isPositive();
        client.socket.abort();
        assertThat(fixture.isIdle()).isTrue();
    }

    @Test
    void otherOps_areAnswered() throws Exception {
        WsClient client = connect().hello();

        client.send("{\"op\":\"list_tools\",\"request_id\":\"l\"}");
        JsonNode tools = client.take("list_tools_res");
        assertThat(tools.path("request_id").asText()).isEqualTo("l");
        assertThat(tools.at("/tools/0/name").asText()).isEqualTo("chat");
        assertThat(tools.at("/tools/0/inputSchema/type").asText()).isEqualTo("object");

        client.send("{\"op\":\"health\"}");
        JsonNode health = client.take("health_res");
        assertThat(health.path("ok").asBoolean()).isTrue();
        assertThat(health.at("/health/levels/0/level").asText()).isEqualTo("global");

        client.send("{\"op\":\"call_tool\",\"id\":\"old\",\"tool\":{\"name\":\"nothing\"}}");
        JsonNode unknown = client.take("call_tool_res");
        assertThat(unknown.path("request_id").asText()).isEqualTo("old");
        assertThat(unknown.at("/error/code").asText()).isEqualTo("TOOL_NOT_FOUND");

        client.send("{\"op\":\"dance\",\"request_id\":\"d\"}");
        assertThat(client.take("error").path("request_id").asText()).isEqualTo("d");
        client.send("no json");
        assertThat(client.take("error").path("code").asText()).isEqualTo("INVALID_REQUEST");
    }

    @ParameterizedTest
    @CsvSource({
        "no json, invalid_hello, 4000",
        "'{\"op\":\"list_tools\"}', missing_hello, 4001",
        "'{\"op\":\"hello\",\"token\":\"wrong\"}', unauthorized, 4003",
    })
    void hello_wrong_isRefusedWithItsCode(String frame, String error, int code) throws Exception {
        WsClient client = connect("EXAI_WS_TOKEN", "a-token-of-thirty-characters-ok");

        client.send(frame);

        JsonNode answer = client.take("hello_ack");
        assertThat(answer.path("ok").asBoolean()).isFalse();
        assertThat(answer.path("error").asText()).isEqualTo(error);
        assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(code);
    }

    @Test
    void hello_never_isClosedWith4002() throws Exception {
        WsClient client = connect("EXAI_WS_HELLO_TIMEOUT", "1");

        assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(4002);
    }

    @Test
    void message_tooLong_closesTheConnectionAndFreesItsCalls() throws Exception {
        WsClient client = connect("EXAI_WS_MAX_BYTES", "2048").hello();
        client.chat("r1", Fixture.HANG, Fixture.GLM);
        client.take("call_tool_ack");

        client.send("{\"op\":\"" + "a".repeat(5_000) + "\"}");

        assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
        assertThat(fixture.isIdle()).isTrue();
    }
}
