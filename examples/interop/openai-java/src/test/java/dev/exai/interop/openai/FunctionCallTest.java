package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionChunk.Choice.Delta.ToolCall;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.WireFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model asks for functions; their results are sent back, and it answers. */
@Tag("ci")
final class FunctionCallTest {
    /** What {@code {"a":2,"b":3}} is read as. */
    public record Numbers(int a, int b) {}

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_twoFunctions_resultsGoBackAndTheAnswerComes(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server
                    .script(
                            1,
                            HttpScript.functionCall("call_a", "add", "{\"a\":2,\"b\":3}")
                                    .functionCall("call_b", "multiply", "{\"a\":4,\"b\":5}")
                                    .complete())
                    .script(2, HttpScript.text("5 and 20").complete());
            ChatCompletionCreateParams.Builder params = offering(peer.ask("2+3 and 4*5?"));

            ChatCompletion asked = peer.chat(params);
            List<ChatCompletionMessageFunctionToolCall> calls =
                    asked.choices().get(0).message().toolCalls().orElseThrow().stream()
                            .map(ChatCompletionMessageToolCall::asFunction)
                            .toList();
            params.addMessage(asked.choices().get(0).message());
            calls.forEach(call -> params.addMessage(result(call.id(), compute(call.function()))));
            ChatCompletion answered = peer.chat(params);

            assertThat(asked.choices().get(0).finishReason().asString()).isEqualTo("tool_calls");
            assertThat(calls).extracting(call -> call.function().name()).containsExactly("add", "multiply");
            assertThat(Peer.textOf(answered)).isEqualTo("5 and 20");
            assertThat(peer.server.requests().get(0).body())
                    .contains("\"tools\":[")
                    .contains("\"name\":\"multiply\"");
            assertThat(peer.server.requests().get(1).body())
                    .contains("\"role\":\"tool\"", "\"tool_call_id\":\"call_a\"", "\"content\":\"5\"")
                    .contains("\"tool_call_id\":\"call_b\"", "\"content\":\"20\"")
                    .contains("\"tool_calls\":[");
            assertThat(peer.tally()).isEqualTo("2 completed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void createStreaming_twoFunctions_areToldApartByIndex(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("Let me see.")
                    .functionCallInPieces("call_a", "add", "{\"a\":2,", "\"b\":3}")
                    .functionCall("call_b", "multiply", "{\"a\":4,\"b\":5}")
                    .complete());

            List<ChatCompletionChunk> chunks = peer.streamed(offering(peer.ask("2+3 and 4*5?")));

            List<ToolCall> pieces = chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().toolCalls().stream().flatMap(List::stream))
                    .toList();
            assertThat(Peer.textOf(chunks)).isEqualTo("Let me see.");
            assertThat(nameOf(0, pieces)).isEqualTo("add");
            assertThat(argumentsOf(0, pieces)).isEqualTo("{\"a\":2,\"b\":3}");
            assertThat(nameOf(1, pieces)).isEqualTo("multiply");
            assertThat(argumentsOf(1, pieces)).isEqualTo("{\"a\":4,\"b\":5}");
            assertThat(pieces.stream().flatMap(piece -> piece.id().stream())).containsExactly("call_a", "call_b");
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.finishReason().stream())
                            .map(Object::toString))
                    .containsExactly("tool_calls");
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    static ChatCompletionCreateParams.Builder offering(ChatCompletionCreateParams.Builder params) {
        return params.addTool(function("add")).addTool(function("multiply"));
    }

    static ChatCompletionToolMessageParam result(String callId, String result) {
        return ChatCompletionToolMessageParam.builder()
                .toolCallId(callId)
                .content(result)
                .build();
    }

    private static ChatCompletionFunctionTool function(String name) {
        Map<String, Object> number = Map.of("type", "integer");
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name(name)
                        .description("Does " + name)
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty("properties", JsonValue.from(Map.of("a", number, "b", number)))
                                .putAdditionalProperty("required", JsonValue.from(List.of("a", "b")))
                                .build())
                        .build())
                .build();
    }

    private static String compute(ChatCompletionMessageFunctionToolCall.Function function) {
        Numbers numbers = function.arguments(Numbers.class);
        return Integer.toString(function.name().equals("add") ? numbers.a() + numbers.b() : numbers.a() * numbers.b());
    }

    private static String nameOf(long index, List<ToolCall> pieces) {
        return functions(index, pieces).stream()
                .flatMap(function -> function.name().stream())
                .collect(Collectors.joining());
    }

    private static String argumentsOf(long index, List<ToolCall> pieces) {
        return functions(index, pieces).stream()
                .flatMap(function -> function.arguments().stream())
                .collect(Collectors.joining());
    }

    private static List<ToolCall.Function> functions(long index, List<ToolCall> pieces) {
        return pieces.stream()
                .filter(piece -> piece.index() == index)
                .flatMap(piece -> piece.function().stream())
                .toList();
    }
}
