package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that ends in mid-run, killed or stopped, and one that is started on the same folder: the run goes on. */
@Tag("ci")
final class RestartTest {
    private final FakeProviderServer glm = FakeProviderServer.glm();
    private DaemonProcess daemon;

    @TempDir
    private Path state;

    @TempDir
    private Path files;

    /** The model reads a file first. Its second turn hangs, so the run is under way until it may answer. */
    @BeforeEach
    void script() throws Exception {
        Files.writeString(files.resolve("a.txt"), "what stands in the file");
        glm.script(HttpScript.hang())
                .script(
                        1,
                        HttpScript.functionCall("c", "read_file", "{\"file\":\"a.txt\"}")
                                .complete());
    }

    @AfterEach
    void close() {
        daemon.close();
        glm.close();
    }

    private RawMcp start() throws Exception {
        daemon = DaemonProcess.start(
                state,
                Map.of("GLM_API_KEY", "test.key", "GLM_BASE_URL", glm.baseUrl().toString()),
                "--port",
                "0",
                "--folder",
                files.toString());
        return daemon.client();
    }

    private String runThatHangs() throws Exception {
        RawMcp client = start();
        client.call(1, "analyze", "{\"prompt\":\"what stands there?\"}");
        glm.awaitRequests(2, Duration.ofSeconds(DaemonProcess.PATIENCE_SECONDS));
        JsonNode task = client.result(2, "tasks", "{}").at("/structuredContent/tasks/0");
        assertThat(task.path("state").asText()).isEqualTo("in_progress");
        assertThat(task.path("doing").asText()).isEqualTo("step 1, thinking");
        return task.path("id").asText();
    }

    /** The model is asked for its second turn again, with what it has read; the run ends well, and its answer is there. */
    private void assertGoesOn(String id) throws Exception {
        RawMcp client = start();
        int[] call = {1};
        await().atMost(Duration.ofSeconds(DaemonProcess.PATIENCE_SECONDS))
                .untilAsserted(() -> assertThat(client.result(call[0]++, "tasks", "{}")
                                .at("/structuredContent/tasks/0/state")
                                .asText())
                        .isEqualTo("done"));
        JsonNode one = client.result(9_000, "tasks", "{\"run\":\"" + id + "\"}");
        assertThat(one.at("/structuredContent/text").asText()).isEqualTo("the end");
        assertThat(one.at("/structuredContent/tasks/0/owner").asText()).startsWith("resumed/");
        assertThat(glm.requests()).hasSize(3);
        assertThat(glm.requests().get(2).body()).contains("what stands in the file");
        glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        assertThat(client.result(9_001, "status", "{}")
                        .at("/structuredContent/levels/0/inUse")
                        .asInt())
                .isZero();
    }

    @Test
    void killed_inMidRun_theNextDaemonGoesOnWithIt() throws Exception {
        String id = runThatHangs();
        daemon.kill();
        glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        glm.script(3, HttpScript.text("the end").complete());

        assertGoesOn(id);
    }

    @Test
    void stopped_inMidRun_theNextDaemonGoesOnWithIt() throws Exception {
        String id = runThatHangs();
        daemon.process.destroy(); // SIGTERM
        daemon.exitValue();
        glm.awaitNoOpenExchanges(Fixture.PATIENCE);
        glm.script(3, HttpScript.text("the end").complete());

        assertGoesOn(id);
    }

    /** The file of runs belongs to one process; another one works all the same, and says what it does not keep. */
    @Test
    void secondDaemon_onTheSameFolder_keepsItsRunsInMemoryAndLeavesTheFirstAlone() throws Exception {
        glm.script(HttpScript.text("the end").complete());
        glm.script(1, HttpScript.hang());
        RawMcp first = start();
        first.call(1, "analyze", "{\"prompt\":\"hang\"}");
        glm.awaitInFlight(1, Duration.ofSeconds(DaemonProcess.PATIENCE_SECONDS));
        DaemonProcess firstDaemon = daemon;
        try {
            RawMcp second = start();

            assertThat(second.result(1, "analyze", "{\"prompt\":\"hi\"}")
                            .path("isError")
                            .asBoolean())
                    .isFalse();

            assertThat(second.result(2, "tasks", "{}").at("/structuredContent/tasks"))
                    .hasSize(1);
            assertThat(first.result(2, "tasks", "{}")
                            .at("/structuredContent/tasks/0/state")
                            .asText())
                    .isEqualTo("in_progress");
            assertThat(daemon.errors()).contains("Another daemon (process " + firstDaemon.process.pid() + ")");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("runs.db"))))
                    .as("prompts are nobody else's to read")
                    .isEqualTo("rw-------");
        } finally {
            firstDaemon.close();
        }
    }
}
