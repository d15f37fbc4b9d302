package dev.exai.testkit.http;

import static dev.exai.testkit.http.Exchanges.KEY;
import static dev.exai.testkit.http.Exchanges.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CommandLineTest {
    private final HttpClient client = Exchanges.client();
    private final List<FakeProviderServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(FakeProviderServer::close);
    }

    private FakeProviderServer start(String... args) {
        servers.addAll(CommandLine.parse(args).start());
        return servers.get(0);
    }

    private HttpResponse<String> ask(FakeProviderServer server, String model) throws Exception {
        return client.send(Exchanges.request(server, Exchanges.body(model, "hi", true)), BodyHandlers.ofString());
    }

    @Test
    void severalFormats_printTheirUrlsInOneLine() {
        start("glm", "kimi", "openai");

        assertThat(FakeProviderServerMain.urls(servers).split(" ", -1))
                .hasSize(3)
                .satisfiesExactly(
                        glm -> assertThat(glm).endsWith("/api/paas/v4"),
                        kimi -> assertThat(kimi).endsWith("/v1"),
                        openAi -> assertThat(openAi).endsWith("/v1"));
    }

    @Test
    void scripts_byCallModelAndHeader_areChosen() throws Exception {
        FakeProviderServer server = start(
                "--script",
                "empty",
                "--call",
                "1=error-1305",
                "--call",
                "2-3=concurrency",
                "--model",
                "gone=model-not-found",
                "glm");

        assertThat(ask(server, "m").body()).contains("1305");
        assertThat(ask(server, "m").body()).contains("1302");
        assertThat(ask(server, "m").body()).contains("1302");
        assertThat(ask(server, "gone").body()).contains("1211");
        assertThat(ask(server, "m").body()).endsWith("[DONE]\n\n").doesNotContain("\"ok\"");
        HttpRequest plain = Exchanges.request(server, Exchanges.body("m", "hi", true));
        assertThat(client.send(
                                HttpRequest.newBuilder(plain.uri())
                                        .header("Authorization", "Bearer " + KEY)
                                        .header("X-Fake-Script", "break-error-1234")
                                        .POST(plain.bodyPublisher().orElseThrow())
                                        .build(),
                                BodyHandlers.ofString())
                        .body())
                .contains("\"content\":\"par\"", "\"1234\"");
    }

    @Test
    void limits_arePutTogether() throws Exception {
        FakeProviderServer server = start("kimi", "--kimi-tier", "1", "--rpm", "1", "--retry-after", "86400");

        assertThat(ask(server, "m").statusCode()).isEqualTo(200);
        HttpResponse<String> refused = ask(server, "m");
        assertThat(refused.body()).contains("max RPM: 1");
        assertThat(refused.headers().firstValue("Retry-After")).contains("86400");

        start("glm", "--in-flight", "1", "--script", "hang");
        try (Socket hung = Exchanges.openStream(servers.get(1))) {
            servers.get(1).awaitInFlight(1, LIMIT);
            refused = ask(servers.get(1), "m");
            assertThat(refused.body()).contains("1302");
            assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
            assertThat(hung.isConnected()).isTrue();
        }
    }

    @Test
    void answer_hasTheTokensThatWereAskedFor() throws Exception {
        FakeProviderServer server = start(
                "openai",
                "--first-event",
                "uniform:1ms,2ms",
                "--tokens",
                "3",
                "--rate",
                "1000",
                "--seed",
                "1",
                "--in-flight",
                "5");

        assertThat(ask(server, "m").body().split("tok ", -1)).hasSize(4);
    }

    @Test
    void keyModelsAndFaults_areSet() throws Exception {
        FakeProviderServer server = start("glm", "--key", "other", "--models", "x,y", "--connection", "1=reset");

        try (Socket reset = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            assertThatThrownBy(() -> reset.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(ask(server, "x").statusCode()).isEqualTo(401);
        start("glm", "--connection", "every=close", "--sometimes", "1=overloaded");
        try (Socket closed =
                new Socket(InetAddress.getLoopbackAddress(), servers.get(1).port())) {
            assertThat(closed.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void tls_certificate_isWritten(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("certificate.pem");
        FakeProviderServer server = start("glm", "kimi", "--tls", "--certificate", file.toString());

        assertThat(Files.readString(file).split("BEGIN CERTIFICATE", -1)).hasSize(3);
        assertThat(Exchanges.stream(Http2ServerTest.client(server), server).statusCode())
                .isEqualTo(200);
    }

    @Test
    void http2_isSpoken() throws Exception {
        FakeProviderServer server = start("glm", "--tls", "--http2");

        assertThat(Exchanges.stream(Http2ServerTest.client(server), server).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void list_names_areAllKnown(WireFormat format) {
        List<String> names = CommandLine.parse(format.label(), "--list").names();

        assertThat(names).hasSizeGreaterThan(60).doesNotHaveDuplicates().contains("hang", "oversized", "reset");
        assertThat(names)
                .allSatisfy(name -> assertThat(NamedScripts.named(format, name)).isNotNull());
        assertThat(CommandLine.parse("--list").names()).containsAll(names);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--port",
                "other",
                "glm --unknown 1",
                "glm --call 1",
                "glm --first-event soon",
                "glm --port x"
            })
    void misuse_isRefusedAtOnce(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");

        assertThatThrownBy(() -> CommandLine.parse(args)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void start_unknownScript_leavesNoServerBehind() {
        assertThatThrownBy(() -> start("glm", "kimi", "--script", "error-1305"))
                .hasMessageContaining("no script 'error-1305'");
        assertThat(servers).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("exai-fake-kimi"));
    }

    @Test
    void main_process_printsOneLineAndEndsWithItsInput() throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        FakeProviderServerMain.class.getName(),
                        "glm",
                        "kimi")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String[] urls = out.readLine().split(" ", -1);
            assertThat(urls).hasSize(2);
            assertThat(client.send(
                                    HttpRequest.newBuilder(URI.create(urls[1] + "/models"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("kimi-k3");

            process.getOutputStream().close();

            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(out.readLine()).isNull();
        } finally {
            process.destroyForcibly();
        }
    }
}
