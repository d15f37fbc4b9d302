package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.exai.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FramesTest {
    private final Frames frames = new Frames();

    /** Somewhere in a larger array, as frames stand in what was read from a socket. */
    private JsonParser next(String frame) throws IOException {
        byte[] bytes = ("data: " + frame + "\n\ndata: {").getBytes(StandardCharsets.UTF_8);
        return frames.next(bytes, 6, bytes.length - 15);
    }

    private static String read(JsonParser parser) throws IOException {
        parser.nextToken();
        return JsonText.tree(parser).toString();
    }

    @Test
    void next_wholeFrames_areReadByOneParser() throws IOException {
        JsonParser first = next("{\"a\":1}");
        assertThat(read(first)).isEqualTo("{\"a\":1}");
        assertThat(frames.isAtEnd()).isTrue();

        JsonParser second = next("{\"b\":[2,{}],\"c\":\"ü\"}");

        assertThat(second).isSameAs(first);
        assertThat(read(second)).isEqualTo("{\"b\":[2,{}],\"c\":\"ü\"}");
        assertThat(frames.isAtEnd()).isTrue();
    }

    @Test
    void next_frameLargerThanTheParsersBuffer_isRead() throws IOException {
        String large = "{\"text\":\"" + "word ".repeat(10_000) + "\"}";

        assertThat(read(next(large))).isEqualTo(large);
        assertThat(read(next("{\"b\":2}"))).isEqualTo("{\"b\":2}");
    }

    @Test
    void next_twoObjectsInAFrame_bothAreReadAndTheNextFrameToo() throws IOException {
        JsonParser glued = next("{\"a\":1} {\"b\":2}");
        assertThat(read(glued)).isEqualTo("{\"a\":1}");
        assertThat(frames.isAtEnd()).isFalse();
        assertThat(read(glued)).isEqualTo("{\"b\":2}");
        assertThat(frames.isAtEnd()).isTrue();

        assertThat(read(next("{\"c\":3}"))).isEqualTo("{\"c\":3}");
    }

    @Test
    void next_afterAFrameThatBrokeOff_startsAnew() throws IOException {
        JsonParser broken = next("{\"a\":[1,");
        assertThatThrownBy(() -> read(broken)).isInstanceOf(JsonProcessingException.class);
        assertThat(frames.isAtEnd()).isFalse();

        assertThat(read(next("{\"b\":2}"))).isEqualTo("{\"b\":2}");
    }

    @Test
    void next_afterAFrameThatWasNotReadToItsEnd_startsAnew() throws IOException {
        JsonParser left = next("{\"a\":1,\"b\":2}");
        left.nextToken();

        assertThat(read(next("{\"c\":3}"))).isEqualTo("{\"c\":3}");
    }

    @Test
    void next_afterALookBehindTheEnd_startsAnew() throws IOException {
        JsonParser looked = next("{\"a\":1}");
        assertThat(read(looked)).isEqualTo("{\"a\":1}");
        assertThat(looked.nextToken()).isNull();
        assertThat(frames.isAtEnd()).isFalse();

        assertThat(read(next("{\"b\":2}"))).isEqualTo("{\"b\":2}");
    }

    @Test
    void inFrame_ofALaterFrame_isCountedFromItsStart() throws IOException {
        read(next("{\"a\":1}"));
        JsonParser wrong = next("{\"b\":x}");

        assertThatThrownBy(() -> read(wrong))
                .isInstanceOfSatisfying(
                        JsonProcessingException.class,
                        e -> assertThat(frames.inFrame(e.getLocation().getByteOffset()))
                                .isBetween(5L, 6L));
    }

    /** A server that calls each field by another name must not fill the memory of one parser for ever. */
    @Test
    void next_manyFrames_parserIsReplacedNowAndThen() throws IOException {
        JsonParser first = next("{\"a\":0}");
        read(first);
        boolean isReplaced = false;
        for (int i = 0; i < 300; i++) {
            String frame = "{\"" + "n".repeat(1_000) + i + "\":" + i + "}";
            JsonParser parser = next(frame);
            isReplaced |= parser != first;
            assertThat(read(parser)).isEqualTo(frame);
        }
        assertThat(isReplaced).isTrue();
    }
}
