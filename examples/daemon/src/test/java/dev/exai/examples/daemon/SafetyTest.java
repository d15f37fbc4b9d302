package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may ask, how much, and how slowly; and that the daemon lives on. */
final class SafetyTest {
    private static final String TOKEN = "a-token-of-thirty-characters-ok";

    private static Fixture shared;

    private Fixture fixture;

    @BeforeAll
    static void startShared() throws Exception {
        shared = new Fixture().listen();
    }

    @AfterAll
    static void closeShared() {
        shared.close();
    }

    @AfterEach
    void close() {
        if (fixture != shared) {
            fixture.close();
        }
    }

    private void start(String... settings) throws Exception {
        fixture = new Fixture(settings).listen();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:PORT, , 200",
        "localhost:PORT, , 200",
        "LOCALHOST:PORT, , 200",
        "[::1]:PORT, , 200",
        "127.0.0.1:PORT, http://127.0.0.1:PORT, 200",
        "localhost:PORT, http://localhost:PORT, 200",
        "127.0.0.1, , 403",
        "127.0.0.1:1, , 403",
        "evil.example:PORT, , 403",
        "127.0.0.1.evil.example:PORT, , 403",
        "127.0.0.1:PORT, null, 403",
        "127.0.0.1:PORT, http://evil.example, 403",
        "127.0.0.1:PORT, http://localhost:PORT, 403",
        "127.0.0.1:PORT, http://127.0.0.1:1, 403",
    })
    void hostAndOrigin_onlyOurs_onEveryEndpoint(String host, String origin, int status) throws Exception {
        fixture = shared;
        for (String path : List.of("/health/live", "/metrics", "/health/permits")) {
            assertThat(status("GET " + path, host, origin)).as(path).isEqualTo(status);
        }
        if (status == 403) {
            for (String path : List.of("/mcp", "/ws", "/no/such")) {
                assertThat(status("GET " + path, host, origin)).as(path).isEqualTo(403);
                assertThat(status("POST " + path, host, origin)).as(path).isEqualTo(403);
            }
        }
    }

    private int status(String what, String host, String origin) throws IOException {
        String port = Integer.toString(fixture.daemon.port());
        String head = what + " HTTP/1.1\r\nHost: " + host.replace("PORT", port) + "\r\n"
                + (origin == null ? "" : "Origin: " + origin.replace("PORT", port) + "\r\n")
                + "Content-Length: 0\r\nConnection: close\r\n\r\n";
        String answer = exchange(head);
        return Integer.parseInt(answer.split(" ")[1]);
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", fixture.daemon.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void token_needed_onlyTheRightOneEnters() throws Exception {
        start("EXAI_WS_TOKEN", TOKEN);
        for (String path : List.of("/mcp", "/metrics", "/health/permits")) {
            String head = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + fixture.daemon.port()
                    + "\r\nConnection: close\r\n";

            assertThat(exchange(head + "\r\n")).startsWith("HTTP/1.1 401");
            assertThat(exchange(head + "Authorization: Bearer wrong\r\n\r\n")).startsWith("HTTP/1.1 401");
            assertThat(exchange(head + "Authorization: Bearer " + TOKEN + "\r\n\r\n"))
                    .doesNotStartWith("HTTP/1.1 401")
                    .doesNotContain(TOKEN);
        }
        assertThat(status("GET /health/live", "127.0.0.1:PORT", null)).isEqualTo(200);
    }

    @Test
    void oversized_bodies_areRefusedAndTheDaemonLives() throws Exception {
        start("EXAI_WS_MAX_BYTES", "2048");
        RawMcp client = new RawMcp(fixture).initialize();

        HttpResponse<String> told = client.post("{\"x\":\"" + "a".repeat(5_000) + "\"}");
        String chunked = exchange("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + fixture.daemon.port()
                + "\r\nContent-Type: application/json\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n"
                + "Connection: close\r\n\r\n1000\r\n" + "a".repeat(4096) + "\r\n0\r\n\r\n");

        assertThat(told.statusCode()).isEqualTo(413);
        assertThat(chunked).startsWith("HTTP/1.1 413");
        assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void malformed_requests_areRefusedAndTheDaemonLives() throws Exception {
        fixture = shared;
        String head = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + shared.daemon.port() + "\r\nConnection: close\r\n";
        String json = head + "Content-Type: application/json\r\nAccept: */*\r\n";

        assertThat(exchange("\u0016\u0003\u0001 this is no HTTP\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(exchange("GET / HTTP/9.9\r\n\r\n")).startsWith("HTTP/1.1 505");
        assertThat(exchange(head + "Content-Length: many\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(exchange(head + "X-Long: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(exchange(json + "Transfer-Encoding: chunked\r\n\r\nno size\r\n"))
                .startsWith("HTTP/1.1 400");
        for (String body : List.of(
                "", "[]", "[1]", "\"text\"", "{}", "{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\":\"2.0\",\"id\":{}}")) {
            assertThat(exchange(json + "Content-Length: " + body.length() + "\r\n\r\n" + body))
                    .as(body)
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(status("GET /health/live", "127.0.0.1:PORT", null)).isEqualTo(200);
    }

    @Test
    void slowHeader_isCutOffAndTheDaemonLives() throws Exception {
        start("EXAI_WS_HEADER_TIMEOUT_SECS", "1");
        try (Socket socket = new Socket("127.0.0.1", fixture.daemon.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(status("GET /health/live", "127.0.0.1:PORT", null)).isEqualTo(200);
    }

    @Test
    void sessions_tooMany_areRefusedUntilOneIsGone() throws Exception {
        start("EXAI_WS_MAX_SESSIONS", "2");
        List<RawMcp> clients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            clients.add(new RawMcp(fixture).initialize());
        }

        HttpResponse<String> refused = new RawMcp(fixture).post(RawMcp.INITIALIZE);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();

        clients.get(0).delete();
        assertThat(new RawMcp(fixture).post(RawMcp.INITIALIZE).statusCode()).isEqualTo(200);
    }

    /** I12: one client floods; what does not fit is refused with a time to come back, and another client is served. */
    @Tag("ci")
    @Test
    void flood_ofOneClient_isRefusedAndCostsTheOthersNothing() throws Exception {
        start();
        RawMcp flood = new RawMcp(fixture).initialize();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(flood.chat(i, Fixture.HANG, Fixture.GLM));
        }
        await().atMost(Fixture.PATIENCE).until(() -> calls.stream().anyMatch(CompletableFuture::isDone));
        HttpResponse<String> first = calls.stream()
                .filter(CompletableFuture::isDone)
                .findFirst()
                .orElseThrow()
                .join();
        assertThat(first.body()).contains("OVER_CAPACITY").contains("retry_after");

        var other = new RawMcp(fixture).initialize().chat(1, "hi", Fixture.KIMI);
        assertThat(other.get(10, TimeUnit.SECONDS).body()).contains("hello");

        flood.delete();
        assertThat(fixture.isIdle()).isTrue();
    }

    @Test
    void idleSession_expires() throws Exception {
        start("EXAI_SESSION_TIMEOUT_SECS", "1");
        RawMcp client = new RawMcp(fixture).initialize();

        await().atMost(Fixture.PATIENCE)
                .untilAsserted(
                        () -> assertThat(fixture.daemon.exai().sessions()).isEmpty());

        assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}")
                        .statusCode())
                .isEqualTo(404);
    }
}
