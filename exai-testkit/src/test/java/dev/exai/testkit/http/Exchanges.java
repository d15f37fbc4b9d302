package dev.exai.testkit.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Requests to a fake server, by the JDK's client or over a plain socket. */
final class Exchanges {
    static final Duration LIMIT = Duration.ofSeconds(10);
    static final String KEY = "test-key-1";

    private Exchanges() {}

    static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LIMIT)
                .build();
    }

    static String body(String model, String prompt, boolean stream) {
        return "{\"model\":" + JsonText.quote(model) + ",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},{\"role\":\"user\",\"content\":"
                + JsonText.quote(prompt) + "}]}";
    }

    static HttpRequest request(FakeProviderServer server, String body) {
        return HttpRequest.newBuilder(URI.create(server.baseUrl() + "/chat/completions"))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    static HttpResponse<String> stream(HttpClient client, FakeProviderServer server) throws Exception {
        return client.send(
                request(server, body("m", "hi", true)), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    static HttpResponse<String> whole(HttpClient client, FakeProviderServer server) throws Exception {
        return client.send(
                request(server, body("m", "hi", false)), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    static CompletableFuture<HttpResponse<String>> async(HttpClient client, FakeProviderServer server, String model) {
        return client.sendAsync(request(server, body(model, "hi", true)), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request over a socket of its own and leaves the answer unread. */
    static Socket open(FakeProviderServer server, String body) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + server.baseUrl().getPath() + "/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer " + KEY + "\r\nContent-Length: " + content.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(content);
        return socket;
    }

    static Socket openStream(FakeProviderServer server) throws IOException {
        return open(server, body("m", "hi", true));
    }

    /** Reads until a text has come. */
    static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("the server closed after: " + read);
            }
            read.append((char) b);
        }
        return read.toString();
    }
}
