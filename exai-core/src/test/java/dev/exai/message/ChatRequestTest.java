package dev.exai.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChatRequestTest {
    private static final FunctionSpec ADD = FunctionSpec.of("add", "Add", "{\"type\":\"object\"}");

    @Test
    void toBuilder_everyOption_isKept() {
        ChatRequest request = ChatRequest.builder("q")
                .model("m")
                .maxOutputTokens(1)
                .temperature(0.1)
                .topP(0.2)
                .stop(List.of("s"))
                .thinking(true)
                .functions(List.of(ADD))
                .functionChoice(FunctionChoice.named("add"))
                .replyFormat(ReplyFormat.json())
                .webSearch(WebSearch.on())
                .reasoningEffort(ReasoningEffort.LOW)
                .keepReasoning(true)
                .seed(3)
                .frequencyPenalty(0.4)
                .presencePenalty(0.5)
                .user("pseudonym")
                .cacheKey("c")
                .stream(false)
                .extra("glm", "f", "1")
                .build();

        assertThat(request.toBuilder().build()).usingRecursiveComparison().isEqualTo(request);
        assertThat(request.extras("glm")).containsEntry("f", "1");
        assertThat(request.extras("kimi")).isEmpty();
    }

    @Test
    void extra_ofACopy_leavesTheFirstAlone() {
        ChatRequest first = ChatRequest.builder("q").extra("glm", "a", "1").build();
        ChatRequest second = first.toBuilder().extra("glm", "b", "2").build();

        assertThat(first.extras("glm")).containsOnlyKeys("a");
        assertThat(second.extras("glm")).containsOnlyKeys("a", "b");
    }

    @Test
    void build_functionThatIsNotOffered_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatRequest.builder("q")
                        .functionChoice(FunctionChoice.required())
                        .build())
                .withMessageContaining("none is offered");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatRequest.builder("q")
                        .functions(List.of(ADD))
                        .functionChoice(FunctionChoice.named("mul"))
                        .build())
                .withMessageContaining("'mul'");
    }

    @Test
    void setters_outOfRange_nameTheValue() {
        ChatRequest.Builder builder = ChatRequest.builder("q");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.frequencyPenalty(3))
                .withMessageContaining("3");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.presencePenalty(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.user("short"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSearch.builder().count(51));
        assertThatIllegalArgumentException().isThrownBy(() -> ReplyFormat.schema("a b", "{}"));
        assertThatIllegalArgumentException().isThrownBy(() -> ContentPart.image(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> ContentPart.image(new byte[0], "image/png"));
        assertThatIllegalArgumentException().isThrownBy(() -> ContentPart.image(new byte[1], "png"));
        assertThatIllegalArgumentException().isThrownBy(ChatMessage::user);
    }

    @Test
    void message_ofParts_hasItsWordsAndShowsNoContent() {
        ChatMessage message = ChatMessage.user(
                ContentPart.text("canary one"),
                ContentPart.image(new byte[] {1}, "image/png"),
                ContentPart.text("two"));

        assertThat(message.text()).isEqualTo("canary one\ntwo");
        assertThat(message.isPlain()).isFalse();
        assertThat(ChatMessage.user("a").isPlain()).isTrue();
        assertThat(message.toString() + message.parts())
                .doesNotContain("canary")
                .contains("3 parts");
        assertThat(message.parts().get(1).isInline()).isTrue();
    }

    @Test
    void tokenEstimate_countsALittleMoreThanProvidersDo() {
        assertThat(TokenEstimate.ofText("hello world, how are you?")).isBetween(6L, 12L);
        assertThat(TokenEstimate.ofText("你好，世界")).isBetween(3L, 5L);
        assertThat(TokenEstimate.ofPrompt(
                        ChatRequest.builder(List.of(ChatMessage.user(ContentPart.image("https://example.org/a.png"))))
                                .build()))
                .isGreaterThan(1_000);
    }
}
