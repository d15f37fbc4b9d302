package dev.exai.interop.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.message.Usage;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The npm packages {@code ai} and {@code zhipu-ai-provider} against the fake GLM; they try once again. */
@Tag("services")
final class ZhipuPackageTest {
    private static final HttpScript THOUGHT = HttpScript.reasoning("Let me ")
            .reasoning("think.")
            .text("Hi ")
            .text("there")
            .text("!")
            .complete("stop", Usage.of(12, 8, 5, 2));

    private final FakeProviderServer server = FakeProviderServer.glm();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void chat_wholeAnswer_isRead() throws Exception {
        server.script(THOUGHT);

        assertThat(run("chat"))
                .containsExactly("reasoning: Let me think.", "text: Hi there!", "finish: stop", "usage: 12+5=17");

        assertThat(server.requests().get(0).body()).contains("\"thinking\":{\"type\":\"enabled\"}");
        assertThat(Tally.of(server)).isEqualTo("1 completed");
    }

    @Test
    void stream_severalPieces_areReadAsTheyCame() throws Exception {
        server.script(THOUGHT);

        assertThat(run("stream"))
                .containsExactly(
                        "reasoning: Let me ",
                        "reasoning: think.",
                        "text: Hi ",
                        "text: there",
                        "text: !",
                        "finish: stop",
                        "usage: 12+5=17");

        assertThat(Tally.of(server)).isEqualTo("1 completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"functions", "streamFunctions"})
    void functions_called_resultsGoBackAndTheAnswerComes(String action) throws Exception {
        server.script(
                        1,
                        HttpScript.reasoning("Use add.")
                                .functionCall("call_1", "add", "{\"a\":2,\"b\":3}")
                                .complete())
                .script(2, HttpScript.text("It is 5.").complete());

        assertThat(run(action)).contains("called: add 2 3", "text: It is 5.");

        assertThat(server.requests().get(1).body())
                .contains("\"role\":\"tool\"", "\"tool_call_id\":\"call_1\"", "\"content\":\"5\"");
        assertThat(Tally.of(server)).isEqualTo("2 completed");
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_KEY, AI_APICallError 401 1002, 1",
        "BAD_PARAMETER, AI_APICallError 400 1210, 1",
        "CONCURRENCY, AI_RetryError 429 1302, 2",
        "QUOTA_EXHAUSTED, AI_RetryError 429 1113, 2",
        "SERVER_ERROR, AI_RetryError 500 1234, 2",
    })
    void chat_refused_isTheErrorForIt(Refusal refusal, String thrown, int requests) throws Exception {
        server.script(HttpScript.refuse(refusal));

        assertThat(run("chat")).containsExactly("thrown: " + thrown);

        assertThat(server.requests()).hasSize(requests);
        assertThat(Tally.of(server)).isEqualTo(requests + " failed");
    }

    /** The package knows no frame with an error: to it, the frame is a chunk of the wrong shape. */
    @Test
    void stream_errorFrame_isAChunkOfTheWrongShapeToThePackage() throws Exception {
        server.script(HttpScript.text("par").breakOff(Refusal.SERVER_ERROR));

        assertThat(run("stream")).containsExactly("text: par", "thrown: AI_TypeValidationError");

        assertThat(Tally.of(server)).isEqualTo("1 failed");
    }

    /** The end of the connection may overtake the piece before it: what was read is left open. */
    @Test
    void stream_closedInTheMiddle_throws() throws Exception {
        server.script(HttpScript.text("par").halfClose());

        List<String> lines = run("stream");
        assertThat(lines).doesNotContain("finish: stop");
        assertThat(lines.get(lines.size() - 1)).startsWith("thrown: ");

        assertThat(Tally.of(server)).isEqualTo("1 failed");
    }

    @Test
    void chat_noAnswer_endsInATimeout() throws Exception {
        server.script(HttpScript.hang());

        assertThat(run("impatient")).containsExactly("thrown: TimeoutError");

        assertThat(Tally.of(server)).isEqualTo("1 left by the client");
    }

    private List<String> run(String action) {
        return Node.run(Map.of(), "zhipu.mjs", server.baseUrl().toString(), "glm-4.7", action);
    }
}
