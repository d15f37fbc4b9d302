package dev.exai.interop.zai;

import static org.assertj.core.api.Assertions.assertThat;

import ai.z.openapi.service.model.ChatCompletionCreateParams;
import ai.z.openapi.service.model.ChatCompletionResponse;
import ai.z.openapi.service.model.ChatFunction;
import ai.z.openapi.service.model.ChatMessage;
import ai.z.openapi.service.model.ChatTool;
import ai.z.openapi.service.model.Delta;
import ai.z.openapi.service.model.ModelData;
import ai.z.openapi.service.model.ToolCalls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exai.testkit.http.HttpScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The model asks for functions; their results are sent back with its reasoning, and it answers. */
@Tag("ci")
final class FunctionCallTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void createChatCompletion_twoFunctions_resultsGoBackAndTheAnswerComes() throws Exception {
        try (Peer peer = Peer.start()) {
            peer.server
                    .script(
                            1,
                            HttpScript.reasoning("Use both.")
                                    .functionCall("call_a", "add", "{\"a\":2,\"b\":3}")
                                    .functionCall("call_b", "multiply", "{\"a\":4,\"b\":5}")
                                    .complete())
                    .script(2, HttpScript.text("5 and 20").complete());

            ChatCompletionResponse asked = peer.chat(offering(List.of(Peer.user("2+3 and 4*5?"))));
            ChatMessage request = Peer.messageOf(asked);
            List<ChatMessage> messages = new ArrayList<>(List.of(Peer.user("2+3 and 4*5?"), request));
            for (ToolCalls call : request.getToolCalls()) {
                messages.add(ChatMessage.builder()
                        .role("tool")
                        .toolCallId(call.getId())
                        .content(compute(call))
                        .build());
            }
            ChatCompletionResponse answered = peer.chat(offering(messages));

            assertThat(asked.getData().getChoices().get(0).getFinishReason()).isEqualTo("tool_calls");
            assertThat(request.getToolCalls())
                    .extracting(call -> call.getFunction().getName())
                    .containsExactly("add", "multiply");
            assertThat(Peer.messageOf(answered).getContent()).isEqualTo("5 and 20");
            assertThat(peer.server.requests().get(1).body())
                    .contains("\"reasoning_content\":\"Use both.\"")
                    .contains("\"tool_call_id\":\"call_a\"", "\"content\":\"5\"")
                    .contains("\"tool_call_id\":\"call_b\"", "\"content\":\"20\"");
            assertThat(peer.tally()).isEqualTo("2 completed");
        }
    }

    @Test
    void createChatCompletion_streamedFunctions_comeWholeOneInEachChunk() throws Exception {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.functionCall("call_a", "add", "{\"a\":2,\"b\":3}")
                    .functionCall("call_b", "multiply", "{\"a\":4,\"b\":5}")
                    .complete());

            List<ModelData> chunks = peer.streamed(offering(List.of(Peer.user("2+3 and 4*5?"))));

            List<List<ToolCalls>> calls = Peer.deltas(chunks, Delta::getTool_calls);
            assertThat(calls).hasSize(2).allSatisfy(each -> assertThat(each).hasSize(1));
            assertThat(compute(calls.get(0).get(0))).isEqualTo("5");
            assertThat(compute(calls.get(1).get(0))).isEqualTo("20");
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    /** Asked by {@code tool_stream}; the SDK has no index, so it can put together one function only. */
    @Test
    void createChatCompletion_toolStream_argumentsComeInPieces() {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.headers()
                    .functionCallInPieces("call_a", "add", "{\"a\":2,", "\"b\":3}")
                    .complete());

            List<ModelData> chunks =
                    peer.streamed(offering(List.of(Peer.user("2+3?"))).tool_stream(true));

            List<ToolCalls> pieces = Peer.deltas(chunks, Delta::getTool_calls).stream()
                    .flatMap(List::stream)
                    .toList();
            assertThat(pieces.stream().map(ToolCalls::getId).filter(Objects::nonNull))
                    .containsExactly("call_a");
            assertThat(pieces.stream()
                            .map(piece -> piece.getFunction().getArguments().asText())
                            .collect(Collectors.joining()))
                    .isEqualTo("{\"a\":2,\"b\":3}");
            assertThat(peer.server.requests().get(0).body()).contains("\"tool_stream\":true");
        }
    }

    private static ChatCompletionCreateParams.ChatCompletionCreateParamsBuilder<?, ?> offering(
            List<ChatMessage> messages) {
        return ChatCompletionCreateParams.builder()
                .model(Peer.MODEL)
                .messages(messages)
                .tools(List.of(function("add"), function("multiply")))
                .toolChoice("auto");
    }

    private static ChatTool function(String name) {
        Map<String, Object> number = Map.of("type", "integer");
        return ChatTool.builder()
                .type("function")
                .function(ChatFunction.builder()
                        .name(name)
                        .description("Does " + name)
                        .parameters(Map.of("type", "object", "properties", Map.of("a", number, "b", number)))
                        .build())
                .build();
    }

    /** The arguments are JSON inside a JSON string, live as here. */
    private static String compute(ToolCalls call) throws Exception {
        assertThat(call.getFunction().getArguments().isTextual()).isTrue();
        JsonNode arguments = JSON.readTree(call.getFunction().getArguments().asText());
        int a = arguments.get("a").asInt();
        int b = arguments.get("b").asInt();
        return Integer.toString(call.getFunction().getName().equals("add") ? a + b : a * b);
    }
}
