package dev.exai.providers.glm;

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
import dev.exai.message.FunctionChoice;
import dev.exai.message.FunctionSpec;
import dev.exai.message.ReasoningEffort;
import dev.exai.message.ReplyFormat;
import dev.exai.message.WebSearch;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
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

/** What becomes of each option of a request at GLM, and that nothing changes silently. */
@Timeout(30)
class GlmRequestTest {
    private static final String ANSWER = "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
            + "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"}}]}";
    private static final SystemScheduler CLOCK = SystemScheduler.create("clock");
    private static final FunctionSpec ADD = FunctionSpec.of("add", "Add", "{\"type\":\"object\"}");

    private PreparedServer server;
    private GlmProvider provider;
    private List<Adjustment> adjustments = List.of();

    @BeforeEach
    void start() throws Exception {
        server = PreparedServer.start();
        provider = provider("/api/paas/v4");
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    @Test
    void send_plainRequest_hasNoAdjustments() throws Exception {
        send("glm-4.7", ChatRequest.builder("q").temperature(0.5).topP(0.5).stop(List.of("a")));

        assertThat(adjustments).isEmpty();
    }

    @Test
    void send_temperatureOutOfRange_isClampedAndTold() throws Exception {
        assertThat(send("glm-4.7", ChatRequest.builder("q").temperature(1.5).topP(0.001)))
                .contains("\"temperature\":1.00", "\"top_p\":0.01");
        assertThat(adjustments)
                .containsExactly(
                        Adjustment.changed("temperature", "1.5 was sent as 1.00: GLM takes 0.01 to 1, two decimals"),
                        Adjustment.changed("topP", "0.001 was sent as 0.01: GLM takes 0.01 to 1, two decimals"));
    }

    @Test
    void send_temperatureZero_dropsTopPToo() throws Exception {
        assertThat(send("glm-4.7", ChatRequest.builder("q").temperature(0).topP(0.5)))
                .contains("\"do_sample\":false")
                .doesNotContain("top_p");
        assertThat(told()).containsExactly("temperature CHANGED", "topP LEFT_OUT");
    }

    @Test
    void send_whatGlmWouldIgnore_isLeftOutAndTold() throws Exception {
        assertThat(send(
                        "glm-4.7",
                        ChatRequest.builder("q")
                                .seed(1)
                                .frequencyPenalty(1)
                                .presencePenalty(1)
                                .cacheKey("conversation")))
                .doesNotContain("seed", "penalty", "cache_key");
        assertThat(told())
                .containsExactlyInAnyOrder(
                        "seed LEFT_OUT", "frequencyPenalty LEFT_OUT", "presencePenalty LEFT_OUT", "cacheKey LEFT_OUT");
    }

    @Test
    void send_moreOutputThanTheModelHas_isClampedAndTold() throws Exception {
        assertThat(send("glm-4.7", ChatRequest.builder("q").maxOutputTokens(1_000_000)))
                .contains("\"max_tokens\":16384");
        assertThat(told()).containsExactly("maxOutputTokens CHANGED");
    }

    @Test
    void send_moreStopsThanGlmTakes_isTold() throws Exception {
        assertThat(send("glm-4.7", ChatRequest.builder("q").stop(List.of("a", "b", "c", "d", "e"))))
                .contains("\"stop\":[\"a\",\"b\",\"c\",\"d\"]");
        assertThat(told()).containsExactly("stop CHANGED");
    }

    @ParameterizedTest
    @CsvSource({
        "glm-5.3, LOW, low, false",
        "glm-5.3, MEDIUM, high, true",
        "glm-5.3-flash, MAX, max, false",
        "glm-5.2, LOW, high, true",
        "glm-5.2, HIGH, high, false",
        "glm-5.2, MAX, max, false",
        "glm-4.7, LOW, , true",
    })
    void send_effort_isWhatTheFamilyKnows(String model, ReasoningEffort asked, String sent, boolean isTold)
            throws Exception {
        String body = send(model, ChatRequest.builder("q").reasoningEffort(asked));

        if (sent == null) {
            assertThat(body).doesNotContain("reasoning_effort");
        } else {
            assertThat(body).contains("\"reasoning_effort\":\"" + sent + "\"");
        }
        assertThat(adjustments).hasSize(isTold ? 1 : 0);
    }

    @Test
    void send_thinkingThatCannotBeSwitched_isTold() throws Exception {
        send("glm-5.3", ChatRequest.builder("q").thinking(false));
        assertThat(adjustments).containsExactly(Adjustment.leftOut("thinking", "glm-5.3 cannot be kept from thinking"));

        send("glm-4-32b-0414-128k", ChatRequest.builder("q").thinking(true));
        assertThat(adjustments)
                .containsExactly(Adjustment.leftOut("thinking", "glm-4-32b-0414-128k has no switch for it"));
    }

    @Test
    void send_keptReasoning_goesBackWithAllMessages() throws Exception {
        ChatRequest.Builder request = ChatRequest.builder(List.of(
                ChatMessage.user("a"), ChatMessage.assistant("b", "thought of b", List.of()), ChatMessage.user("c")));

        assertThat(send("glm-4.7", request)).doesNotContain("reasoning_content", "clear_thinking");
        assertThat(send("glm-4.7", request.keepReasoning(true)))
                .contains("\"reasoning_content\":\"thought of b\"")
                .contains("\"thinking\":{\"type\":\"enabled\",\"clear_thinking\":false}");
    }

    @Test
    void send_codingPlace_keepsReasoningByItself() throws Exception {
        provider.close();
        provider = provider("/api/coding/paas/v4");

        assertThat(send(
                        "glm-4.7",
                        ChatRequest.builder(List.of(
                                ChatMessage.user("a"),
                                ChatMessage.assistant("b", "thought of b", List.of()),
                                ChatMessage.user("c")))))
                .contains("\"reasoning_content\":\"thought of b\"");
    }

    // sample S12
    @Test
    void send_picture_isAPart() throws Exception {
        ChatMessage message = ChatMessage.user(
                ContentPart.image(new byte[] {1, 2, 3}, "image/png"), ContentPart.text("What is this?"));

        assertThat(send("glm-4.6v", ChatRequest.builder(List.of(message))))
                .contains("\"content\":[{\"type\":\"image_url\",\"image_url\":"
                        + "{\"url\":\"data:image/png;base64,AQID\"}},{\"type\":\"text\",\"text\":\"What is this?\"}]");
    }

    @Test
    void send_filmAndFile_areParts() throws Exception {
        assertThat(send(
                        "glm-5.3-flash",
                        ChatRequest.builder(List.of(
                                ChatMessage.user(ContentPart.video("https://example.org/a.mp4")),
                                ChatMessage.user(
                                        ContentPart.file("https://example.org/a.pdf"), ContentPart.file("file-1"))))))
                .contains("{\"type\":\"video_url\",\"video_url\":{\"url\":\"https://example.org/a.mp4\"}}")
                .contains("{\"type\":\"file\",\"file\":{\"file_url\":\"https://example.org/a.pdf\"}}")
                .contains("{\"type\":\"file\",\"file\":{\"file_id\":\"file-1\"}}");
    }

    @Test
    void send_functionChoice_isWhatGlmKnows() throws Exception {
        ChatRequest.Builder request = ChatRequest.builder("q").functions(List.of(ADD));

        assertThat(send("glm-4.7", request)).doesNotContain("tool_choice");
        assertThat(send("glm-4.7", request.functionChoice(FunctionChoice.none())))
                .doesNotContain("tools", "tool_choice", "tool_stream");
        assertThat(told()).containsExactly("functionChoice CHANGED");
        assertThat(send("glm-4.7", request.functionChoice(FunctionChoice.required())))
                .contains("\"tool_choice\":\"auto\"");
        assertThat(told()).containsExactly("functionChoice CHANGED");
        assertThat(send("glm-4.7", request.functionChoice(FunctionChoice.named("add"))))
                .containsPattern("\"tool_choice\":\\{[^}]*\"function\":\\{\"name\":\"add\"}");
        assertThat(told()).containsExactly("functionChoice MAY_BE_IGNORED");
    }

    // sample S9
    @Test
    void send_webSearch_isATool() throws Exception {
        WebSearch search = WebSearch.builder()
                .count(5)
                .domain("example.org")
                .recency(WebSearch.Recency.WEEK)
                .query("x")
                .build();

        assertThat(send("glm-4.7", ChatRequest.builder("News on X?").webSearch(search)))
                .contains(
                        "\"web_search\":{\"enable\":true,\"search_engine\":\"search_pro_jina\",\"search_query\":\"x\","
                                + "\"count\":5,\"search_domain_filter\":\"example.org\",\"search_recency_filter\":\"oneWeek\","
                                + "\"search_result\":true}");
        assertThat(adjustments).isEmpty();
    }

    @Test
    void send_webSearchOfAModelThatSees_isLeftOutAndTold() throws Exception {
        assertThat(send("glm-4.6v", ChatRequest.builder("q").webSearch(WebSearch.on())))
                .doesNotContain("web_search");
        assertThat(told()).containsExactly("webSearch LEFT_OUT");
    }

    @Test
    void send_schema_isSaidInWords() throws Exception {
        ChatRequest.Builder request = ChatRequest.builder("q")
                .system("Be brief.")
                .replyFormat(ReplyFormat.schema("weather", "{\"type\":\"object\"}"));

        assertThat(send("glm-4.7", request))
                .contains("\"response_format\":{\"type\":\"json_object\"}")
                .contains("\"content\":\"Be brief.\\n\\nAnswer with one JSON object of this JSON schema")
                .contains("{\\\"type\\\":\\\"object\\\"}");
        assertThat(told()).containsExactly("replyFormat CHANGED");
    }

    @Test
    void send_jsonOfAModelThatSees_isAskedForInWords() throws Exception {
        assertThat(send("glm-4.6v", ChatRequest.builder("q").replyFormat(ReplyFormat.json())))
                .doesNotContain("response_format")
                .contains("{\"role\":\"system\",\"content\":\"Answer with one JSON object, and nothing else.\"}");
        assertThat(told()).containsExactly("replyFormat LEFT_OUT");
    }

    @Test
    void send_userAndExtras_areFields() throws Exception {
        assertThat(send(
                        "glm-4.7",
                        ChatRequest.builder("q")
                                .user("pseudonym")
                                .extra("glm", "sensitive_word_check", "{\"type\":\"ALL\"}")
                                .extra("kimi", "other", "1")))
                .contains("\"user_id\":\"pseudonym\"", "\"sensitive_word_check\":{\"type\":\"ALL\"}")
                .doesNotContain("other");
    }

    @Test
    void send_extraThatTheLibrarySets_isRefused() {
        assertThatThrownBy(() -> provider.open(
                        call(
                                "glm-4.7",
                                ChatRequest.builder("q")
                                        .extra("glm", "model", "\"other\"")
                                        .build()),
                        new ReplyRecorder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'model'");
    }

    @Test
    void send_beginningOfAnAnswer_isRefused() {
        ChatRequest request = ChatRequest.builder(List.of(ChatMessage.user("q"), ChatMessage.beginning("{")))
                .build();

        assertThatThrownBy(() -> provider.open(call("glm-4.7", request), new ReplyRecorder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beginning");
    }

    @Test
    void send_withoutStream_hasNoToolStream() throws Exception {
        assertThat(send("glm-4.7", ChatRequest.builder("q").stream(false).functions(List.of(ADD))))
                .contains("\"stream\":false")
                .doesNotContain("tool_stream");
    }

    private GlmProvider provider(String path) {
        return GlmProvider.builder(ApiKey.of("key.of-a-test"))
                .baseUrl(server.url(path))
                .build();
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
        ReplyEnd end = sink.completed();
        adjustments = end.adjustments();
        return server.takeBody();
    }

    private static ProviderCall call(String model, ChatRequest request) {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(1), CLOCK));
        ModelInfo.Builder info = ModelInfo.builder(model);
        if (model.contains("v") || model.equals("glm-5.3-flash")) {
            info.capabilities(Capability.VISION);
        }
        ModelInfo made = info.build();
        return ProviderCall.of(context, made, request, 1, made.limits());
    }
}
