package dev.exai.providers.kimi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RateLimitedException.Scope;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ProviderFactory;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import dev.exai.testkit.http.PreparedServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kimi's wire format, from the samples of its reference. */
@Timeout(30)
class KimiProviderTest {
    private static final String KEY = "sk-CanarySecret0001";
    private static final SystemScheduler CLOCK = SystemScheduler.create("clock");
    private static final FunctionSpec ADD = FunctionSpec.of(
            "add", "Add", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    private static final List<ChatMessage> ROUND_TWO = List.of(
            ChatMessage.user("2+3?"),
            ChatMessage.assistant("", "Use add.", List.of(FunctionCall.of("add:0", "add", "{\"a\":2,\"b\":3}"))),
            ChatMessage.functionResult("add:0", "5"));

    private final ReplyRecorder sink = new ReplyRecorder();
    private PreparedServer server;
    private KimiProvider provider;

    @BeforeEach
    void start() throws Exception {
        server = PreparedServer.start();
        provider =
                KimiProvider.builder(ApiKey.of(KEY)).baseUrl(server.url("/v1")).build();
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    // sample S1
    @Test
    void open_plainReply_isRead() throws Exception {
        answer(200, """
            {"id":"chatcmpl-01","object":"chat.completion","created":1790000000,"model":"kimi-k3","choices":[{"index":0,"message":{"role":"assistant","content":"Hi!","reasoning_content":"Greet."},"finish_reason":"stop"}],"usage":{"prompt_tokens":88,"completion_tokens":12,"total_tokens":100,"cached_tokens":80,"completion_tokens_details":{"reasoning_tokens":6},"prompt_tokens_details":{"cached_tokens":80}}}
            """);

        ReplyEnd end = sink.completed();
        assertThat(sink.text()).isEqualTo("Hi!");
        assertThat(sink.reasoning()).isEqualTo("Greet.");
        assertThat(end.usage()).hasToString("88 in (80 cached) + 12 out (6 reasoning)");
        assertThat(end.requestId()).hasValue("chatcmpl-01");
    }

    // sample S2
    @Test
    void open_plainFunctionCall_isRead() throws Exception {
        answer(200, """
            {"id":"chatcmpl-02","object":"chat.completion","created":1790000001,"model":"kimi-k2.6","choices":[{"index":0,"message":{"role":"assistant","content":"","reasoning_content":"Use add.","tool_calls":[{"index":0,"id":"add:0","type":"function","function":{"name":"add","arguments":"{\\"a\\":2,\\"b\\":3}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":140,"completion_tokens":30,"total_tokens":170}}
            """);

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
        assertThat(sink.functionPieces()).containsExactly("0 add:0 add {\"a\":2,\"b\":3}");
    }

    // sample S3
    @Test
    void open_secondRound_leavesEmptyContentOutAndKeepsReasoning() throws Exception {
        ChatRequest request = ChatRequest.builder(ROUND_TWO)
                .maxOutputTokens(4_096)
                .functions(List.of(ADD))
                .build();

        assertThat(sent("kimi-k2.6", request))
                .isEqualTo("{\"model\":\"kimi-k2.6\",\"messages\":[{\"role\":\"user\",\"content\":\"2+3?\"},"
                        + "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"add:0\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":2,\\\"b\\\":3}\"}}],"
                        + "\"reasoning_content\":\"Use add.\"},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"add:0\",\"content\":\"5\"}],\"stream\":true,"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Add\","
                        + "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"a\"]}}}],\"max_completion_tokens\":4096,"
                        + "\"stream_options\":{\"include_usage\":true}}");
    }

    // sample S4
    @Test
    void open_streamOfReasoningTextAndCall_isRead() throws Exception {
        answer(200, """
            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{"reasoning_content":"Need add."},"finish_reason":null}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{"content":"Adding."},"finish_reason":null}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"add:0","type":"function","function":{"name":"add","arguments":""}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":2,"}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"b\\":3}"}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls","usage":{"prompt_tokens":150,"completion_tokens":40,"total_tokens":190}}]}

            data: {"id":"chatcmpl-04","object":"chat.completion.chunk","created":1790000002,"model":"kimi-k3","choices":[],"usage":{"prompt_tokens":150,"completion_tokens":40,"total_tokens":190,"cached_tokens":128}}

            data: [DONE]

            """);

        ReplyEnd end = sink.completed();
        assertThat(sink.reasoning()).isEqualTo("Need add.");
        assertThat(sink.text()).isEqualTo("Adding.");
        assertThat(sink.functionPieces()).containsExactly("0 add:0 add ", "0 - - {\"a\":2,", "0 - - \"b\":3}");
        assertThat(end.usage()).hasToString("150 in (128 cached) + 40 out (0 reasoning)");
        assertThat(end.finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
        assertThat(end.servedModel()).hasValue("kimi-k3");
    }

    // sample S5
    @Test
    void open_rateLimit_hasScopeWaitAndIdButNoAccount() throws Exception {
        server.enqueue(
                429,
                Map.of(
                        "Retry-After",
                        "1",
                        "X-Retry-After",
                        "1",
                        "Msh-Cooldown-Seconds",
                        "2",
                        "Msh-Request-Id",
                        "5fda-1"),
                "{\"error\":{\"message\":\"Your account org-x<ak-y> request reached organization max RPM: 3, please"
                        + " try again after 1 seconds\",\"type\":\"rate_limit_reached_error\"}}");
        provider.open(call("kimi-k3", ChatRequest.of("q")), sink);

        RateLimitedException failure = sink.failed(RateLimitedException.class);
        assertThat(failure.scope()).isEqualTo(Scope.REQUESTS);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(2));
        assertThat(failure.upstream().requestId()).hasValue("5fda-1");
        assertThat(failure.getMessage()).doesNotContain("org-x", "ak-y").contains("max RPM: 3");
    }

    @ParameterizedTest
    @CsvSource({
        "request reached organization max concurrency: 1, CONCURRENCY",
        "request reached max organization concurrent requests, CONCURRENCY",
        "request reached organization max RPM: 3, REQUESTS",
        "request reached organization TPM rate limit, TOKENS",
        "slow down, UNKNOWN",
    })
    void open_rateLimit_hasTheScopeOfItsWords(String words, Scope scope) throws Exception {
        answer(429, "{\"error\":{\"message\":\"" + words + "\",\"type\":\"rate_limit_reached_error\"}}");

        assertThat(sink.failed(RateLimitedException.class).scope()).isEqualTo(scope);
    }

    @Test
    void open_tokensOfTheDay_isQuota() throws Exception {
        answer(
                429,
                "{\"error\":{\"message\":\"request reached organization TPD rate"
                        + " limit\",\"type\":\"rate_limit_reached_error\"}}");

        sink.failed(QuotaExhaustedException.class);
    }

    // samples S6 to S9
    @ParameterizedTest
    @CsvSource({
        "429, engine_overloaded_error, UnavailableException",
        "429, exceeded_current_quota_error, QuotaExhaustedException",
        "429, rate_limit_reached_error, RateLimitedException",
        "429, something_new, RateLimitedException",
        "400, invalid_request_error, RejectedException",
        "400, content_filter, RejectedException",
        "401, invalid_authentication_error, AuthenticationException",
        "401, incorrect_api_key_error, AuthenticationException",
        "403, permission_denied_error, AuthenticationException",
        "403, access_terminated_error, AuthenticationException",
        "404, resource_not_found_error, RejectedException",
        "408, '', UnavailableException",
        "409, '', UnavailableException",
        "413, '', RejectedException",
        "499, client_closed_request, RejectedException",
        "500, server_error, UnavailableException",
        "500, unexpected_output, UnavailableException",
        "502, '', UnavailableException",
        "503, server_unavailable, UnavailableException",
        "529, '', UnavailableException",
        "200, engine_overloaded_error, UnavailableException",
        "200, exceeded_current_quota_error, QuotaExhaustedException",
    })
    void open_errorType_isItsClass(int status, String type, String expected) throws Exception {
        answer(status, "{\"error\":{\"message\":\"words\",\"type\":\"" + type + "\"}}");

        assertThat(sink.end().getClass().getSimpleName()).isEqualTo(expected);
    }

    @Test
    void open_gatewayTimeoutInHtml_isUnavailable() throws Exception {
        answer(504, "<html><head><title>504 Gateway Time-out</title></head></html>");

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("504 Gateway Time-out");
    }

    @Test
    void open_errorInMidStream_isTheError() throws Exception {
        answer(200, """
            data: {"choices":[{"index":0,"delta":{"content":"Par"}}]}

            data: {"error":{"message":"overloaded, key sk-canary1","type":"engine_overloaded_error"}}

            """);

        ProviderException failure = sink.failed(UnavailableException.class);
        assertThat(failure.getMessage()).doesNotContain("canary");
    }

    @Test
    void open_fixedFamily_isSentNoSampling() throws Exception {
        ChatRequest request = ChatRequest.builder("q")
                .temperature(0.3)
                .topP(0.5)
                .thinking(false)
                .build();

        assertThat(sent("kimi-k3", request)).doesNotContain("temperature", "top_p", "thinking");
        assertThat(sent("kimi-k2.6", request))
                .doesNotContain("temperature", "top_p")
                .contains("\"thinking\":{\"type\":\"disabled\"}");
        assertThat(sent("kimi-k9-unheard-of", request)).doesNotContain("temperature", "top_p", "thinking");
    }

    @Test
    void open_freeFamily_isSentSamplingInItsRange() throws Exception {
        ChatRequest request = ChatRequest.builder("q")
                .temperature(1.4)
                .topP(0.5)
                .thinking(true)
                .build();

        assertThat(sent("moonshot-v1-8k", request))
                .contains("\"temperature\":1.0", "\"top_p\":0.5")
                .doesNotContain("thinking");
    }

    @ParameterizedTest
    @CsvSource({
        "kimi-k2.5, true, enabled",
        "kimi-k2.6, true, enabled",
        "kimi-k2.6, false, disabled",
        "kimi-k2.7-code, true, ",
        "kimi-k2.7-code, false, ",
        "kimi-k3, true, ",
        "kimi-k3.1-pro, false, ",
    })
    void open_thinkingAsked_isSentWhereTheModelAllowsIt(String model, boolean asked, String sent) throws Exception {
        String body = sent(model, ChatRequest.builder("q").thinking(asked).build());

        if (sent == null) {
            assertThat(body).doesNotContain("thinking");
        } else {
            assertThat(body).contains("\"thinking\":{\"type\":\"" + sent + "\"}");
        }
    }

    @Test
    void open_reasoningLostOfAFunctionCall_isSentEmptyWhileThinkingIsOn() throws Exception {
        List<ChatMessage> messages = List.of(
                ChatMessage.user("2+3?"),
                ChatMessage.assistant("", null, List.of(FunctionCall.of("add:0", "add", "{}"))),
                ChatMessage.functionResult("add:0", "5"));

        assertThat(sent("kimi-k2.6", ChatRequest.builder(messages).build())).contains("\"reasoning_content\":\"\"");
        assertThat(sent(
                        "kimi-k2.6",
                        ChatRequest.builder(messages).thinking(false).build()))
                .doesNotContain("reasoning_content");
        assertThat(sent("moonshot-v1-8k", ChatRequest.builder(messages).build()))
                .doesNotContain("reasoning_content");
    }

    @Test
    void open_noLimitAsked_sendsOneAllTheSame() throws Exception {
        assertThat(sent("kimi-k3", ChatRequest.of("q")))
                .contains("\"max_completion_tokens\":8192")
                .doesNotContain("\"max_tokens\"");
    }

    @Test
    void catalog_models_areDistinctAndBounded() {
        assertThat(provider.catalog().get(0).id()).isEqualTo("kimi-k2.6");
        assertThat(provider.catalog()).extracting(ModelInfo::id).doesNotHaveDuplicates();
        assertThat(provider.catalog())
                .allSatisfy(model -> assertThat(model.defaultOutputTokens()).isEqualTo(8_192))
                .allSatisfy(model -> assertThat(model.maxOutputTokens()).isLessThanOrEqualTo(model.contextWindow()));
    }

    @Test
    void create_key_isShownNowhere() {
        try (KimiProvider made = KimiProvider.create(KEY)) {
            assertThat(made.toString()).contains("api.moonshot.ai").doesNotContain("Canary");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "KIMI_API_KEY, , api.moonshot.ai",
        "MOONSHOT_API_KEY, china, api.moonshot.cn",
        "KIMI_API_KEY, http://127.0.0.1:99/v1, 127.0.0.1",
    })
    void fromEnvironment_keyThere_makesAProvider(String name, String url, String host) {
        Map<String, String> environment = url == null ? Map.of(name, KEY) : Map.of(name, KEY, "KIMI_BASE_URL", url);

        try (KimiProvider made = KimiProvider.fromEnvironment(environment).orElseThrow()) {
            assertThat(made.toString()).contains(host);
        }
    }

    @Test
    void fromEnvironment_badUrl_isRefusedWithNameValueAndChoices() {
        assertThatThrownBy(() -> KimiProvider.fromEnvironment(Map.of("KIMI_API_KEY", KEY, "KIMI_BASE_URL", "mars")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KIMI_BASE_URL")
                .hasMessageContaining("'mars'")
                .hasMessageContaining("international, china");
        assertThatThrownBy(() -> KimiProvider.fromEnvironment(Map.of("KIMI_API_KEY", KEY, "KIMI_BASE_URL", KEY)))
                .hasMessageNotContaining("Canary");
    }

    @Test
    void factory_serviceLoader_findsIt() {
        ProviderFactory factory = ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("kimi"))
                .findFirst()
                .orElseThrow();

        try (Provider made = factory.create(Map.of("MOONSHOT_API_KEY", KEY)).orElseThrow()) {
            assertThat(made.id().value()).isEqualTo("kimi");
        }
        assertThat(factory.create(Map.of())).isEmpty();
    }

    private void answer(int status, String body) {
        server.enqueue(status, Map.of(), body);
        provider.open(call("kimi-k3", ChatRequest.of("q")), sink);
    }

    private String sent(String model, ChatRequest request) throws Exception {
        server.enqueue(500, Map.of(), "");
        ReplyRecorder unused = new ReplyRecorder();
        provider.open(call(model, request), unused);
        unused.end();
        return server.takeBody();
    }

    private static ProviderCall call(String model, ChatRequest request) {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(1), CLOCK));
        ModelInfo info = ModelInfo.unknown(model);
        return ProviderCall.of(context, info, request, 1, info.limits());
    }
}
