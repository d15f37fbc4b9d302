package dev.exai.interop.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.message.Usage;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.http.WireFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The npm package {@code openai} against all fake servers. It tries once again where it deems that useful. */
@Tag("services")
final class OpenAiPackageTest {
    private static final HttpScript THOUGHT = HttpScript.reasoning("Let me ")
            .reasoning("think.")
            .text("Hi ")
            .text("there")
            .text("!")
            .complete("stop", Usage.of(12, 8, 5, 2));

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void chat_wholeAnswer_isRead(WireFormat format) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(THOUGHT);

            assertThat(run(server, "chat"))
                    .containsExactly("reasoning: Let me think.", "text: Hi there!", "finish: stop", "usage: 12+5=17");

            assertThat(Tally.of(server)).isEqualTo("1 completed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_severalPieces_areReadAsTheyCame(WireFormat format) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(THOUGHT);

            assertThat(run(server, "stream"))
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
    }

    @ParameterizedTest
    @CsvSource({"GLM,false", "GLM,true", "KIMI,false", "KIMI,true", "OPENAI,false", "OPENAI,true"})
    void functions_called_resultsGoBackAndTheAnswerComes(WireFormat format, String stream) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(
                            1,
                            HttpScript.functionCall("call_1", "add", "{\"a\":2,\"b\":3}")
                                    .complete())
                    .script(2, HttpScript.text("It is 5.").complete());

            List<String> lines = Node.run(
                    Map.of("STREAM", stream), "openai.mjs", server.baseUrl().toString(), "m", "functions");

            assertThat(lines).containsExactly("called: add 2 3", "text: It is 5.");
            assertThat(server.requests().get(1).body())
                    .contains("\"role\":\"tool\"", "\"tool_call_id\":\"call_1\"", "\"content\":\"5\"");
            assertThat(Tally.of(server)).isEqualTo("2 completed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, BAD_KEY, AuthenticationError 401 invalid_api_key, 1",
        "OPENAI, CONCURRENCY, RateLimitError 429 rate_limit_exceeded, 2",
        "OPENAI, QUOTA_EXHAUSTED, RateLimitError 429 insufficient_quota, 2",
        "GLM, BAD_PARAMETER, BadRequestError 400 1210, 1",
        "GLM, CONCURRENCY, RateLimitError 429 1302, 2",
        "GLM, QUOTA_EXHAUSTED, RateLimitError 429 1113, 2",
        "GLM, SERVER_ERROR, InternalServerError 500 1234, 2",
        "KIMI, MODEL_NOT_FOUND, NotFoundError 404 resource_not_found_error, 1",
        "KIMI, REQUEST_RATE, RateLimitError 429 rate_limit_reached_error, 2",
        "KIMI, OVERLOADED, RateLimitError 429 engine_overloaded_error, 2",
        "KIMI, GATEWAY_TIMEOUT, InternalServerError 504, 2",
    })
    void chat_refused_isTheErrorForIt(WireFormat format, Refusal refusal, String thrown, int requests)
            throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(HttpScript.refuse(refusal));

            assertThat(run(server, "chat")).containsExactly("thrown: " + thrown);

            assertThat(server.requests()).hasSize(requests);
            assertThat(Tally.of(server)).isEqualTo(requests + " failed");
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENAI, server_error", "GLM, 1234", "KIMI, server_error"})
    void stream_errorFrame_isAnApiErrorAndNotTriedAgain(WireFormat format, String code) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(HttpScript.text("par").breakOff(Refusal.SERVER_ERROR));

            assertThat(run(server, "stream")).containsExactly("text: par", "thrown: APIError " + code);

            assertThat(Tally.of(server)).isEqualTo("1 failed");
        }
    }

    /** The end of the connection may overtake the piece before it: what was read is left open. */
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_closedInTheMiddle_throws(WireFormat format) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(HttpScript.text("par").halfClose());

            List<String> lines = run(server, "stream");
            assertThat(lines).doesNotContain("finish: stop");
            assertThat(lines.get(lines.size() - 1)).startsWith("thrown: ");

            assertThat(Tally.of(server)).isEqualTo("1 failed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void chat_noAnswer_endsInATimeout(WireFormat format) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(HttpScript.hang());

            assertThat(run(server, "impatient")).containsExactly("thrown: APIConnectionTimeoutError");

            assertThat(Tally.of(server)).isEqualTo("1 left by the client");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_leftByTheClient_isCountedAsThat(WireFormat format) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            server.script(HttpScript.text("par").hang());

            assertThat(run(server, "leave")).containsExactly("text: par");

            assertThat(Tally.of(server)).isEqualTo("1 left by the client");
        }
    }

    private static List<String> run(FakeProviderServer server, String action) {
        return Node.run(Map.of(), "openai.mjs", server.baseUrl().toString(), "m", action);
    }
}
