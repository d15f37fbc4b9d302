package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider over a server that others wrote. */
@Timeout(30)
class OpenAiProviderTest {
    private static final String KEY = "sk-canary-key-1234567890";
    private static final String HELLO = """
        data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"content":"Hel"}}]}

        data: {"id":"c1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}

        data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

        data: [DONE]

        """;

    private final MockWebServer server = new MockWebServer();
    private final ReplyRecorder sink = new ReplyRecorder();
    private OpenAiProvider provider;

    @BeforeEach
    void start() throws Exception {
        server.start(InetAddress.getLoopbackAddress(), 0);
        provider = OpenAiProvider.builder("test", server.url("/base/v9/").toString(), ApiKey.of(KEY))
                .models(List.of(Calls.MODEL))
                .clock(Clock.fixed(Instant.parse("2026-10-01T12:00:00Z"), ZoneOffset.UTC))
                .build();
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    @Test
    void open_stream_isReadToItsEnd() throws Exception {
        server.enqueue(events(HELLO).build());

        ask();

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(sink.completed().usage().totalTokens()).isEqualTo(5);
        assertThat(sink.text()).isEqualTo("Hello");
    }

    @Test
    void open_streamInTinyPieces_isReadToItsEnd() throws Exception {
        server.enqueue(new MockResponse.Builder().chunkedBody(HELLO, 1).build());

        ask();

        sink.completed();
        assertThat(sink.text()).isEqualTo("Hello");
    }

    @Test
    void open_request_hasTheHeadersAndTheBody() throws Exception {
        server.enqueue(events(HELLO).build());

        provider.open(
                Calls.of(ChatRequest.builder(List.of(
                                ChatMessage.system("Be brief."),
                                ChatMessage.user("2+3?"),
                                ChatMessage.assistant(
                                        "", "Use add.", List.of(FunctionCall.of("call_1", "add", "{\"a\":2}"))),
                                ChatMessage.functionResult("call_1", "5")))
                        .temperature(0.5)
                        .topP(0.9)
                        .stop(List.of("END"))
                        .maxOutputTokens(500)
                        .functions(List.of(FunctionSpec.of("add", "Adds", "{\"type\":\"object\"}")))
                        .build()),
                sink);
        sink.completed();

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /base/v9/chat/completions HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY);
        assertThat(request.getHeaders().get("User-Agent")).startsWith("exai/");
        assertThat(request.getHeaders().get("Accept")).isEqualTo("text/event-stream");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getBody().utf8())
                .isEqualTo("{\"model\":\"m-1\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                        + "{\"role\":\"user\",\"content\":\"2+3?\"},"
                        + "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":2}\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"5\"}],"
                        + "\"stream\":true,\"max_tokens\":500,\"temperature\":0.5,\"top_p\":0.9,\"stop\":[\"END\"],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Adds\","
                        + "\"parameters\":{\"type\":\"object\"}}}],\"stream_options\":{\"include_usage\":true}}");
    }

    @Test
    void open_noLimitAsked_sendsTheModelsDefault() throws Exception {
        server.enqueue(events(HELLO).build());

        ask();
        sink.completed();

        assertThat(server.takeRequest().getBody().utf8()).contains("\"max_tokens\":8192");
    }

    @Test
    void open_secondCall_usesTheConnectionAgain() throws Exception {
        server.enqueue(events(HELLO).build());
        server.enqueue(events(HELLO).build());

        ask();
        sink.completed();
        ReplyRecorder second = new ReplyRecorder();
        provider.open(Calls.of(ChatRequest.of("q")), second);
        second.completed();

        assertThat(server.takeRequest().getConnectionIndex())
                .isEqualTo(server.takeRequest().getConnectionIndex());
    }

    @Test
    void open_manyAtOnce_areAllUnderWayAtOnce() throws Exception {
        int many = 80; // OkHttp's own limits are 64, and 5 a host
        for (int i = 0; i < many; i++) {
            server.enqueue(
                    events(HELLO).onResponseStart(SocketEffect.Stall.INSTANCE).build());
        }
        List<ReplyRecorder> sinks = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            ReplyRecorder each = new ReplyRecorder();
            sinks.add(each);
            provider.open(Calls.of(ChatRequest.of("q")), each);
        }

        for (int i = 0; i < many; i++) {
            assertThat(server.takeRequest(10, TimeUnit.SECONDS)).isNotNull();
        }

        provider.close();
        for (ReplyRecorder each : sinks) {
            each.assertAborted();
        }
    }

    @Test
    void open_tooMany_hasTheWait() throws Exception {
        server.enqueue(json(429, "{\"error\":{\"message\":\"slow down\"}}")
                .addHeader("Retry-After", "Thu, 01 Oct 2026 12:00:20 GMT")
                .build());

        ask();

        assertThat(sink.failed(RateLimitedException.class).retryAfter()).hasValue(Duration.ofSeconds(20));
    }

    @Test
    void open_serverErrorInHtml_isUnavailable() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(500)
                .addHeader("Content-Type", "text/html")
                .body("<html><title>Oops</title></html>")
                .build());

        ask();

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("500: HTML page: Oops");
    }

    @Test
    void open_errorWithoutTypeAndBody_isByItsStatus() throws Exception {
        server.enqueue(new MockResponse.Builder().code(400).build());

        ask();

        sink.failed(RejectedException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 503})
    void open_statusThatOkHttpWouldTryAgain_isSentOnce(int status) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Retry-After", "0")
                .build());
        server.enqueue(events(HELLO).build());

        ask();

        sink.failed(UnavailableException.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void open_redirect_isNotFollowed() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .addHeader("Location", server.url("/other").toString())
                .build());
        server.enqueue(events(HELLO).build());

        ask();

        sink.failed(RejectedException.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void open_connectionCutInMidStream_isUnavailable() throws Exception {
        server.enqueue(events(HELLO.repeat(200).replace("data: [DONE]", "").replace(",\"finish_reason\":\"stop\"", ""))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());

        ask();

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("connection lost in mid-answer");
        assertThat(sink.text()).startsWith("Hello");
    }

    @Test
    void open_connectionCutBeforeHeaders_isUnavailableAndSentOnce() throws Exception {
        server.enqueue(
                events(HELLO).onResponseStart(new SocketEffect.CloseSocket()).build());
        server.enqueue(events(HELLO).build());

        ask();

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("no answer");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void open_nobodyListens_isUnavailable() throws Exception {
        server.close();

        ask();

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("ConnectException");
    }

    @Test
    void open_malformedJson_isMalformed() throws Exception {
        server.enqueue(events("data: {\"choices\": canary\n\n").build());

        ask();

        MalformedReplyException failure = sink.failed(MalformedReplyException.class);
        assertThat(failure.isRetryable()).isTrue();
        assertThat(failure.getMessage()).doesNotContain("canary");
    }

    @Test
    void open_endMarkMissing_isMalformed() throws Exception {
        server.enqueue(events("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")
                .build());

        ask();

        sink.failed(MalformedReplyException.class);
    }

    @Test
    void open_endMarkButConnectionStaysOpen_isCompleteAtOnce() throws Exception {
        server.enqueue(events(HELLO + ": more\n\n".repeat(10_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        ask();

        sink.completed();
    }

    @Test
    void open_finishReasonButConnectionStaysOpen_isCompleteAfterAWhile() throws Exception {
        server.enqueue(events(HELLO.replace("data: [DONE]", "") + ": more\n\n".repeat(10_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        ask();

        assertThat(sink.completed().usage().totalTokens()).isEqualTo(5);
    }

    @Test
    void open_errorWhoseBodyNeverEnds_isToldAfterAWhile() throws Exception {
        server.enqueue(json(429, "{\"error\":{\"message\":\"slow down\"}}".repeat(1_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        ask();

        assertThat(sink.failed(RateLimitedException.class)).hasMessageContaining("slow down");
    }

    @Test
    void open_sinkThrows_isToldOneEndAllTheSame() throws Exception {
        server.enqueue(events(HELLO).build());
        CompletableFuture<ProviderException> end = new CompletableFuture<>();

        provider.open(Calls.of(ChatRequest.of("q")), new ReplySink() {
            @Override
            public void opened() {}

            @Override
            public void chunk(Chunk chunk) {
                throw new IllegalStateException("canary");
            }

            @Override
            public void completed(ReplyEnd reply) {
                end.completeExceptionally(new AssertionError("completed"));
            }

            @Override
            public void failed(ProviderException failure) {
                end.complete(failure);
            }

            @Override
            public void timedOut(AttemptTimeoutException failure) {
                end.completeExceptionally(failure);
            }

            @Override
            public void aborted() {
                end.completeExceptionally(new AssertionError("aborted"));
            }
        });

        assertThat(end.get(10, TimeUnit.SECONDS))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("IllegalStateException")
                .hasMessageNotContaining("canary");
    }

    @Test
    void open_providersErrorText_showsNoKey() throws Exception {
        server.enqueue(json(401, "{\"error\":{\"message\":\"bad key " + KEY + " of org-canary\"}}")
                .build());

        ask();

        ProviderException failure = (ProviderException) sink.end();
        assertThat(failure.toString()).doesNotContain("canary");
        assertThat(failure.upstream().toString()).doesNotContain("canary");
        assertThat(provider.toString()).doesNotContain("canary");
    }

    @Test
    void open_closed_isRefusedAndTheSinkNotTold() {
        provider.close();
        provider.close();

        assertThatThrownBy(this::ask).isInstanceOf(IllegalStateException.class).hasMessage("test is closed");
    }

    @Test
    void open_schemaThatIsNone_isRefused() {
        ChatRequest request = ChatRequest.builder("q")
                .functions(List.of(FunctionSpec.of("add", "Adds", "canary")))
                .build();

        assertThatThrownBy(() -> provider.open(Calls.of(request), sink))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("function 'add': its schema is not valid JSON")
                .hasMessageNotContaining("canary");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api.example.org/v1",
                "ftp://example.org",
                "https://",
                "https://user:sk-canary1@example.org/v1",
                "https://example.org/v1?key=sk-canary1",
                "https://example.org/v1/chat/completions",
                "sk-canary1",
                "https://exa mple.org",
            })
    void builder_badUrl_isRefusedWithoutKeys(String url) {
        assertThatThrownBy(() -> OpenAiProvider.builder("p", url, ApiKey.of("k")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("canary");
    }

    @Test
    void builder_twoModelsOfOneId_areRefused() {
        ModelInfo model = ModelInfo.unknown("m");

        assertThatThrownBy(() ->
                        OpenAiProvider.builder("p", "http://h", ApiKey.of("k")).models(List.of(model, model)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void ask() {
        provider.open(Calls.of(ChatRequest.of("canary prompt")), sink);
    }

    private static MockResponse.Builder events(String body) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(body);
    }

    private static MockResponse.Builder json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/json")
                .body(body);
    }
}
