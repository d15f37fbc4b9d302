package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own: what it prints, and how it ends. */
@Tag("ci")
final class ProcessTest {
    private static final Pattern LISTENING = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");

    /** A machine that is busy takes long to start a process; nothing here is a measurement but the end of stdio. */
    private static final long PATIENCE_SECONDS = 90;

    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--state-dir",
                folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(key -> key.endsWith("_API_KEY") || key.startsWith("EXAI_"));
        builder.environment().putAll(environment);
        builder.redirectError(
                folder.resolve("stderr-" + started.size() + ".txt").toFile());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static int port(Process process) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        assertThat(line).as("the first line on stdout").isNotNull();
        Matcher matcher = LISTENING.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void noKeys_anyPort_answersFromFakesAndEndsOnASignal() throws Exception {
        Process process = start(Map.of(), "--port", "0");
        int port = port(process);

        HttpResponse<String> ready = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(ready.statusCode()).isEqualTo(200);
        process.destroy();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(folder.resolve("stderr-0.txt"))).contains("built-in fake providers");
    }

    @Test
    void secondDaemon_onTheSamePort_isRefusedAndThePortIsFreeAfterAKill() throws Exception {
        int free = port(start(Map.of(), "--port", "0"));
        started.get(0).destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Process first = start(Map.of(), "--port", Integer.toString(free));
        port(first);

        Process second = start(Map.of(), "--port", Integer.toString(free));
        assertThat(second.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("stderr-2.txt")))
                .contains("another daemon (process " + first.pid() + ")");

        first.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(port(start(Map.of(), "--port", Integer.toString(free)))).isEqualTo(free);
    }

    @Test
    void stdio_inputEndsWithACallUnderWay_endsTheProcessWithinTwoSeconds() throws Exception {
        try (FakeProviderServer glm = FakeProviderServer.glm().script(HttpScript.hang())) {
            Process process = start(
                    Map.of(
                            "GLM_API_KEY",
                            "test.key",
                            "GLM_BASE_URL",
                            glm.baseUrl().toString()),
                    "--stdio");
            var out = process.outputWriter(StandardCharsets.UTF_8);
            out.write(RawMcp.INITIALIZE.replace("\n", " ") + "\n");
            out.flush();
            assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("{\"jsonrpc\"");
            out.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
            out.write(RawMcp.chatBody(1, "hi", Fixture.GLM).replace("\n", " ") + "\n");
            out.flush();
            glm.awaitInFlight(1, Duration.ofSeconds(PATIENCE_SECONDS));

            out.close();

            assertThat(process.waitFor(2, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        }
    }

    /** I6 upstream: a killed daemon leaves no exchange open. */
    @Test
    void kill_withCallsUnderWay_leavesNothingAtTheProvider() throws Exception {
        try (FakeProviderServer glm = FakeProviderServer.glm().script(HttpScript.hang())) {
            Process process = start(
                    Map.of(
                            "GLM_API_KEY",
                            "test.key",
                            "GLM_BASE_URL",
                            glm.baseUrl().toString()),
                    "--stdio");
            var out = process.outputWriter(StandardCharsets.UTF_8);
            out.write(RawMcp.INITIALIZE.replace("\n", " ") + "\n");
            out.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
            out.write(RawMcp.chatBody(1, "hi", Fixture.GLM).replace("\n", " ") + "\n");
            out.flush();
            glm.awaitInFlight(1, Duration.ofSeconds(PATIENCE_SECONDS));

            process.destroyForcibly();

            glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        }
    }

    @Test
    void wrongSetting_endsWithItsNameAndNoListening() throws Exception {
        Process process = start(Map.of("EXAI_WS_GLM_MAX_INFLIGHT", "many"), "--port", "0");

        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(process.inputReader().readLine()).isNull();
        assertThat(Files.readString(folder.resolve("stderr-0.txt"))).contains("EXAI_WS_GLM_MAX_INFLIGHT='many'");
    }

    @Test
    void check_printsEachValueWithItsSource() throws Exception {
        Process process = start(Map.of("EXAI_WS_GLM_MAX_INFLIGHT", "2", "GLM_API_KEY", "my.key"), "--check");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(out.lines()).anyMatch(line -> line.matches("EXAI_WS_GLM_MAX_INFLIGHT +2 +environment .*"));
        assertThat(out).contains("GLM_API_KEY").doesNotContain("my.key").doesNotContain("no key is set");
    }
}
