package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.openai.core.http.AsyncStreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.models.Model;
import dev.exai.message.Usage;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.RecordedRequest;
import dev.exai.testkit.http.WireFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plain talk, whole and in a stream, by the blocking and the asynchronous client. */
@Tag("ci")
final class ChatTest {
    private static final HttpScript THREE_PIECES =
            HttpScript.text("Hi ").text("there").text("!").complete("stop", Usage.of(12, 8, 5, 2));

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_wholeAnswer_isReadAndCounted(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(THREE_PIECES);

            ChatCompletion reply = peer.chat("hello");

            assertThat(Peer.textOf(reply)).isEqualTo("Hi there!");
            assertThat(reply.model()).isEqualTo(peer.model());
            assertThat(reply.choices().get(0).finishReason().asString()).isEqualTo("stop");
            assertUsage(reply.usage().orElseThrow());
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_request_isRecordedAsItWasSent(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.chat(peer.ask("how are you?").maxCompletionTokens(100));

            RecordedRequest request = peer.server.requests().get(0);
            assertThat(request.promptText()).isEqualTo("how are you?");
            assertThat(request.model()).isEqualTo(peer.model());
            assertThat(request.stream()).isFalse();
            assertThat(request.body()).contains("\"max_completion_tokens\":100");
            assertThat(request.authorizedWith(Peer.KEY)).isTrue();
            assertThat(request.headers().toString()).doesNotContain(Peer.KEY);
            assertThat(request.header("X-Stainless-Retry-Count")).contains("0");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void createStreaming_severalPieces_eachIsAChunkAndUsageComesLast(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(THREE_PIECES);

            List<ChatCompletionChunk> chunks = peer.streamed(peer.ask("hello"));

            assertThat(texts(chunks)).containsExactly("Hi ", "there", "!");
            ChatCompletionChunk last = chunks.get(chunks.size() - 1);
            assertUsage(last.usage().orElseThrow());
            assertThat(chunks.subList(0, chunks.size() - 1))
                    .allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
            assertThat(peer.server.requests().get(0).stream()).isTrue();
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    @ParameterizedTest
    @EnumSource(value = WireFormat.class, names = "GLM", mode = EnumSource.Mode.EXCLUDE)
    void createStreaming_piecesPutTogetherByTheSdk_areTheWholeAnswer(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(THREE_PIECES);
            ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();

            peer.streamed(peer.ask("hello")).forEach(accumulator::accumulate);

            ChatCompletion whole = accumulator.chatCompletion();
            assertThat(Peer.textOf(whole)).isEqualTo("Hi there!");
            assertThat(whole.choices().get(0).finishReason().asString()).isEqualTo("stop");
            assertUsage(whole.usage().orElseThrow());
        }
    }

    /** GLM sends the usage beside the last choice, as recorded of the real one; the SDK looks for it after the last. */
    @Test
    void createStreaming_usageBesideTheLastChoice_isMoreThanTheAccumulatorOfTheSdkKnows() {
        try (Peer peer = Peer.of(WireFormat.GLM)) {
            ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();

            List<ChatCompletionChunk> chunks = peer.streamed(peer.ask("hello"));

            assertThatIllegalStateException()
                    .isThrownBy(() -> chunks.forEach(accumulator::accumulate))
                    .withMessageContaining("choices");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void createStreaming_byteByByteWithComments_isReadTheSame(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("grüß ")
                    .comment("keep-alive")
                    .text("dich 世界")
                    .complete()
                    .byteByByte(Duration.ZERO));

            assertThat(Peer.textOf(peer.streamed(peer.ask("hello")))).isEqualTo("grüß dich 世界");
            assertThat(peer.tally()).isEqualTo("1 completed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void async_wholeAndStream_areTheSame(WireFormat format) throws Exception {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(THREE_PIECES);
            List<ChatCompletionChunk> chunks = new CopyOnWriteArrayList<>();

            ChatCompletion whole = peer.client
                    .async()
                    .chat()
                    .completions()
                    .create(peer.ask("hello").build())
                    .get(10, TimeUnit.SECONDS);
            AsyncStreamResponse<ChatCompletionChunk> stream =
                    peer.client.async().chat().completions().createStreaming(Peer.withUsage(peer.ask("hello")));
            stream.subscribe(chunks::add).onCompleteFuture().get(10, TimeUnit.SECONDS);

            assertThat(Peer.textOf(whole)).isEqualTo("Hi there!");
            assertThat(texts(chunks)).containsExactly("Hi ", "there", "!");
            assertThat(peer.tally()).isEqualTo("2 completed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void models_list_isWhatTheServerHas(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.models("one", "two");

            List<String> ids =
                    peer.client.models().list().data().stream().map(Model::id).toList();

            assertThat(ids).containsExactly("one", "two");
        }
    }

    private static List<String> texts(List<ChatCompletionChunk> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream())
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static void assertUsage(CompletionUsage usage) {
        assertThat(usage.promptTokens()).isEqualTo(12);
        assertThat(usage.completionTokens()).isEqualTo(5);
        assertThat(usage.totalTokens()).isEqualTo(17);
        assertThat(usage.promptTokensDetails().orElseThrow().cachedTokens()).contains(8L);
        assertThat(usage.completionTokensDetails().orElseThrow().reasoningTokens())
                .contains(2L);
    }
}
