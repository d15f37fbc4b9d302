package dev.exai.providers.kimi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.message.Adjustment;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.ContentPart;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionChoice;
import dev.exai.message.FunctionSpec;
import dev.exai.message.ReasoningEffort;
import dev.exai.message.ReplyFormat;
import dev.exai.message.WebSearch;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import dev.exai.testkit.http.PreparedServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of each option of a request at Kimi, and that nothing changes silently. */
@Timeout(30)
class KimiRequestTest {
    private static final String ANSWER = "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
            + "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"}}]}";
    private static final SystemScheduler CLOCK = SystemScheduler.create("clock");
    private static final FunctionSpec ADD = FunctionSpec.of("add", "Add", "{\"type\":\"object\"}");
    private static final FunctionSpec MUL = FunctionSpec.of("mul", "Multiply", "{\"type\":\"object\"}");

    private PreparedServer server;
    private KimiProvider provider;
    private List<Adjustment> adjustments = List.of();

    @BeforeEach
    void start() throws Exception {
        server = PreparedServer.start();
        provider = KimiProvider.builder(ApiKey.of("sk-key-of-a-test"))
                .baseUrl(server.url("/v1"))
                .build();
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    @Test
    void send_samplingThatTheModelFixes_isLeftOutAndTold() throws Exception {
        assertThat(send(
                        "kimi-k2.6",
                        ChatRequest.builder("q")
                                .temperature(0.2)
                                .topP(0.5)
                                .frequencyPenalty(1)
                                .presencePenalty(1)
                                .seed(1)))
                .doesNotContain("temperature", "top_p", "penalty", "seed");
        assertThat(adjustments)
                .contains(Adjustment.leftOut("temperature", "kimi-k2.6 fixes it at 1.0"))
                .hasSize(5);
    }

    @Test
    void send_samplingAsTheModelHasIt_needsNoTelling() throws Exception {
        send("kimi-k3", ChatRequest.builder("q").temperature(1).topP(0.95).presencePenalty(0));
        assertThat(adjustments).isEmpty();

        send("kimi-k2.6", ChatRequest.builder("q").thinking(false).temperature(0.6));
        assertThat(adjustments).isEmpty();
    }

    @Test
    void send_samplingThatIsFree_isClamped() throws Exception {
        assertThat(send(
                        "moonshot-v1-8k",
                        ChatRequest.builder("q").temperature(1.5).topP(0.5).frequencyPenalty(0.5)))
                .contains("\"temperature\":1.0,", "\"top_p\":0.5", "\"frequency_penalty\":0.5");
        assertThat(told()).containsExactly("temperature CHANGED");
    }

    @Test
    void send_stops_areThoseThatKimiTakes() throws Exception {
        assertThat(send(
                        "kimi-k3",
                        ChatRequest.builder("q").stop(List.of("a", "b".repeat(33), "c", "d", "e", "f", "g"))))
                .contains("\"stop\":[\"a\",\"c\",\"d\",\"e\",\"f\"]");
        assertThat(told()).containsExactly("stop CHANGED");
    }

    @ParameterizedTest
    @CsvSource({
        "kimi-k3, LOW, low, false",
        "kimi-k3, MEDIUM, high, true",
        "kimi-k3.1-pro, MAX, max, false",
        "kimi-k2.6, LOW, , true",
        "kimi-k2.7-code, LOW, , true",
    })
    void send_effort_isWhatTheFamilyKnows(String model, ReasoningEffort asked, String sent, boolean isTold)
            throws Exception {
        String body = send(model, ChatRequest.builder("q").reasoningEffort(asked));

        if (sent == null) {
            assertThat(body).doesNotContain("reasoning_effort");
        } else {
            assertThat(body).contains("\"reasoning_effort\":\"" + sent + "\"").doesNotContain("\"thinking\"");
        }
        assertThat(adjustments).hasSize(isTold ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "kimi-k3, false, true",
        "kimi-k3, true, false",
        "kimi-k2.7-code, false, true",
        "kimi-k2.6, false, false",
        "moonshot-v1-8k, true, true",
        "moonshot-v1-8k, false, false",
    })
    void send_thinkingThatCannotBeSwitched_isTold(String model, boolean asked, boolean isTold) throws Exception {
        send(model, ChatRequest.builder("q").thinking(asked));

        assertThat(told()).isEqualTo(isTold ? List.of("thinking LEFT_OUT") : List.of());
    }

    @Test
    void send_keptReasoning_isASwitchOfOneFamily() throws Exception {
        assertThat(send("kimi-k2.6", ChatRequest.builder("q").keepReasoning(true)))
                .contains("\"thinking\":{\"type\":\"enabled\",\"keep\":\"all\"}");
        assertThat(send("kimi-k3", ChatRequest.builder("q").keepReasoning(true)))
                .doesNotContain("\"thinking\"");
        assertThat(adjustments).isEmpty();
        send("kimi-k2.5", ChatRequest.builder("q").keepReasoning(true));
        assertThat(told()).containsExactly("keepReasoning LEFT_OUT");
    }

    @Test
    void send_functionChoice_isWhatTheFamilyTakes() throws Exception {
        ChatRequest.Builder request = ChatRequest.builder("q").functions(List.of(ADD, MUL));

        assertThat(send("kimi-k2.6", request.functionChoice(FunctionChoice.none())))
                .contains("\"tool_choice\":\"none\"");
        assertThat(adjustments).isEmpty();
        assertThat(send("kimi-k3", request.functionChoice(FunctionChoice.required())))
                .contains("\"tool_choice\":\"required\"");
        assertThat(adjustments).isEmpty();
        assertThat(send("kimi-k2.6", request.functionChoice(FunctionChoice.required())))
                .contains("\"tool_choice\":\"auto\"");
        assertThat(told()).containsExactly("functionChoice CHANGED");
        assertThat(send("kimi-k3", request.functionChoice(FunctionChoice.named("mul"))))
                .contains("\"tool_choice\":\"required\"", "\"name\":\"mul\"")
                .doesNotContain("\"name\":\"add\"");
        assertThat(told()).containsExactly("functionChoice CHANGED");
        assertThat(send("kimi-k2.6", request.thinking(false)))
                .containsPattern("\"tool_choice\":\\{[^}]*\"function\":\\{\"name\":\"mul\"}")
                .contains("\"name\":\"add\"");
        assertThat(adjustments).isEmpty();
    }

    @Test
    void send_schema_isASchema() throws Exception {
        assertThat(send(
                        "kimi-k3",
                        ChatRequest.builder("q").replyFormat(ReplyFormat.schema("weather", "{\"type\":\"object\"}"))))
                .contains("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
                        + "{\"name\":\"weather\",\"schema\":{\"type\":\"object\"}}}");
        assertThat(send("kimi-k3", ChatRequest.builder("q").replyFormat(ReplyFormat.json())))
                .contains("\"response_format\":{\"type\":\"json_object\"}");
        assertThat(adjustments).isEmpty();
    }

    // sample S12
    @Test
    void send_beginning_isPartialMode() throws Exception {
        assertThat(send("kimi-k2.6", ChatRequest.builder(List.of(ChatMessage.user("q"), ChatMessage.beginning("{")))))
                .contains("{\"role\":\"assistant\",\"content\":\"{\",\"partial\":true}");
    }

    @Test
    void send_beginning_mustBeLastAndWithoutAFormat() {
        refused(
                ChatRequest.builder(List.of(ChatMessage.beginning("{"), ChatMessage.user("q"))),
                "must be the last message");
        refused(
                ChatRequest.builder(List.of(ChatMessage.user("q"), ChatMessage.beginning("{")))
                        .replyFormat(ReplyFormat.json()),
                "reply format");
    }

    @Test
    void send_pictures_areInlineOrUploaded() throws Exception {
        assertThat(send(
                        "kimi-k2.6",
                        ChatRequest.builder(List.of(ChatMessage.user(
                                ContentPart.image(new byte[] {1, 2, 3}, "image/png"),
                                ContentPart.video(KimiFiles.address("f1")),
                                ContentPart.text("?"))))))
                .contains("{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AQID\"}}")
                .contains("{\"type\":\"video_url\",\"video_url\":{\"url\":\"ms://f1\"}}");
        refused(
                ChatRequest.builder(List.of(ChatMessage.user(ContentPart.image("https://example.org/a.png")))),
                "ms://");
        refused(ChatRequest.builder(List.of(ChatMessage.user(ContentPart.file("f1")))), "no file parts");
    }

    // sample S10
    @Test
    void send_webSearch_isDeclaredAndEchoed() throws Exception {
        assertThat(send(
                        "kimi-k2.6",
                        ChatRequest.builder("News on X?").thinking(false).webSearch(WebSearch.on())))
                .contains("\"tools\":[{")
                .contains("\"type\":\"builtin_function\"")
                .contains("\"function\":{\"name\":\"$web_search\"}")
                .contains("\"thinking\":{\"type\":\"disabled\"}");
        assertThat(told()).as("who asked is told that a round is to come").containsExactly("webSearch CHANGED");

        FunctionCall call = FunctionCall.of("opaque:0", "$web_search", "{\"search_result\":{\"search_id\":\"s1\"}}");
        String second = send(
                "kimi-k2.6",
                ChatRequest.builder(List.of(
                                ChatMessage.user("News on X?"),
                                ChatMessage.assistant("", null, List.of(call)),
                                KimiWebSearch.answer(call)))
                        .thinking(false)
                        .webSearch(WebSearch.builder().count(3).build()));
        assertThat(second)
                .contains("\"tool_calls\":[{\"id\":\"opaque:0\",\"type\":\"builtin_function\"")
                .contains(
                        "{\"role\":\"tool\",\"tool_call_id\":\"opaque:0\","
                                + "\"content\":\"{\\\"search_result\\\":{\\\"search_id\\\":\\\"s1\\\"}}\",\"name\":\"$web_search\"}");
        assertThat(told()).containsExactly("webSearch LEFT_OUT");
    }

    @Test
    void answer_anotherFunction_isRefused() {
        assertThatThrownBy(() -> KimiWebSearch.answer(FunctionCall.of("a", "add", "{}")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void send_userAndCacheKey_areFields() throws Exception {
        assertThat(send("kimi-k2.6", ChatRequest.builder("q").user("pseudonym").cacheKey("c1")))
                .contains("\"safety_identifier\":\"pseudonym\"", "\"prompt_cache_key\":\"c1\"");
    }

    @Test
    void send_withoutStream_asksForNoStreamOptions() throws Exception {
        assertThat(send("kimi-k2.6", ChatRequest.builder("q").stream(false)))
                .contains("\"stream\":false")
                .doesNotContain("stream_options");
    }

    private void refused(ChatRequest.Builder request, String why) {
        assertThatThrownBy(() -> provider.open(call("kimi-k2.6", request.build()), new ReplyRecorder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private List<String> told() {
        return adjustments.stream()
                .map(each -> each.option() + " " + each.kind())
                .toList();
    }

    /** {@return what was sent} */
    private String send(String model, ChatRequest.Builder request) throws Exception {
        server.enqueue(200, Map.of(), ANSWER);
        ReplyRecorder sink = new ReplyRecorder();
        provider.open(call(model, request.build()), sink);
        adjustments = sink.completed().adjustments();
        return server.takeBody();
    }

    private static ProviderCall call(String model, ChatRequest request) {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(1), CLOCK));
        ModelInfo info = ModelInfo.unknown(model);
        return ProviderCall.of(context, info, request, 1, info.limits());
    }
}
