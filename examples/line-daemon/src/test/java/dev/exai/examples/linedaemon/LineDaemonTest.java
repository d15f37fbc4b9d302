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
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> {
                try {
                    LineDaemon.serve(exai, server);
                } catch (IOException closed) {
                    // the end of the test
                }
            });
            serving.setDaemon(true);
            serving.start();

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

    private static Socket connect(ServerSocket server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void say(Socket socket, String line) throws IOException {
        new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8).println(line);
    }
}
