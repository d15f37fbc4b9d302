package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.http.WireFormat;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream that begins well and ends badly: the first piece is read, and then comes what the SDK makes of the rest. */
@Tag("ci")
final class BrokenStreamTest {
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_errorFrame_isAnSseExceptionAndNotTriedAgain(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("par").breakOff(Refusal.SERVER_ERROR));

            SseException thrown = breaks(peer, SseException.class);

            assertThat(thrown.statusCode()).isEqualTo(200);
            assertThat(thrown.code().or(thrown::type)).contains(format == WireFormat.GLM ? "1234" : "server_error");
            assertOneFailed(peer);
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_reset_isAnIoException(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            // The reset may overtake the piece before it: what is thrown is certain, not what was read.
            peer.server.script(HttpScript.text("par").reset());

            assertThat(catchThrowableOfType(OpenAIIoException.class, () -> peer.streamed(peer.ask("hello"))))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_closedInTheMiddle_isAnIoException(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("par").halfClose());

            breaks(peer, OpenAIIoException.class);

            assertOneFailed(peer);
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_frameThatIsNoJson_isInvalidData(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("par").garbage().complete());

            breaks(peer, OpenAIInvalidDataException.class);
        }
    }

    /** The SDK asks for no {@code [DONE]} and no finish reason: half an answer is one to it. */
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_endedEarly_isNotNoticedByTheSdk(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("par").endEarly());

            List<ChatCompletionChunk> chunks = peer.streamed(peer.ask("hello"));

            assertThat(Peer.textOf(chunks)).isEqualTo("par");
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.finishReason().stream()))
                    .isEmpty();
            assertOneFailed(peer);
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_closedByTheClient_isCountedAsLeft(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("par").hang());

            try (StreamResponse<ChatCompletionChunk> stream = peer.stream(peer.ask("hello"))) {
                assertThat(firstText(stream.stream().iterator())).isEqualTo("par");
                assertThat(peer.server.inFlight()).isEqualTo(1);
            }

            assertThat(peer.tally()).isEqualTo("1 left by the client");
        }
    }

    private static <E extends OpenAIException> E breaks(Peer peer, Class<E> exception) {
        try (StreamResponse<ChatCompletionChunk> stream = peer.stream(peer.ask("hello"))) {
            Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
            assertThat(firstText(chunks)).isEqualTo("par");
            E thrown = catchThrowableOfType(exception, () -> chunks.forEachRemaining(chunk -> {}));
            assertThat(thrown).isNotNull();
            return thrown;
        }
    }

    /** {@return the first text that is not empty: some begin with a frame that says only the role} */
    private static String firstText(Iterator<ChatCompletionChunk> chunks) {
        String text = "";
        while (text.isEmpty()) {
            text = Peer.textOf(List.of(chunks.next()));
        }
        return text;
    }

    private static void assertOneFailed(Peer peer) {
        assertThat(peer.server.requests()).hasSize(1);
        assertThat(peer.tally()).isEqualTo("1 failed");
    }
}
