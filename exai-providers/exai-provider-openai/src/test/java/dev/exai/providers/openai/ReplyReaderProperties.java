package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.ProviderException;
import dev.exai.message.ChatRequest;
import dev.exai.providers.http.Redactor;
import dev.exai.providers.http.ResponseHead;
import dev.exai.providers.http.ResponseReader.Demand;
import dev.exai.providers.http.RetryAfter;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ReplyReaderProperties {
    @Property
    void body_anySplit_givesTheSameChunksAndEnd(
            @ForAll("statuses") int status, @ForAll("bodies") byte[] body, @ForAll("cuts") List<Integer> cuts)
            throws Exception {
        assertThat(read(status, body, cuts)).isEqualTo(read(status, body, List.of(Math.max(1, body.length))));
    }

    @Property
    void body_garbage_givesOneEnd(
            @ForAll("statuses") int status, @ForAll byte[] body, @ForAll("cuts") List<Integer> cuts) throws Exception {
        assertThat(read(status, body, cuts)).isNotEmpty();
    }

    /** Cut anywhere, a stream has the pieces up to there, and counts as whole only from its finish reason on. */
    @Property
    void body_cutAnywhere_isWholeOnlyWithItsEnd(
            @ForAll @IntRange(max = STREAM_LENGTH) int cut, @ForAll("cuts") List<Integer> cuts) throws Exception {
        byte[] part = Arrays.copyOf(STREAM, cut);

        String told = read(200, part, cuts);

        String text = told.substring(0, told.indexOf('|'));
        String sent = new String(part, StandardCharsets.UTF_8);
        boolean endMarkIsCut = sent.contains("data: [") && !sent.contains("[DONE]");
        boolean isWhole = sent.contains("\"finish_reason\":\"stop\"}]}") && !endMarkIsCut;
        assertThat("Grüße 😀").startsWith(text);
        assertThat(told.contains("ReplyEnd")).isEqualTo(isWhole);
        assertThat(text.equals("Grüße 😀") || !isWhole).isTrue();
    }

    private static final List<String> FRAMES = List.of(
            "data:"
                    + " {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\r\n\r\n",
            ": keep-alive\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüße\"}}]}\n\n",
            "event: message\r"
                    + "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\r"
                    + "data: \"delta\":{\"content\":\" 😀\"}}]}\r\r",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            "data: [DONE]\n\n");
    private static final byte[] STREAM = String.join("", FRAMES).getBytes(StandardCharsets.UTF_8);
    private static final int STREAM_LENGTH = 345;

    /** Reads in pieces and tells all that the sink was told; the sink itself sees to it that there is one end. */
    private static String read(int status, byte[] body, List<Integer> cuts) throws InterruptedException {
        ReplyRecorder sink = new ReplyRecorder();
        Dialect dialect = Dialect.standard();
        Upstream upstream = new Upstream(
                "p", dialect, new Redactor(ApiKey.of("key-of-test"), 300), new RetryAfter(Clock.systemUTC()));
        ReplyReader reader = new ReplyReader(
                sink,
                upstream,
                new ReplyAssembler(Calls.of(ChatRequest.of("q")), dialect, upstream, List.of(), sink::chunk));
        Demand demand = reader.head(new ResponseHead() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public Optional<String> header(String name) {
                return Optional.empty();
            }
        });
        int from = 0;
        int turn = 0;
        while (from < body.length && demand != Demand.ENOUGH) {
            int length = Math.min(cuts.get(turn++ % cuts.size()), body.length - from);
            demand = reader.body(Arrays.copyOfRange(body, from, from + length), 0, length);
            from += length;
        }
        reader.over();
        Object end = sink.end();
        String told = end instanceof ProviderException failure ? failure.getMessage() : end.toString();
        // The id that a nameless call gets has the attempt in it, which differs from reading to reading.
        String pieces = sink.functionPieces().toString().replaceAll("call-\\d+-\\d+", "call");
        return sink.text() + "|" + sink.reasoning() + "|" + pieces + "|" + told;
    }

    @Provide
    Arbitrary<Integer> statuses() {
        return Arbitraries.of(200, 200, 200, 400, 429, 500);
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        return Arbitraries.of(
                        "data: ",
                        "event: error\n",
                        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é😀\"}}]}",
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}],\"usage\":null}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"g\"}}]}}]}",
                        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}",
                        "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1e99}}",
                        "{\"choices\":null}",
                        "{\"error\":{\"code\":\"429\",\"message\":\"m\"}}",
                        "{\"error\":[]}",
                        "[]",
                        "null",
                        "7",
                        "<html>",
                        "[DONE]",
                        ": ping",
                        "\n\n",
                        "\n",
                        "\r\n\r\n",
                        "rubbish")
                .list()
                .ofMaxSize(30)
                .map(all -> String.join("", all).getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 60).list().ofMinSize(1).ofMaxSize(8);
    }
}
