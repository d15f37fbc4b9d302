package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MCP over streams: as a process of its own speaks it over stdin and stdout. */
final class StdioTest {
    private final Fixture fixture = new Fixture();
    private final PipedOutputStream toDaemon = new PipedOutputStream();
    private BufferedReader fromDaemon;
    private CompletableFuture<Void> served;

    @BeforeEach
    void serve() throws Exception {
        PipedInputStream input = new PipedInputStream(toDaemon, 1 << 20);
        PipedInputStream readable = new PipedInputStream(1 << 20);
        OutputStream output = new PipedOutputStream(readable);
        fromDaemon = new BufferedReader(new InputStreamReader(readable, StandardCharsets.UTF_8));
        served = CompletableFuture.runAsync(
                () -> {
                    try {
                        fixture.daemon.serve(input, output);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                StdioTest::onThreadOfItsOwn); // it blocks to the end, and the common pool may have one thread
        send(RawMcp.INITIALIZE.replace("\n", " "));
        assertThat(answer(0).at("/result/serverInfo/name").asText()).isEqualTo("exai-daemon");
        send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    }

    private static void onThreadOfItsOwn(Runnable task) {
        Thread thread = new Thread(task, "stdio-test");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void send(String line) throws Exception {
        toDaemon.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        toDaemon.flush();
    }

    private JsonNode answer(int id) throws Exception {
        while (true) {
            JsonNode message = RawMcp.JSON.readTree(fromDaemon.readLine());
            if (message.path("id").isInt() && message.path("id").asInt() == id) {
                return message;
            }
        }
    }

    private static String chat(int id, String prompt, String model) {
        return RawMcp.chatBody(id, prompt, model).replace("\n", " ");
    }

    @Test
    void chat_isAnswered() throws Exception {
        send(chat(1, "hi", "auto"));

        assertThat(answer(1).at("/result/content/0/text").asText()).isEqualTo("hello");
    }

    @Test
    void cancelled_whileRunning_freesAllAndOtherCallsGoOn() throws Exception {
        send(chat(1, Fixture.HANG, Fixture.GLM));
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}");

        assertThat(fixture.isIdle()).isTrue();
        send(chat(2, "hi", Fixture.KIMI));
        assertThat(answer(2).at("/result/isError").asBoolean()).isFalse();
    }

    @Test
    void line_thatIsNoMessage_isAnErrorAndNotTheEnd() throws Exception {
        send("this is no json");
        assertThat(RawMcp.JSON.readTree(fromDaemon.readLine()).at("/error/code").asInt())
                .isEqualTo(-32700);

        send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}");
        assertThat(answer(3).has("result")).isTrue();
    }

    @Test
    void input_ends_cancelsWhatIsUnderWayAndReturns() throws Exception {
        send(chat(1, Fixture.HANG, Fixture.GLM));
        fixture.glm.awaitInFlight(1, Fixture.PATIENCE);

        toDaemon.close();

        served.get(10, TimeUnit.SECONDS);
        assertThat(fixture.isIdle()).isTrue();
    }
}
