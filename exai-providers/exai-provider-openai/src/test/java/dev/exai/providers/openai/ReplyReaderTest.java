package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.AuthenticationException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatRequest;
import dev.exai.message.FinishReason;
import dev.exai.providers.http.Redactor;
import dev.exai.providers.http.ResponseHead;
import dev.exai.providers.http.ResponseReader.Demand;
import dev.exai.providers.http.RetryAfter;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import java.io.EOFException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {
    private final ReplyRecorder sink = new ReplyRecorder();

    @Test
    void over_stream_isTextReasoningAndUsage() throws Exception {
        read(200, """
            data: {"id":"c1","model":"m-1b","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}],"usage":null}

            : keep-alive

            data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"}}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"id":"c1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}

            data: [DONE]

            """);

        ReplyEnd end = sink.completed();
        assertThat(sink.text()).isEqualTo("Hello");
        assertThat(sink.reasoning()).isEqualTo("Hm.");
        assertThat(end.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(end.usage()).hasToString("10 in (4 cached) + 5 out (2 reasoning)");
        assertThat(end.servedModel()).hasValue("m-1b");
        assertThat(end.requestId()).hasValue("c1");
    }

    // The limit of an event is met at the end, when the last line turns out to belong to it
    @Test
    void over_lastEventIsTooLong_isMalformed() throws Exception {
        ReplyReader reader = reader(Dialect.standard(), ChatRequest.of("q"));
        reader.head(head(200, Map.of()));
        body(reader, "data: " + "x".repeat((8 << 20) - 100) + "\n");
        body(reader, "data: " + "x".repeat(1_000));

        reader.over();

        assertThat(sink.failed(MalformedReplyException.class)).isNotNull();
    }

    @Test
    void over_usageInThreePlaces_isTheLastOne() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}

            data: {"choices":[{"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":2,"completion_tokens":2}}],"usage":null}

            data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":3,"cached_tokens":2}}

            data: [DONE]
            """);

        assertThat(sink.completed().usage()).hasToString("3 in (2 cached) + 3 out (0 reasoning)");
    }

    @Test
    void over_functionPieces_areMergedByIndex() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"add","arguments":""}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"mul","arguments":"{"}},{"index":0,"function":{"arguments":"{\\"x\\":"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"add","arguments":"1}"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]},"finish_reason":"tool_calls"}]}

            data: [DONE]
            """);

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
        assertThat(sink.functionPieces())
                .containsExactly("0 a add ", "1 b mul {", "0 - - {\"x\":", "0 - - 1}", "1 - - }");
    }

    @Test
    void over_functionCallsAllOfIndexZero_stayApart() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"add","arguments":{"x":1}}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"add","arguments":"{}"}}]},"finish_reason":"stop"}]}

            data: [DONE]
            """);

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
        assertThat(sink.functionPieces()).containsExactly("0 a add {\"x\":1}", "1 b add {}");
    }

    @Test
    void over_functionCallWithoutId_getsOneOfOurs() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"tool_calls":[{"function":{"name":"add","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

            """);

        sink.completed();
        assertThat(sink.functionPieces()).singleElement().asString().matches("0 call-\\S+-0 add \\{}");
    }

    @Test
    void over_functionCallWhoseIdComesLate_staysOne() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"add","arguments":"{"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"}"}}]},"finish_reason":"tool_calls"}]}

            """);

        sink.completed();
        assertThat(sink.functionPieces()).hasSize(2).last().isEqualTo("0 - - }");
    }

    @Test
    void over_functionCallWithoutName_isMalformed() throws Exception {
        read(200, "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\"}]}}]}\n\n");

        sink.failed(MalformedReplyException.class);
    }

    @Test
    void over_objectsGluedInOneFrame_areBothRead() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"content":"a"}}]}{"choices":null}

            data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}
            data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}
            data: [DONE]

            """);

        assertThat(sink.completed().usage().completionTokens()).isEqualTo(2);
        assertThat(sink.text()).isEqualTo("ab");
    }

    @Test
    void over_finishReasonButNoEndMark_isWhole() throws Exception {
        read(200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}");

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void over_endMarkButNoFinishReason_isWhole() throws Exception {
        read(200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n");

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void over_neitherEndMarkNorFinishReason_isBrokenOff() throws Exception {
        read(200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n");

        MalformedReplyException failure = sink.failed(MalformedReplyException.class);
        assertThat(failure.isRetryable()).isTrue();
        assertThat(failure).hasMessageContaining("broke off before its end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", ": ping\n\n", "data: [DONE]\n\n", "\r\n  "})
    void over_nothing_isMalformed(String body) throws Exception {
        read(200, body);

        sink.failed(MalformedReplyException.class);
    }

    @Test
    void over_reasoningOnly_isNoAnswer() throws Exception {
        read(
                200,
                "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n");

        assertThat(sink.failed(MalformedReplyException.class)).hasMessageContaining("without an answer");
    }

    @Test
    void over_emptyAtStopText_isAnAnswer() throws Exception {
        read(
                Dialect.standard(),
                ChatRequest.builder("q").stop(List.of("END")).build(),
                200,
                Map.of(),
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void over_outOfTokensWhileThinking_isAnAnswerOfLength() throws Exception {
        read(
                200,
                "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":\"length\"}]}\n\n"
                        + "data: [DONE]\n\n");

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void over_plainJson_isOneReply() throws Exception {
        read(200, """
             {"choices":[{"finish_reason":"tool_calls","index":0,"message":{"content":[{"type":"text","text":"Hi"},"!"],"reasoning":"Short.","tool_calls":[{"id":"a","function":{"name":"add","arguments":"{}"}},{"id":"b","function":{"name":"add","arguments":"{}"}}]}}],"id":"x","request_id":"r","usage":{"completion_tokens":9,"prompt_tokens":8}}
            """);

        assertThat(sink.completed().requestId()).hasValue("r");
        assertThat(sink.text()).isEqualTo("Hi!");
        assertThat(sink.reasoning()).isEqualTo("Short.");
        assertThat(sink.functionPieces()).containsExactly("0 a add {}", "1 b add {}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"choices\":[{\"mess", "{}", "[1,2]", "{\"choices\":[]}", "{\"choices\":[{}]}"})
    void over_plainJsonThatIsNone_isMalformed(String body) throws Exception {
        read(200, body);

        sink.failed(MalformedReplyException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>canary</html>",
                "  <!DOCTYPE html>canary",
                "canary",
                "data: canary\n\n",
                "data: {canary\n\n"
            })
    void over_notWhatItShouldBe_isMalformedAndShowsNothing(String body) throws Exception {
        read(200, body);

        MalformedReplyException failure = sink.failed(MalformedReplyException.class);
        assertThat(failure.toString()).doesNotContain("canary");
        assertThat(failure.getCause()).isNull();
    }

    @Test
    void over_jsonDeeperThanAnyAnswer_isMalformed() throws Exception {
        read(200, "data: " + "[".repeat(100_000) + "\n\n");

        sink.failed(MalformedReplyException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\"}}\n\n",
                "event: error\ndata: {\"message\":\"slow down\",\"type\":\"rate_limit_error\"}\n\n",
                "event: error\ndata: {\"error\":{\"message\":\"slow down\",\"code\":429}}\n\n",
                "{\"error\":{\"message\":\"slow down\",\"code\":\"429\"}}",
                "{\"code\":429,\"msg\":\"slow down\",\"success\":false}",
            })
    void over_errorUnderSuccess_isTheError(String body) throws Exception {
        read(200, body);

        assertThat(sink.failed(RateLimitedException.class)).hasMessageContaining("slow down");
    }

    @Test
    void over_errorInMidStream_endsTheAnswer() throws Exception {
        read(200, """
            data: {"choices":[{"delta":{"content":"Par"}}]}

            data: {"error":"model crashed"}

            data: {"choices":[{"delta":{"content":"tial"},"finish_reason":"stop"}]}

            data: [DONE]
            """);

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("model crashed");
        assertThat(sink.text()).isEqualTo("Par");
    }

    @Test
    void over_errorEventThatIsText_isTheError() throws Exception {
        read(200, "event: error\ndata: upstream gone\n\n");

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("upstream gone");
    }

    @Test
    void over_errorStatus_isByCodeThenByStatus() throws Exception {
        assertThat(failure(429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"m\"}}"))
                .isExactlyInstanceOf(QuotaExhaustedException.class);
        assertThat(failure(429, "{\"error\":{\"type\":\"invalid_request_error\"}}"))
                .isExactlyInstanceOf(RateLimitedException.class);
        assertThat(failure(400, "{\"error\":{\"code\":\"context_length_exceeded\"}}"))
                .isExactlyInstanceOf(RejectedException.class);
        assertThat(failure(400, "")).isExactlyInstanceOf(RejectedException.class);
        assertThat(failure(401, "no")).isExactlyInstanceOf(AuthenticationException.class);
        assertThat(failure(302, "")).isExactlyInstanceOf(RejectedException.class);
        assertThat(failure(500, "{\"error\":null}")).isExactlyInstanceOf(UnavailableException.class);
        assertThat(failure(502, "{")).isExactlyInstanceOf(UnavailableException.class);
        assertThat(failure(404, "{\"code\":5,\"error\":\"url.not_found\",\"message\":\"gone\"}"))
                .hasMessageContaining("[5]: gone");
    }

    @Test
    void over_pageOfHtml_showsItsTitleOnly() throws Exception {
        ProviderException failure =
                failure(504, "<html><head><title>504 Gateway Time-out</title></head><body>canary</body></html>");

        assertThat(failure).isExactlyInstanceOf(UnavailableException.class);
        assertThat(failure.getMessage())
                .contains("HTML page: 504 Gateway Time-out")
                .doesNotContain("canary");
    }

    @Test
    void over_errorStatus_hasTheWaitAndTheRequestId() throws Exception {
        read(
                Dialect.standard(),
                ChatRequest.of("q"),
                429,
                Map.of("Retry-After", "7", "x-request-id", "req-1"),
                "{\"error\":{\"message\":\"key sk-canary1 of org-canary\"},\"request_id\":\"other\"}");

        RateLimitedException failure = sink.failed(RateLimitedException.class);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(7));
        assertThat(failure.upstream().requestId()).hasValue("req-1");
        assertThat(failure.getMessage()).doesNotContain("canary");
    }

    @Test
    void body_errorWithoutEnd_isCut() throws Exception {
        ReplyReader reader = reader(Dialect.standard(), ChatRequest.of("q"));
        assertThat(reader.head(head(500, Map.of()))).isEqualTo(Demand.LINGER);

        byte[] bytes = new byte[40_000];
        assertThat(reader.body(bytes, 0, bytes.length)).isEqualTo(Demand.LINGER);
        assertThat(reader.body(bytes, 0, bytes.length)).isEqualTo(Demand.ENOUGH);
        reader.over();

        sink.failed(UnavailableException.class);
    }

    @Test
    void body_afterFinishReason_onlyLingers() {
        ReplyReader reader = reader(Dialect.standard(), ChatRequest.of("q"));
        reader.head(head(200, Map.of()));

        assertThat(body(reader, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"))
                .isEqualTo(Demand.MORE);
        assertThat(body(reader, "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n"))
                .isEqualTo(Demand.LINGER);
        assertThat(body(reader, "data: [DONE]\n\n")).isEqualTo(Demand.ENOUGH);
    }

    @Test
    void broken_protocolError_isMalformedWithoutItsMessage() throws Exception {
        reader(Dialect.standard(), ChatRequest.of("q")).broken(new ProtocolException("Unexpected: canary"));

        MalformedReplyException failure = sink.failed(MalformedReplyException.class);
        assertThat(failure.getMessage()).doesNotContain("canary");
        assertThat(failure.getCause()).isNull();
    }

    @Test
    void broken_midAnswer_isUnavailable() throws Exception {
        ReplyReader reader = reader(Dialect.standard(), ChatRequest.of("q"));
        reader.head(head(200, Map.of()));
        reader.broken(new EOFException());

        assertThat(sink.failed(UnavailableException.class))
                .hasMessageContaining("connection lost in mid-answer (EOFException)");
    }

    @Test
    void finishReason_words_areMapped() {
        Map<String, FinishReason> expected = Map.of(
                "stop", FinishReason.STOP,
                "length", FinishReason.LENGTH,
                "model_context_window_exceeded", FinishReason.LENGTH,
                "tool_calls", FinishReason.FUNCTION_CALLS,
                "function_call", FinishReason.FUNCTION_CALLS,
                "content_filter", FinishReason.CONTENT_FILTER,
                "sensitive", FinishReason.CONTENT_FILTER,
                "something_new", FinishReason.OTHER);

        expected.forEach((word, reason) -> assertThat(Dialect.standard().finishReason(word))
                .describedAs(word)
                .isEqualTo(reason));
    }

    private ProviderException failure(int status, String body) throws Exception {
        ReplyRecorder recorder = new ReplyRecorder();
        ReplyReader reader = reader(recorder, Dialect.standard(), ChatRequest.of("q"));
        feed(reader, status, Map.of(), body);
        return (ProviderException) recorder.end();
    }

    private void read(int status, String body) {
        read(Dialect.standard(), ChatRequest.of("q"), status, Map.of(), body);
    }

    private void read(Dialect dialect, ChatRequest request, int status, Map<String, String> headers, String body) {
        feed(reader(dialect, request), status, headers, body);
    }

    private static void feed(ReplyReader reader, int status, Map<String, String> headers, String body) {
        Demand demand = reader.head(head(status, headers));
        if (!body.isEmpty() && demand != Demand.ENOUGH) {
            body(reader, body);
        }
        reader.over();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 40, 1_000})
    void over_plainReplyOfAKnownLength_isReadHoweverItComes(int firstPart) throws Exception {
        String text =
                "\n {\"id\":\"c1\",\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n";
        byte[] bytes = ("junk" + text).getBytes(StandardCharsets.UTF_8);
        int length = bytes.length - 4;
        ReplyReader reader = reader(Dialect.standard(), ChatRequest.of("q"));
        reader.head(new ResponseHead() {
            @Override
            public int status() {
                return 200;
            }

            @Override
            public Optional<String> header(String name) {
                return Optional.empty();
            }

            @Override
            public long bodyLength() {
                return firstPart < 0 ? -1 : length;
            }
        });

        int cut = firstPart < 0 ? length : Math.min(firstPart, length);
        for (int[] part : new int[][] {{0, cut}, {cut, length - cut}}) {
            if (part[1] > 0) {
                assertThat(reader.body(bytes, 4 + part[0], part[1])).isEqualTo(Demand.MORE);
            }
        }
        reader.over();

        assertThat(sink.completed().requestId()).hasValue("c1");
        assertThat(sink.text()).isEqualTo("Hello");
    }

    private static Demand body(ReplyReader reader, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return reader.body(bytes, 0, bytes.length);
    }

    private ReplyReader reader(Dialect dialect, ChatRequest request) {
        return reader(sink, dialect, request);
    }

    private static ReplyReader reader(ReplyRecorder recorder, Dialect dialect, ChatRequest request) {
        Upstream upstream = new Upstream(
                "p", dialect, new Redactor(ApiKey.of("key-of-test"), 300), new RetryAfter(Clock.systemUTC()));
        return new ReplyReader(
                recorder,
                upstream,
                new ReplyAssembler(Calls.of(request), dialect, upstream, List.of(), recorder::chunk));
    }

    private static ResponseHead head(int status, Map<String, String> headers) {
        return new ResponseHead() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public Optional<String> header(String name) {
                return Optional.ofNullable(headers.get(name));
            }
        };
    }
}
