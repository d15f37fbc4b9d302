package dev.exai.providers.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SseDecoderProperties {
    private static final SseLimits SMALL = new SseLimits(64, 128, 4_096);

    @Property
    void feed_anySplit_givesTheSameFrames(@ForAll("streams") byte[] bytes, @ForAll("cuts") List<Integer> cuts) {
        assertThat(decode(bytes, cuts)).isEqualTo(decode(bytes, List.of(bytes.length)));
    }

    @Property
    void feed_garbage_givesFramesOrATypedError(@ForAll byte[] bytes, @ForAll("cuts") List<Integer> cuts) {
        for (Object each : decode(bytes, cuts)) {
            assertThat(each).isInstanceOfAny(SseFrame.class, String.class);
        }
    }

    @Property
    void feed_framesOfAnyLineEnds_comeBack(
            @ForAll("words") List<String> words,
            @ForAll("lineEnds") String lineEnd,
            @ForAll("cuts") List<Integer> cuts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Object> expected = new ArrayList<>();
        for (String word : words) {
            out.writeBytes(("data: " + word + lineEnd + ": ping" + lineEnd + lineEnd).getBytes(StandardCharsets.UTF_8));
            expected.add(new SseFrame("message", word));
        }

        assertThat(decode(out.toByteArray(), cuts)).isEqualTo(expected);
    }

    /** Decodes in pieces; a limit that was met is the last element, as text. */
    private static List<Object> decode(byte[] bytes, List<Integer> cuts) {
        List<Object> seen = new ArrayList<>();
        SseDecoder decoder = new SseDecoder(SMALL, seen::add);
        try {
            int from = 0;
            int turn = 0;
            while (from < bytes.length) {
                int length = Math.min(cuts.get(turn++ % cuts.size()), bytes.length - from);
                decoder.feed(bytes, from, length);
                from += length;
            }
            decoder.end();
        } catch (SseLimitException e) {
            // Which of two limits is met first may depend on the cut; that one is, and that no frame follows, does not.
            seen.removeIf(each -> each instanceof SseFrame);
            seen.add("limit");
        }
        return seen;
    }

    @Provide
    Arbitrary<byte[]> streams() {
        Arbitrary<String> pieces = Arbitraries.of(
                "data",
                "data:",
                "data: ",
                "event:",
                "event: error",
                ":",
                ": c",
                "\n",
                "\r",
                "\r\n",
                "\n\n",
                "\r\n\r\n",
                "{\"a\":1}",
                "[DONE]",
                "é",
                "漢",
                "😀",
                "\ufeff",
                " ",
                "x",
                "id: 1",
                "12345678901234567890");
        return pieces.list().ofMaxSize(60).map(all -> String.join("", all).getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 40).list().ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<String>> words() {
        return Arbitraries.strings()
                .excludeChars('\n', '\r', '\ufeff')
                .ofMinLength(1)
                .ofMaxLength(18)
                .filter(word -> !word.startsWith(" ")
                        && new String(word.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(word))
                .list()
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<String> lineEnds() {
        return Arbitraries.of("\n", "\r", "\r\n");
    }
}
