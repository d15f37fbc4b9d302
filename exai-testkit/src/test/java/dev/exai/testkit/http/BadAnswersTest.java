package dev.exai.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Latency;
import dev.exai.testkit.script.Script;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers that no server should give, and scripts that were written for a provider in the same process. */
@Timeout(60)
class BadAnswersTest {
    private final HttpClient client = Exchanges.client();
    private final FakeProviderServer server = FakeProviderServer.glm();

    @AfterEach
    void close() {
        server.close();
    }

    private String stream(HttpScript script) throws Exception {
        server.script(script);
        return Exchanges.stream(client, server).body();
    }

    @Test
    void completeTwice_stream_hasTwoEnds() throws Exception {
        String body = stream(HttpScript.text("x").completeTwice());

        assertThat(body.split("\\[DONE\\]", -1)).hasSize(3);
        assertThat(body.split("finish_reason", -1)).hasSize(3);
        assertThat(server.completed()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Garbage.class)
    void garbage_anyKind_standsInTheStreamAsItIs(Garbage kind) throws Exception {
        assertThat(stream(HttpScript.text("x").garbage(kind).complete()))
                .contains(kind.text())
                .endsWith("[DONE]\n\n");
    }

    @Test
    void nonsense_connection_isNoHttp() {
        assertThatThrownBy(() -> stream(HttpScript.nonsense())).isInstanceOf(IOException.class);
        assertThat(server.failed()).isEqualTo(1);
    }

    @Test
    void oversized_streamAndWhole_haveAllTheirCharacters() throws Exception {
        String streamed = stream(HttpScript.oversized(200_000));
        String whole = Exchanges.whole(client, server).body();

        assertThat(streamed.split("x".repeat(3_392), -1)).hasSizeGreaterThan(58);
        assertThat(streamed.replaceAll("xx+", "")).hasSizeLessThan(2_000);
        assertThat(whole).contains("\"" + "x".repeat(200_000) + "\"");
    }

    @Test
    void retryAfter_onAnyScript_isSetOrTakenOut() throws Exception {
        server.script(1, HttpScript.complete().retryAfter(Duration.ofSeconds(7)))
                .script(2, HttpScript.complete().withoutHeader("X-LOG-ID"));

        assertThat(Exchanges.stream(client, server).headers().firstValue("Retry-After"))
                .contains("7");
        assertThat(Exchanges.stream(client, server).headers().firstValue("X-LOG-ID"))
                .isEmpty();
    }

    @Test
    void of_script_isTheSameAnswerOnASocket() throws Exception {
        Script script = Script.after(Latency.fixed(Duration.ofMillis(1)))
                .opened()
                .reasoning("hm")
                .chunk("hi")
                .chunk(Chunk.functionPiece(0, "call_1", "add", "{\"a\""))
                .chunk(Chunk.functionPiece(0, null, null, ":2}"))
                .functionCall("call_2", "mul", "{}")
                .complete();

        String body = stream(HttpScript.of(script));
        String whole = Exchanges.whole(client, server).body();

        assertThat(body).contains("\"reasoning_content\":\"hm\"", "\"content\":\"hi\"", "[DONE]");
        assertThat(whole)
                .contains("\"name\":\"add\",\"arguments\":\"{\\\"a\\\":2}\"")
                .contains("\"name\":\"mul\",\"arguments\":\"{}\"")
                .contains("\"finish_reason\":\"tool_calls\"");
    }

    @Test
    void of_scriptWithAnEnd_keepsReasonAndUsage() throws Exception {
        ReplyEnd end = ReplyEnd.of(FinishReason.LENGTH, Usage.of(7, 0, 9, 0));

        assertThat(stream(HttpScript.of(Script.chunk("x").complete(end))))
                .contains("\"finish_reason\":\"length\"", "\"prompt_tokens\":7,\"completion_tokens\":9");
        assertThat(stream(HttpScript.of(Script.chunk("x").complete().duplicateEnd()))
                        .split("\\[DONE\\]", -1))
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "rateLimited, 1302", "quotaExhausted, 1113", "dailyLimit, 1304", "windowUsedUp, 1308", "unavailable, 1305",
        "serverError, 1234", "authentication, 1002", "forbidden, 1220", "rejected, 1210", "promptTooLong, 1261",
        "contentFilter, 1301", "modelGone, 1211"
    })
    void of_failure_isTheVendorsNearest(String failure, String code) throws Exception {
        HttpResponse<String> refused = refusal(HttpScript.of(failureNamed(failure)));

        assertThat(refused.body()).contains("\"code\":\"" + code + "\"");
    }

    private static Script failureNamed(String name) {
        return switch (name) {
            case "rateLimited" -> Script.refuse(provider -> Failures.rateLimited(provider, null));
            case "quotaExhausted" -> Script.refuse(Failures::quotaExhausted);
            case "dailyLimit" -> Script.refuse(Failures::dailyLimit);
            case "windowUsedUp" -> Script.refuse(Failures::windowUsedUp);
            case "unavailable" -> Script.refuse(Failures::unavailable);
            case "serverError" -> Script.refuse(Failures::serverError);
            case "authentication" -> Script.refuse(Failures::authentication);
            case "forbidden" -> Script.refuse(Failures::forbidden);
            case "rejected" -> Script.refuse(Failures::rejected);
            case "promptTooLong" -> Script.refuse(Failures::promptTooLong);
            case "contentFilter" -> Script.refuse(Failures::contentFilter);
            default -> Script.refuse(Failures::modelGone);
        };
    }

    private HttpResponse<String> refusal(HttpScript script) throws Exception {
        server.script(script);
        return Exchanges.stream(client, server);
    }

    @Test
    void of_otherFailures_areWhatASocketCanDo() throws Exception {
        assertThat(refusal(HttpScript.of(
                                Script.refuse(provider -> Failures.tooManyTokens(provider, Duration.ofDays(1)))))
                        .headers()
                        .firstValue("Retry-After"))
                .contains("86400");
        assertThat(refusal(HttpScript.of(Script.refuse(Failures::gatewayTimeout)))
                        .statusCode())
                .isEqualTo(504);
        assertThat(stream(HttpScript.of(Script.chunk("par").garbage()))).doesNotContain("[DONE]");
        assertThatThrownBy(() -> stream(HttpScript.of(Script.chunk("par").cut())))
                .isInstanceOf(IOException.class);
    }

    @Test
    void of_quirksOfAProviderInTheSameProcess_areRefused() {
        assertThatThrownBy(() -> HttpScript.of(Script.complete().ignoreAbort()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpScript.of(Script.throwOnOpen(new IllegalStateException("no"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
