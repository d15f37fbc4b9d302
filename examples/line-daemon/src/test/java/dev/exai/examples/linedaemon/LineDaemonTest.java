package dev.exai.examples.linedaemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exai.Exai;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LineDaemonTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FakeProviderServer glm = FakeProviderServer.glm();
    private final Exai exai = Exai.builder(GlmProvider.builder(ApiKey.of("test.key"))
                    .baseUrl(glm.baseUrl().toString())
                    .build())
            .build();

    @AfterEach
    void close() {
        exai.close();
        glm.close();
    }

    @Test
    void questions_overTwoConnections_areAnsweredAndLeftOnesCancelled() throws Exception {
        glm.script(HttpScript.text("two\nlines").complete())
                .script(request -> request.promptText().contains("hang"), HttpScript.hang());
        try (ServerSocket server = serving()) {
            try (Socket hung = connect(server);
                    Socket quick = connect(server)) {
                say(hung, "hang");
                glm.awaitInFlight(1, PATIENCE);
                say(quick, "hi");
                BufferedReader answers =
                        new BufferedReader(new InputStreamReader(quick.getInputStream(), StandardCharsets.UTF_8));
                assertThat(answers.readLine()).isEqualTo("1 two lines");
            }

            glm.awaitNoOpenExchanges(PATIENCE);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(exai.sessions()).isEmpty());
            assertThat(exai.snapshot().isIdle()).isTrue();
        }
    }

    // Any page of the web can have its browser post here, with a question in each line
    @Test
    void browser_isHungUpOnBeforeItAsks() throws Exception {
        glm.script(HttpScript.text("hi").complete());
        try (ServerSocket server = serving();
                Socket browser = connect(server)) {
            say(browser, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nspend it");

            assertHungUp(browser);
            assertThat(glm.requests()).isEmpty();
        }
    }

    @Test
    void line_withoutEnd_isHungUpOn() throws Exception {
        try (ServerSocket server = serving();
                Socket endless = connect(server)) {
            endless.getOutputStream().write("x".repeat(100_001).getBytes(StandardCharsets.UTF_8));

            assertHungUp(endless);
            assertThat(glm.requests()).isEmpty();
        }
    }

    /** By an end, or, where something was left unread, by a reset. */
    private static void assertHungUp(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketTimeoutException stillThere) {
            throw stillThere;
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    private ServerSocket serving() throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread serving = new Thread(() -> {
            try {
                LineDaemon.serve(exai, server);
            } catch (IOException closed) {
                // the end of the test
            }
        });
        serving.setDaemon(true);
        serving.start();
        return server;
    }

    private static Socket connect(ServerSocket server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void say(Socket socket, String line) throws IOException {
        new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8).println(line);
    }
}
