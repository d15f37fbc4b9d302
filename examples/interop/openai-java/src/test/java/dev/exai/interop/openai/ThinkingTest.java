package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.WireFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What GLM and Kimi say beyond OpenAI's schema: the SDK hands it through as further properties. */
@Tag("ci")
final class ThinkingTest {
    private static final HttpScript THOUGHT =
            HttpScript.reasoning("Let me ").reasoning("think.").text("Done.").complete();

    @ParameterizedTest
    @EnumSource(value = WireFormat.class, names = "OPENAI", mode = EnumSource.Mode.EXCLUDE)
    void create_reasoning_isBesideTheText(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(THOUGHT);

            ChatCompletion reply = peer.chat(thinking(peer));

            assertThat(reasoning(reply.choices().get(0).message()._allProperties()))
                    .contains("Let me think.");
            assertThat(Peer.textOf(reply)).isEqualTo("Done.");
            assertThat(reply.usage()
                            .orElseThrow()
                            .completionTokensDetails()
                            .orElseThrow()
                            .reasoningTokens())
                    .hasValueSatisfying(tokens -> assertThat(tokens).isPositive());
            assertThat(peer.server.requests().get(0).body()).contains("\"thinking\":{\"type\":\"enabled\"}");
        }
    }

    @ParameterizedTest
    @EnumSource(value = WireFormat.class, names = "OPENAI", mode = EnumSource.Mode.EXCLUDE)
    void createStreaming_reasoning_comesInPiecesBeforeTheText(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(THOUGHT);

            List<ChatCompletionChunk> chunks = peer.streamed(thinking(peer));

            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> reasoning(choice.delta()._allProperties()).stream())
                            .collect(Collectors.toList()))
                    .containsExactly("Let me ", "think.");
            assertThat(Peer.textOf(chunks)).isEqualTo("Done.");
        }
    }

    /** Kimi wants the reasoning back with the function's result, else it refuses. */
    @ParameterizedTest
    @EnumSource(value = WireFormat.class, names = "OPENAI", mode = EnumSource.Mode.EXCLUDE)
    void create_functionAfterReasoning_reasoningGoesBack(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(
                    1,
                    HttpScript.reasoning("Use add.")
                            .functionCall("add:0", "add", "{\"a\":2,\"b\":3}")
                            .complete());
            ChatCompletionCreateParams.Builder params = FunctionCallTest.offering(thinking(peer));

            ChatCompletionMessage asked = peer.chat(params).choices().get(0).message();
            String thought = reasoning(asked._allProperties()).orElseThrow();
            peer.chat(params.addMessage(asked.toParam().toBuilder()
                            .putAdditionalProperty("reasoning_content", JsonValue.from(thought))
                            .build())
                    .addMessage(FunctionCallTest.result("add:0", "5")));

            assertThat(peer.server.requests().get(1).body())
                    .contains("\"reasoning_content\":\"Use add.\"", "\"tool_call_id\":\"add:0\"");
            assertThat(peer.tally()).isEqualTo("2 completed");
        }
    }

    private static ChatCompletionCreateParams.Builder thinking(Peer peer) {
        return peer.ask("hard question")
                .putAdditionalBodyProperty("thinking", JsonValue.from(Map.of("type", "enabled")));
    }

    private static Optional<String> reasoning(Map<String, JsonValue> properties) {
        JsonValue value = properties.get("reasoning_content");
        return value == null ? Optional.empty() : Optional.of(value.asStringOrThrow());
    }
}
