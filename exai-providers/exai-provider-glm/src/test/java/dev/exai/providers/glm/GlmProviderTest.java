package dev.exai.providers.glm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RateLimitedException.Scope;
import dev.exai.error.RejectedException;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GLM's wire format, from the samples of its reference. */
@Timeout(30)
class GlmProviderTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef.CanarySecret0001";
    private static final Pattern REQUEST_ID = Pattern.compile(",\"request_id\":\"([A-Za-z0-9_-]{6,64})\"");
    private static final String DONE = "data: [DONE]\n\n";
    private static final SystemScheduler CLOCK = SystemScheduler.create("clock");
    private static final FunctionSpec ADD = FunctionSpec.of(
            "add", "Add", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");

    private final ReplyRecorder sink = new ReplyRecorder();
    private PreparedServer server;
    private GlmProvider provider;

    @BeforeEach
    void start() throws Exception {
        server = PreparedServer.start();
        provider = GlmProvider.builder(ApiKey.of(KEY))
                .baseUrl(server.url("/api/paas/v4"))
                .build();
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
            {"choices":[{"finish_reason":"stop","index":0,"message":{"content":"Hi!","reasoning_content":"Short greeting.","role":"assistant"}}],"created":1790000000,"id":"20261001120000aa11","model":"glm-5.3","object":"chat.completion","request_id":"20261001120000aa11","usage":{"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":5},"prompt_tokens":8,"prompt_tokens_details":{"cached_tokens":0},"total_tokens":17}}
            """);

        ReplyEnd end = sink.completed();
        assertThat(sink.text()).isEqualTo("Hi!");
        assertThat(sink.reasoning()).isEqualTo("Short greeting.");
        assertThat(end.usage()).hasToString("8 in (0 cached) + 9 out (5 reasoning)");
        assertThat(end.servedModel()).hasValue("glm-5.3");
        assertThat(end.requestId()).hasValue("20261001120000aa11");
    }

    // sample S2
    @Test
    void open_plainFunctionCall_isRead() throws Exception {
        answer(200, """
            {"choices":[{"finish_reason":"tool_calls","index":0,"message":{"content":"","reasoning_content":"Use add.","role":"assistant","tool_calls":[{"function":{"arguments":"{\\"a\\":2,\\"b\\":3}","name":"add"},"id":"call_-70001","index":0,"type":"function"}]}}],"created":1790000001,"id":"r2","model":"glm-4.7","object":"chat.completion","request_id":"r2","usage":{"completion_tokens":30,"prompt_tokens":150,"prompt_tokens_details":{"cached_tokens":43},"total_tokens":180}}
            """);

        assertThat(sink.completed().finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
        assertThat(sink.functionPieces()).containsExactly("0 call_-70001 add {\"a\":2,\"b\":3}");
    }

    // sample S4
    @Test
    void open_streamOfReasoningTextAndTwoCalls_isRead() throws Exception {
        answer(200, """
            data: {"id":"r4","created":1790000002,"object":"chat.completion.chunk","model":"glm-4.7","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Both."}}]}

            data: {"id":"r4","created":1790000002,"object":"chat.completion.chunk","model":"glm-4.7","choices":[{"index":0,"delta":{"role":"assistant","content":"Calling."}}]}

            data: {"id":"r4","created":1790000002,"object":"chat.completion.chunk","model":"glm-4.7","choices":[{"index":0,"delta":{"tool_calls":[{"id":"call_a","index":0,"type":"function","function":{"name":"add","arguments":"{\\"a\\":2,\\"b\\":3}"}}]}}]}

            data: {"id":"r4","created":1790000002,"object":"chat.completion.chunk","model":"glm-4.7","choices":[{"index":0,"delta":{"tool_calls":[{"id":"call_b","index":1,"type":"function","function":{"name":"mul","arguments":"{\\"a\\":2,\\"b\\":3}"}}]}}]}

            data: {"id":"r4","created":1790000002,"object":"chat.completion.chunk","model":"glm-4.7","choices":[{"index":0,"finish_reason":"tool_calls","delta":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":275,"completion_tokens":60,"total_tokens":335,"prompt_tokens_details":{"cached_tokens":43}}}

            data: [DONE]

            """);

        ReplyEnd end = sink.completed();
        assertThat(sink.reasoning()).isEqualTo("Both.");
        assertThat(sink.text()).isEqualTo("Calling.");
        assertThat(sink.functionPieces())
                .containsExactly("0 call_a add {\"a\":2,\"b\":3}", "1 call_b mul {\"a\":2,\"b\":3}");
        assertThat(end.finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
        assertThat(end.usage()).hasToString("275 in (43 cached) + 60 out (0 reasoning)");
        assertThat(end.requestId()).hasValue("r4");
    }

    // sample S5
    @Test
    void open_argumentsInPieces_areHandedOn() throws Exception {
        answer(200, """
            data: {"choices":[{"delta":{"tool_calls":[{"id":"call_a","index":0,"type":"function","function":{"name":"add","arguments":""}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":2,"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"b\\":3}"}}]},"finish_reason":"tool_calls"}]}

            data: [DONE]

            """);

        sink.completed();
        assertThat(sink.functionPieces()).containsExactly("0 call_a add ", "0 - - {\"a\":2,", "0 - - \"b\":3}");
    }

    // sample S6
    @Test
    void open_errorInMidStream_isUnavailable() throws Exception {
        answer(200, """
            data: {"id":"r6","choices":[{"index":0,"delta":{"role":"assistant","content":"Par"}}]}

            data: {"error":{"code":"1234","message":"Network error, error id: 2026abc, please contact customer service"}}
            """);

        assertThat(sink.failed(UnavailableException.class)).hasMessageContaining("[1234]: Network error");
        assertThat(sink.text()).isEqualTo("Par");
    }

    // sample S7
    @Test
    void open_finishNetworkError_isUnavailable() throws Exception {
        answer(200, """
            data: {"id":"r7","created":1790000003,"model":"glm-5.3","choices":[{"index":0,"finish_reason":"network_error","delta":{"role":"assistant","content":""}}]}

            data: [DONE]

            """);

        UnavailableException failure = sink.failed(UnavailableException.class);
        assertThat(failure.upstream().code()).hasValue("network_error");
        assertThat(failure.upstream().requestId()).hasValue("r7");
    }

    @ParameterizedTest
    @CsvSource({"sensitive, CONTENT_FILTER", "model_context_window_exceeded, LENGTH", "unheard_of, OTHER"})
    void open_finishReason_isMapped(String word, FinishReason expected) throws Exception {
        answer(
                200,
                "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"" + word + "\"}]}\n\n" + DONE);

        assertThat(sink.completed().finishReason()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "500, 500, UnavailableException", "500, -1, UnavailableException",
        "401, 1000, AuthenticationException", "401, 1001, AuthenticationException",
        "401, 1002, AuthenticationException", "401, 1003, AuthenticationException",
        "401, 1004, AuthenticationException", "401, 1005, AuthenticationException",
        "429, 1110, AuthenticationException", "401, 1111, AuthenticationException",
        "401, 1112, AuthenticationException", "429, 1120, AuthenticationException",
        "429, 1121, AuthenticationException", "429, 1113, QuotaExhaustedException",
        "400, 1200, UnavailableException", "500, 1230, UnavailableException",
        "400, 1210, RejectedException", "400, 1211, RejectedException",
        "400, 1212, RejectedException", "400, 1213, RejectedException",
        "400, 1214, RejectedException", "400, 1215, RejectedException",
        "403, 1220, AuthenticationException", "400, 1221, RejectedException",
        "400, 1222, RejectedException", "400, 1231, UnavailableException",
        "500, 1234, UnavailableException", "400, 1261, RejectedException",
        "400, 1300, RejectedException", "400, 1301, RejectedException",
        "429, 1302, RateLimitedException", "429, 1303, RateLimitedException",
        "429, 1304, QuotaExhaustedException", "429, 1305, UnavailableException",
        "429, 1308, QuotaExhaustedException", "429, 1309, QuotaExhaustedException",
        "429, 1310, QuotaExhaustedException", "429, 1311, RejectedException",
        "429, 1312, UnavailableException", "429, 1313, QuotaExhaustedException",
        "429, 1314, QuotaExhaustedException", "429, 1315, QuotaExhaustedException",
        "429, 1316, QuotaExhaustedException", "429, 1317, QuotaExhaustedException",
        "429, 1318, QuotaExhaustedException", "429, 1319, QuotaExhaustedException",
        "429, 1320, QuotaExhaustedException", "429, 1321, QuotaExhaustedException",
        "401, 401, AuthenticationException", "429, 9999, RateLimitedException",
        "529, 1305, UnavailableException", "200, 1113, QuotaExhaustedException",
        "200, 401, AuthenticationException", "434, 0, RejectedException",
    })
    void open_errorCode_isItsClass(int status, String code, String expected) throws Exception {
        answer(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"words\"}}");

        ProviderException failure = (ProviderException) sink.end();
        assertThat(failure.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(failure.upstream().code()).hasValue(code);
    }

    @ParameterizedTest
    @CsvSource({"400, 1211, true", "429, 1311, true", "400, 1210, false", "400, 1261, false"})
    void open_modelRefused_isModelGone_whateverTheStatus(int status, String code, boolean expected) throws Exception {
        answer(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"words\"}}");

        assertThat(sink.failed(RejectedException.class).isModelGone()).isEqualTo(expected);
    }

    @Test
    void open_visionModelThinksInItsText_isReasoningAndTheMarksAreTakenOut() throws Exception {
        server.enqueue(
                200,
                Map.of(),
                delta("\\n<thi")
                        + delta("nk>It is ")
                        + delta("a cat.</think>It is <|begin_")
                        + delta("of_box|>a cat")
                        + delta("<|end_of_box|>. 1 < 2")
                        + delta(" <")
                        + DONE);

        provider.open(call("glm-4.5v", ChatRequest.of("What is it?")), sink);

        sink.completed();
        assertThat(sink.reasoning()).isEqualTo("It is a cat.");
        assertThat(sink.text()).isEqualTo("\nIt is a cat. 1 < 2 <");
    }

    @Test
    void open_otherModelWritesOfMarks_isLeftAsItIs() throws Exception {
        answer(200, delta("<think> is a mark") + DONE);

        sink.completed();
        assertThat(sink.text()).isEqualTo("<think> is a mark");
    }

    private static String delta(String content) {
        return "data: {\"choices\":[{\"delta\":{\"content\":\"" + content + "\"}}]}\n\n";
    }

    @Test
    void open_codeAsNumberOnAnOlderSurface_isUnderstood() throws Exception {
        answer(200, "{\"code\":1001,\"msg\":\"no key\",\"success\":false}");

        sink.failed(AuthenticationException.class);
    }

    // samples S8
    @Test
    void open_usedUpPlan_saysWhenItResets() throws Exception {
        answer(
                429,
                "{\"error\":{\"code\":\"1308\",\"message\":\"Usage limit reached for 5 hour. Your limit will reset at"
                        + " 2026-10-01 18:00:00\"}}");

        assertThat(sink.failed(QuotaExhaustedException.class).resets()).hasValue("2026-10-01 18:00:00");
    }

    @Test
    void open_tooManyAtOnce_isOfConcurrency() throws Exception {
        answer(429, "{\"error\":{\"code\":\"1302\",\"message\":\"Rate limit reached for requests\"}}");

        assertThat(sink.failed(RateLimitedException.class).scope()).isEqualTo(Scope.CONCURRENCY);
    }

    @Test
    void open_tooOften_isOfRequests() throws Exception {
        answer(429, "{\"error\":{\"code\":\"1303\",\"message\":\"Rate limit reached for requests\"}}");

        assertThat(sink.failed(RateLimitedException.class).scope()).isEqualTo(Scope.REQUESTS);
    }

    @Test
    void open_logIdInHeader_isTheRequestId() throws Exception {
        server.enqueue(
                400,
                Map.of("X-LOG-ID", "20261001log"),
                "{\"error\":{\"code\":\"1214\",\"message\":\"bad key " + KEY + "\"}}");
        provider.open(call("glm-4.7", ChatRequest.of("q")), sink);

        RejectedException failure = sink.failed(RejectedException.class);
        assertThat(failure.upstream().requestId()).hasValue("20261001log");
        assertThat(failure.getMessage()).doesNotContain("Canary", "0123456789abcdef");
    }

    @Test
    void open_request_isAsGlmWantsIt() throws Exception {
        ChatRequest request = ChatRequest.builder(List.of(
                        ChatMessage.user("2+3?"),
                        ChatMessage.assistant("Hm.", "Old thought.", List.of()),
                        ChatMessage.assistant(
                                "", "Use add.", List.of(FunctionCall.of("call_-70001", "add", "{\"a\":2}"))),
                        ChatMessage.functionResult("call_-70001", "5")))
                .maxOutputTokens(2_048)
                .temperature(1.7)
                .topP(0.004)
                .stop(List.of("END"))
                .thinking(true)
                .functions(List.of(ADD))
                .build();

        assertThat(sent("glm-4.7", request))
                .isEqualTo("{\"model\":\"glm-4.7\",\"messages\":[{\"role\":\"user\",\"content\":\"2+3?\"},"
                        + "{\"role\":\"assistant\",\"content\":\"Hm.\"},"
                        + "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"call_-70001\","
                        + "\"type\":\"function\",\"function\":{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":2}\"}}],"
                        + "\"reasoning_content\":\"Use add.\"},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"call_-70001\",\"content\":\"5\"}],"
                        + "\"stream\":true,\"max_tokens\":2048,\"temperature\":1.00,\"top_p\":0.01,\"stop\":[\"END\"],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Add\","
                        + "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"a\"]}}}],\"thinking\":{\"type\":\"enabled\"},\"tool_stream\":true}");
    }

    @Test
    void open_temperatureZero_isGreedy() throws Exception {
        assertThat(sent("glm-4.7", ChatRequest.builder("q").temperature(0).build()))
                .contains("\"do_sample\":false")
                .doesNotContain("temperature");
        assertThat(sent("glm-4.7", ChatRequest.builder("q").temperature(0.001).build()))
                .contains("\"temperature\":0.01")
                .doesNotContain("do_sample");
    }

    @ParameterizedTest
    @CsvSource({
        "glm-5.3, true, enabled",
        "glm-5.3, false, ",
        "glm-5.3-flash, false, ",
        "glm-5.2, false, disabled",
        "glm-4.7, true, enabled",
        "glm-4.7, false, disabled",
        "glm-4.5-air, false, disabled",
        "glm-4-32b-0414-128k, true, ",
        "somebody-elses, true, ",
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
    void open_thinkingNotAsked_isNotSent() throws Exception {
        assertThat(sent("glm-4.7", ChatRequest.of("q"))).doesNotContain("thinking");
    }

    // sample S9
    @Test
    void open_webSearch_hasItsSources() throws Exception {
        answer(200, """
            {"id":"r9","request_id":"r9","created":1790000004,"model":"glm-4.7","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"X did Y [ref_1]."}}],"usage":{"prompt_tokens":3100,"completion_tokens":40,"total_tokens":3140},"web_search":[{"refer":"ref_1","title":"X","link":"https://example.org/x","media":"Example","icon":"","content":"...","publish_date":"2026-10-01"}]}
            """);

        assertThat(sink.completed().sources()).singleElement().satisfies(page -> {
            assertThat(page.title()).isEqualTo("X");
            assertThat(page.url()).isEqualTo("https://example.org/x");
            assertThat(page.reference()).hasValue("ref_1");
            assertThat(page.site()).hasValue("Example");
        });
    }

    @Test
    void open_webSearchInAStream_hasItsSources() throws Exception {
        answer(200, """
            data: {"id":"r9","choices":[{"index":0,"delta":{"content":"X did Y"}}],"web_search":[{"refer":"ref_1","title":"X","link":"https://example.org/x"}]}

            data: {"id":"r9","choices":[{"index":0,"finish_reason":"stop","delta":{}}],"web_search":[]}

            data: [DONE]

            """);

        assertThat(sink.completed().sources()).hasSize(1);
    }

    @Test
    void open_sameAttemptTwice_hasTwoRequestIds() throws Exception {
        ProviderCall call = call("glm-4.7", ChatRequest.of("q"));
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            server.enqueue(500, Map.of(), "");
            ReplyRecorder each = new ReplyRecorder();
            provider.open(call, each);
            each.end();
            Matcher id = REQUEST_ID.matcher(server.takeBody());
            assertThat(id.find()).isTrue();
            ids.add(id.group(1));
        }

        assertThat(ids).hasSize(3).allMatch(id -> id.contains(call.attemptId()));
    }

    @Test
    void open_anySession_sendsARequestIdWithoutItsName() throws Exception {
        server.enqueue(500, Map.of(), "");
        CallContext context = CallContext.create(
                SessionId.of("a very long name of a session / with signs ".repeat(5)),
                "test",
                Deadline.after(Duration.ofMinutes(1), CLOCK));
        ModelInfo model = ModelInfo.unknown("glm-4.7");
        provider.open(ProviderCall.of(context, model, ChatRequest.of("q"), 1, model.limits()), sink);
        sink.end();

        Matcher id = REQUEST_ID.matcher(server.takeBody());
        assertThat(id.find()).isTrue();
        assertThat(id.group(1)).hasSizeBetween(6, 64).doesNotContain("name").doesNotContain("session");
    }

    @Test
    void catalog_models_areDistinctAndBounded() {
        assertThat(provider.catalog().get(0).id()).isEqualTo("glm-4.7");
        assertThat(provider.catalog()).extracting(ModelInfo::id).doesNotHaveDuplicates();
        assertThat(provider.catalog())
                .allSatisfy(model -> assertThat(model.defaultOutputTokens()).isEqualTo(8_192))
                .allSatisfy(model -> assertThat(model.maxOutputTokens()).isLessThanOrEqualTo(model.contextWindow()));
    }

    @Test
    void create_key_isShownNowhere() {
        try (GlmProvider made = GlmProvider.create(KEY)) {
            assertThat(made.toString()).contains("api.z.ai").doesNotContain("Canary");
        }
        assertThatThrownBy(() -> GlmProvider.create("canary key")).hasMessageNotContaining("canary");
    }

    @ParameterizedTest
    @CsvSource({
        "GLM_API_KEY, , api.z.ai",
        "ZAI_API_KEY, china, open.bigmodel.cn",
        "ZHIPUAI_API_KEY, China-Coding, open.bigmodel.cn",
        "GLM_API_KEY, https://gateway.example/v4/, gateway.example",
    })
    void fromEnvironment_keyThere_makesAProvider(String name, String url, String host) {
        Map<String, String> environment = url == null ? Map.of(name, KEY) : Map.of(name, KEY, "GLM_BASE_URL", url);

        try (GlmProvider made = GlmProvider.fromEnvironment(environment).orElseThrow()) {
            assertThat(made.toString()).contains(host);
        }
    }

    @Test
    void fromEnvironment_noKeyOrBlank_isEmpty() {
        assertThat(GlmProvider.fromEnvironment(Map.of())).isEmpty();
        assertThat(GlmProvider.fromEnvironment(Map.of("GLM_API_KEY", " ", "GLM_BASE_URL", "nonsense")))
                .isEmpty();
    }

    @Test
    void fromEnvironment_badUrl_isRefusedWithNameValueAndChoices() {
        assertThatThrownBy(() -> GlmProvider.fromEnvironment(Map.of("GLM_API_KEY", KEY, "GLM_BASE_URL", "mars")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GLM_BASE_URL")
                .hasMessageContaining("'mars'")
                .hasMessageContaining("international, china, international-coding, china-coding");
    }

    @Test
    void fromEnvironment_keyInTheWrongPlace_isNotShown() {
        assertThatThrownBy(() -> GlmProvider.fromEnvironment(Map.of("GLM_API_KEY", KEY, "GLM_BASE_URL", KEY)))
                .hasMessageContaining("GLM_BASE_URL")
                .hasMessageNotContaining("Canary");
        assertThatThrownBy(() -> GlmProvider.fromEnvironment(Map.of("ZAI_API_KEY", "canary key")))
                .hasMessageContaining("ZAI_API_KEY")
                .hasMessageNotContaining("canary");
    }

    @Test
    void factory_serviceLoader_findsIt() {
        ProviderFactory factory = ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("glm"))
                .findFirst()
                .orElseThrow();

        try (Provider made = factory.create(Map.of("GLM_API_KEY", KEY)).orElseThrow()) {
            assertThat(made.id().value()).isEqualTo("glm");
        }
        assertThat(factory.create(Map.of())).isEmpty();
    }

    @Test
    void endpoints_urls_areThoseOfTheVendor() {
        assertThat(GlmEndpoint.byName())
                .containsEntry("international", "https://api.z.ai/api/paas/v4")
                .containsEntry("china", "https://open.bigmodel.cn/api/paas/v4")
                .containsEntry("international-coding", "https://api.z.ai/api/coding/paas/v4")
                .containsEntry("china-coding", "https://open.bigmodel.cn/api/coding/paas/v4");
    }

    private void answer(int status, String body) {
        server.enqueue(status, Map.of(), body);
        provider.open(call("glm-4.7", ChatRequest.of("q")), sink);
    }

    /** {@return what is sent, without the request id, which differs each time} */
    private String sent(String model, ChatRequest request) throws Exception {
        server.enqueue(500, Map.of(), "");
        ReplyRecorder unused = new ReplyRecorder();
        provider.open(call(model, request), unused);
        unused.end();
        String body = server.takeBody();
        assertThat(body).containsPattern(REQUEST_ID);
        return REQUEST_ID.matcher(body).replaceAll("");
    }

    private static ProviderCall call(String model, ChatRequest request) {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(1), CLOCK));
        ModelInfo info = ModelInfo.unknown(model);
        return ProviderCall.of(context, info, request, 1, info.limits());
    }
}
