package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own: what it prints, and how it ends. */
@Tag("ci")
final class ProcessTest {
    private static final long PATIENCE_SECONDS = DaemonProcess.PATIENCE_SECONDS;

    private final List<DaemonProcess> started = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        started.forEach(DaemonProcess::close);
    }

    private DaemonProcess start(Map<String, String> environment, String... arguments) throws IOException {
        DaemonProcess daemon = DaemonProcess.start(folder, environment, arguments);
        started.add(daemon);
        return daemon;
    }

    /** One that serves stdio over a GLM, is initialized, and has a call under way there. */
    private DaemonProcess overStdio(FakeProviderServer glm) throws Exception {
        DaemonProcess daemon = start(
                Map.of("GLM_API_KEY", "test.key", "GLM_BASE_URL", glm.baseUrl().toString()), "--stdio");
        daemon.send(RawMcp.INITIALIZE);
        assertThat(daemon.line()).startsWith("{\"jsonrpc\"");
        daemon.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        daemon.send(RawMcp.chatBody(1, "hi", Fixture.GLM));
        glm.awaitInFlight(1, Duration.ofSeconds(PATIENCE_SECONDS));
        return daemon;
    }

    @Test
    void noKeys_anyPort_answersFromFakesAndEndsOnASignal() throws Exception {
        DaemonProcess daemon = start(Map.of(), "--port", "0");
        int port = daemon.port();

        HttpResponse<String> ready = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(ready.statusCode()).isEqualTo(200);
        daemon.process.destroy();
        daemon.exitValue();
        assertThat(daemon.errors()).contains("built-in fake providers");
    }

    /** Whoever tries the daemon without a key sees every tool work. */
    @Test
    void noKeys_everyTool_givesAResult() throws Exception {
        RawMcp client = start(Map.of(), "--port", "0").client();
        int id = 1;
        for (String tool : List.of("chat", "debug", "analyze", "codereview", "secaudit", "planner", "consensus")) {
            JsonNode result = client.result(id++, tool, "{\"prompt\":\"hi\"}");
            assertThat(result.path("isError").asBoolean())
                    .as(tool + ": " + result)
                    .isFalse();
            assertThat(result.at("/content/0/text").asText()).contains("built-in fake");
        }
        for (String tool : List.of("listmodels", "status", "tasks")) {
            assertThat(client.result(id++, tool, "{}").path("isError").asBoolean())
                    .as(tool)
                    .isFalse();
        }
    }

    @Test
    void secondDaemon_onTheSamePort_isRefusedAndThePortIsFreeAfterAKill() throws Exception {
        DaemonProcess before = start(Map.of(), "--port", "0");
        int free = before.port();
        before.kill();
        DaemonProcess first = start(Map.of(), "--port", Integer.toString(free));
        first.port();

        DaemonProcess second = start(Map.of(), "--port", Integer.toString(free));
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(second.errors()).contains("another daemon (process " + first.process.pid() + ") serves port");

        first.kill();
        assertThat(start(Map.of(), "--port", Integer.toString(free)).port()).isEqualTo(free);
    }

    /** The bound is the process's own, and {@link ExitLimitTest} has it in virtual time; here it is told what was reached. */
    @Test
    void stdio_inputEndsWithACallAndARunUnderWay_endsTheProcessWithinItsBound() throws Exception {
        try (FakeProviderServer glm = FakeProviderServer.glm().script(HttpScript.hang())) {
            DaemonProcess daemon = overStdio(glm);
            daemon.send(RawMcp.callBody(2, "analyze", "{\"prompt\":\"hi\"}"));
            glm.awaitInFlight(2, Duration.ofSeconds(PATIENCE_SECONDS));

            daemon.endInput();

            assertThat(daemon.exitValue()).isZero();
            assertThat(daemon.errors()).containsPattern("(stopped \\d{1,4}|cut short 1800) ms after its input ended");
            glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        }
    }

    /** A client that starts the daemon and reads nothing any more cannot keep it. */
    @Test
    void stdio_inputEndsWhileTheOutputIsFull_endsTheProcess() throws Exception {
        DaemonProcess daemon = start(Map.of(), "--stdio");
        daemon.send(RawMcp.INITIALIZE);
        daemon.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        for (int i = 0; i < 200; i++) { // far more than a pipe holds
            daemon.send("{\"jsonrpc\":\"2.0\",\"id\":" + (i + 10) + ",\"method\":\"tools/list\"}");
        }

        daemon.endInput();

        assertThat(daemon.exitValue()).isZero();
    }

    /** I6 upstream: a killed daemon leaves no exchange open. */
    @Test
    void kill_withCallsUnderWay_leavesNothingAtTheProvider() throws Exception {
        try (FakeProviderServer glm = FakeProviderServer.glm().script(HttpScript.hang())) {
            DaemonProcess daemon = overStdio(glm);

            daemon.kill();

            glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        }
    }

    @Test
    void wrongSetting_endsWithItsNameAndNoListening() throws Exception {
        DaemonProcess daemon = start(Map.of("EXAI_WS_GLM_MAX_INFLIGHT", "many"), "--port", "0");

        assertThat(daemon.exitValue()).isEqualTo(2);
        assertThat(daemon.line()).isNull();
        assertThat(daemon.errors()).contains("EXAI_WS_GLM_MAX_INFLIGHT='many'");
    }

    @Test
    void check_printsEachValueWithItsSource_andTouchesNoFile() throws Exception {
        DaemonProcess daemon = start(Map.of("EXAI_WS_GLM_MAX_INFLIGHT", "2", "GLM_API_KEY", "my.key"), "--check");
        List<String> lines = new ArrayList<>();
        for (String line = daemon.line(); line != null; line = daemon.line()) {
            lines.add(line);
        }

        assertThat(daemon.exitValue()).isZero();
        assertThat(lines).anyMatch(line -> line.matches("EXAI_WS_GLM_MAX_INFLIGHT +2 +environment .*"));
        assertThat(String.join("\n", lines))
                .contains("GLM_API_KEY")
                .doesNotContain("my.key")
                .doesNotContain("no key is set");
        assertThat(folder.resolve("runs.db")).doesNotExist();
    }
}
