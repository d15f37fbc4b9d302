package dev.exai.interop.zai;

import static org.assertj.core.api.Assertions.assertThat;

import ai.z.openapi.ZaiClient;
import ai.z.openapi.service.model.ChatCompletionResponse;
import ai.z.openapi.service.model.ChatThinking;
import ai.z.openapi.service.model.Delta;
import ai.z.openapi.service.model.ModelData;
import dev.exai.message.Usage;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.RecordedRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plain talk and thinking, whole and in a stream. */
@Tag("ci")
final class ChatTest {
    private static final HttpScript THOUGHT = HttpScript.reasoning("Let me ")
            .reasoning("think.")
            .text("Hi ")
            .text("there")
            .text("!")
            .complete("stop", Usage.of(12, 8, 5, 2));

    @Test
    void createChatCompletion_wholeAnswer_isReadAndCounted() {
        try (Peer peer = Peer.start()) {
            peer.server.script(THOUGHT);

            ChatCompletionResponse response = peer.chat("hello");

            assertThat(Peer.messageOf(response).getContent()).isEqualTo("Hi there!");
            assertThat(Peer.messageOf(response).getReasoningContent()).isEqualTo("Let me think.");
            assertThat(Peer.messageOf(response).getRole()).isEqualTo("assistant");
            assertThat(response.getCode()).isEqualTo(200);
            ModelData data = response.getData();
            assertThat(data.getId()).isNotEmpty().isEqualTo(data.getRequestId());
            assertThat(data.getModel()).isEqualTo(Peer.MODEL);
            assertThat(data.getCreated()).isPositive();
            assertThat(data.getChoices().get(0).getFinishReason()).isEqualTo("stop");
            assertUsage(data);
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    @Test
    void createChatCompletion_request_isRecordedAsItWasSent() {
        try (Peer peer = Peer.start()) {
            peer.chat(Peer.ask("how are you?")
                    .maxTokens(100)
                    .thinking(ChatThinking.builder().type("enabled").build()));

            RecordedRequest request = peer.server.requests().get(0);
            assertThat(request.path()).isEqualTo("/api/paas/v4/chat/completions");
            assertThat(request.promptText()).isEqualTo("how are you?");
            assertThat(request.model()).isEqualTo(Peer.MODEL);
            assertThat(request.stream()).isFalse();
            assertThat(request.body()).contains("\"max_tokens\":100", "\"thinking\":{\"type\":\"enabled\"}");
            assertThat(request.authorizedWith(Peer.KEY)).isTrue();
            assertThat(request.headers().toString()).doesNotContain("secret");
            assertThat(request.header("Zai-SDK-Ver")).isPresent();
        }
    }

    @Test
    void createChatCompletion_stream_eachPieceIsAChunkAndTheLastHasTheUsage() {
        try (Peer peer = Peer.start()) {
            peer.server.script(THOUGHT);

            List<ModelData> chunks = peer.streamed(Peer.ask("hello"));

            assertThat(Peer.deltas(chunks, Delta::getReasoningContent)).containsExactly("Let me ", "think.");
            assertThat(Peer.deltas(chunks, Delta::getContent)).containsExactly("Hi ", "there", "!");
            ModelData last = chunks.get(chunks.size() - 1);
            assertThat(last.getChoices().get(0).getFinishReason()).isEqualTo("stop");
            assertUsage(last);
            assertThat(chunks.subList(0, chunks.size() - 1)).allSatisfy(chunk -> {
                assertThat(chunk.getUsage()).isNull();
                assertThat(chunk.getChoices().get(0).getFinishReason()).isNull();
                assertThat(chunk.getId()).isEqualTo(last.getId());
            });
            assertThat(peer.server.requests().get(0).stream()).isTrue();
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    @Test
    void createChatCompletion_byteByByte_isReadTheSame() {
        try (Peer peer = Peer.start()) {
            peer.server.script(
                    HttpScript.text("grüß ").text("dich 世界").complete().byteByByte(Duration.ZERO));

            assertThat(Peer.deltas(peer.streamed(Peer.ask("hello")), Delta::getContent))
                    .containsExactly("grüß ", "dich 世界");
        }
    }

    /** The SDK's old way: a token signed with the key. The server takes it where it demands no key of its own. */
    @Test
    void createChatCompletion_signedToken_isAKeyLikeAnyOther() {
        try (FakeProviderServer server = FakeProviderServer.glm()) {
            ZaiClient client = ZaiClient.builder()
                    .apiKey(Peer.KEY)
                    .enableTokenCache()
                    .baseUrl(server.baseUrl() + "/")
                    .build();

            ChatCompletionResponse response =
                    client.chat().createChatCompletion(Peer.ask("hello").build());

            assertThat(Peer.messageOf(response).getContent()).isEqualTo("ok");
            assertThat(server.requests().get(0).authorizedWith(Peer.KEY)).isFalse();
            client.close();
        }
    }

    private static void assertUsage(ModelData data) {
        assertThat(data.getUsage().getPromptTokens()).isEqualTo(12);
        assertThat(data.getUsage().getCompletionTokens()).isEqualTo(5);
        assertThat(data.getUsage().getTotalTokens()).isEqualTo(17);
        assertThat(data.getUsage().getPromptTokensDetails().getCachedTokens()).isEqualTo(8);
        assertThat(data.getUsage().getCompletionTokensDetails().getReasoningTokens())
                .isEqualTo(2);
    }
}
