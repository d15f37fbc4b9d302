package dev.exai.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.MalformedReplyException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatReplyTest {
    @Test
    void explanation_limitSpentOnReasoning_saysSo() {
        ChatReply reply = ChatReply.builder("glm", "glm-5.3")
                .reasoning("Hm.")
                .finishReason(FinishReason.LENGTH)
                .usage(Usage.of(10, 0, 600, 600))
                .build();

        assertThat(reply.explanation())
                .hasValue("the limit of output tokens (600) was spent on reasoning: raise maxOutputTokens, or lower"
                        + " reasoningEffort");
    }

    @Test
    void explanation_textOrFunctions_needsNone() {
        ChatReply.Builder cut =
                ChatReply.builder("glm", "glm-5.3").reasoning("Hm.").finishReason(FinishReason.LENGTH);

        assertThat(cut.text("a").build().explanation()).isEmpty();
        assertThat(cut.text("")
                        .functionCalls(List.of(FunctionCall.of("i", "f", "{}")))
                        .build()
                        .explanation())
                .isEmpty();
        assertThat(ChatReply.builder("glm", "m").build().explanation()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", " 42\n", "```json\n42\n```", "```\n42\n```\n"})
    void decode_numberWithOrWithoutFence_isRead(String text) {
        int value = reply(text).<Integer>decode(json -> Integer.parseInt(json.strip()));

        assertThat(value).isEqualTo(42);
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary", "```", "``````", "```json canary```"})
    void decode_textThatDoesNotFit_isMalformedAndNotShown(String text) {
        assertThatThrownBy(() -> reply(text).decode(json -> {
                    throw new IllegalArgumentException("expected a number");
                }))
                .isInstanceOf(MalformedReplyException.class)
                .hasMessageContaining("expected a number")
                .hasMessageContaining("glm")
                .hasMessageNotContaining("canary");
    }

    @Test
    void decode_noTextBecauseOfTheLimit_saysWhy() {
        ChatReply reply = ChatReply.builder("glm", "m")
                .reasoning("Hm.")
                .finishReason(FinishReason.LENGTH)
                .build();

        assertThatThrownBy(() -> reply.decode(json -> {
                    throw new IllegalArgumentException("empty");
                }))
                .hasMessageContaining("spent on reasoning");
    }

    private static ChatReply reply(String text) {
        return ChatReply.builder("glm", "m").text(text).requestId("r1").build();
    }
}
