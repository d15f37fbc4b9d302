package dev.exai.interop.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.http.FakeProviderServerMain;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server of its own process, as one for another language is run; the client chooses each script by a header. */
@Tag("services")
final class CommandLineServerTest {
    @ParameterizedTest
    @ValueSource(strings = {"glm", "kimi", "openai"})
    void main_scriptsByHeader_arePlayed(String format) throws Exception {
        Process server = start(format);
        try (BufferedReader output = server.inputReader()) {
            String baseUrl = output.readLine();

            assertThat(run(baseUrl, "", "chat")).startsWith("text: ok", "finish: stop");
            assertThat(run(baseUrl, "function", "functions")).containsExactly("called: add 2 3", "text: ok");
            assertThat(run(baseUrl, "bad-key", "chat"))
                    .singleElement()
                    .asString()
                    .startsWith("thrown: AuthenticationError 401");
            assertThat(run(baseUrl, "end-early", "stream")).containsExactly("text: par");
            assertThat(run(baseUrl, "break-server-error", "stream")).hasSize(2).startsWith("text: par");
        } finally {
            server.destroy();
            assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static List<String> run(String baseUrl, String script, String action) {
        return Node.run(Map.of("FAKE_SCRIPT", script), "openai.mjs", baseUrl, "m", action);
    }

    private static Process start(String format) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeProviderServerMain.class.getName(),
                        format)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
