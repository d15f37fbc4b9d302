package dev.exai.examples.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of /ws: sends frames, and takes what comes in order. */
final class WsClient implements WebSocket.Listener {
    private static final ObjectMapper JSON = new ObjectMapper();

    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    final WebSocket socket;

    WsClient(Fixture fixture) throws Exception {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + fixture.daemon.port() + "/ws"), this)
                .get(10, TimeUnit.SECONDS);
    }

    WsClient hello() throws Exception {
        send("{\"op\":\"hello\",\"session_id\":\"test\",\"token\":\"\"}");
        take("hello_ack");
        return this;
    }

    void send(String frame) throws Exception {
        socket.sendText(frame, true).get(10, TimeUnit.SECONDS);
    }

    void chat(String id, String prompt, String model) throws Exception {
        send("{\"op\":\"call_tool\",\"request_id\":\"" + id
                + "\",\"name\":\"chat_EXAI-WS\",\"arguments\":{\"prompt\":\"" + prompt + "\",\"model\":\"" + model
                + "\"}}");
    }

    JsonNode next() throws InterruptedException {
        JsonNode frame = frames.poll(10, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame within 10 s");
        }
        return frame;
    }

    /** The next frame with this op; what comes before is left out. */
    JsonNode take(String op) throws InterruptedException {
        while (true) {
            JsonNode frame = next();
            if (frame.path("op").asText().equals(op)) {
                return frame;
            }
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                frames.add(JSON.readTree(text.toString()));
            } catch (Exception e) {
                closed.completeExceptionally(e);
            }
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
    }
}
