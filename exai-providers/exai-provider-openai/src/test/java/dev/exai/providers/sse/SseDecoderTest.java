package dev.exai.providers.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseDecoderTest {
    private final List<SseFrame> frames = new ArrayList<>();
    private final SseDecoder decoder = new SseDecoder(new SseLimits(32, 40, 200), frames::add);

    @Test
    void feed_lineFeeds_dispatchesAtBlankLine() {
        feed("data: a\n\ndata: b\n");

        assertThat(frames).containsExactly(message("a"));
        feed("\n");
        assertThat(frames).containsExactly(message("a"), message("b"));
    }

    @Test
    void feed_carriageReturns_dispatchesAtBlankLine() {
        feed("data: a\r\rdata: b\r\r");

        assertThat(frames).containsExactly(message("a"), message("b"));
    }

    @Test
    void feed_pairOfReturnAndFeedSplit_isOneLineEnd() {
        feed("data: a\r");
        feed("\ndata: b\r");
        feed("\n\r");
        feed("\n");

        assertThat(frames).containsExactly(message("a\nb"));
    }

    @Test
    void feed_commentsAndKeepAlives_areNoFrames() {
        feed(": ping\n\n:\n\n: data: x\n\n");

        assertThat(frames).isEmpty();
    }

    @Test
    void feed_severalLinesOfData_areJoined() {
        feed("data: {\ndata:  \"a\"\ndata\ndata:}\n\n");

        assertThat(frames).containsExactly(message("{\n \"a\"\n\n}"));
    }

    @Test
    void feed_event_namesOneFrameOnly() {
        feed("event: error\ndata: x\n\ndata: y\n\nevent:\ndata: z\n\nevent: lost\n\ndata: w\n\n");

        assertThat(frames).containsExactly(new SseFrame("error", "x"), message("y"), message("z"), message("w"));
    }

    @Test
    void feed_otherFields_arePassedOver() {
        feed("id: 7\nretry: 10\ndatax: no\nwhat\ndata: a\n\n");

        assertThat(frames).containsExactly(message("a"));
    }

    @Test
    void feed_byteOrderMark_isPassedOverAtTheStartOnly() {
        byte[] bytes = "\ufeffdata: a\n\n\ufeffdata: b\n\n".getBytes(StandardCharsets.UTF_8);
        for (byte each : bytes) {
            decoder.feed(new byte[] {each}, 0, 1);
        }

        assertThat(frames).containsExactly(message("a"));
    }

    @Test
    void feed_charactersSplitAtEachByte_stayWhole() {
        byte[] bytes = "data: 漢字 😀 é\n\n".getBytes(StandardCharsets.UTF_8);
        for (byte each : bytes) {
            decoder.feed(new byte[] {0, each, 0}, 1, 1);
        }

        assertThat(frames).containsExactly(message("漢字 😀 é"));
    }

    @Test
    void feed_bytesThatAreNoText_becomeReplacements() {
        decoder.feed(new byte[] {'d', 'a', 't', 'a', ':', (byte) 0xff, (byte) 0xc3, '\n', '\n'}, 0, 9);

        assertThat(frames).containsExactly(message("\ufffd\ufffd"));
    }

    @Test
    void end_frameWithoutBlankLine_isDispatchedOnce() {
        feed("data: [DONE]");
        decoder.end();
        decoder.end();

        assertThat(frames).containsExactly(message("[DONE]"));
    }

    @Test
    void feed_lineTooLong_isRefusedNowAndLater() {
        feed("data: 12345678901234567890123456");

        assertThatThrownBy(() -> feed("7"))
                .isInstanceOf(SseLimitException.class)
                .hasMessage("the line is longer than 32 bytes");
        assertThatThrownBy(() -> feed("\n\n")).isInstanceOf(SseLimitException.class);
        decoder.end();
        assertThat(frames).isEmpty();
    }

    @Test
    void feed_eventTooLong_isRefused() {
        feed("data: 12345678901234567890\n");

        assertThatThrownBy(() -> feed("data: 12345678901234567890\n"))
                .isInstanceOf(SseLimitException.class)
                .hasMessage("the event is longer than 40 bytes");
    }

    @Test
    void feed_emptyDataLines_countAgainstTheEvent() {
        feed("data\n".repeat(39));

        assertThatThrownBy(() -> feed("data\ndata\n")).isInstanceOf(SseLimitException.class);
    }

    @Test
    void feed_streamTooLong_isRefused() {
        feed(":\n".repeat(100));

        assertThatThrownBy(() -> feed(":"))
                .isInstanceOf(SseLimitException.class)
                .hasMessage("the stream is longer than 200 bytes");
    }

    @Test
    void toString_frame_showsNoContent() {
        assertThat(new SseFrame("message", "secret")).hasToString("SseFrame[6 chars]");
    }

    @Test
    void limits_zero_areRefused() {
        assertThatThrownBy(() -> new SseLimits(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private void feed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        decoder.feed(bytes, 0, bytes.length);
    }

    private static SseFrame message(String data) {
        return new SseFrame("message", data);
    }
}
