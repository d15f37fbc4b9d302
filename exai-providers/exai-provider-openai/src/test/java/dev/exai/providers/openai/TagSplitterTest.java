package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.message.Chunk;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagSplitterTest {
    private static final TextTags TAGS = new TextTags("<think>", "</think>", List.of("<box>", "</box>"));

    @ParameterizedTest
    @CsvSource(
            value = {
                "plain|plain|",
                "<think>hm</think>yes|yes|hm",
                "a <box>b</box> c|a b c|",
                "<think>a <box> b</think>c|c|a <box> b",
                "yes <think>no</think>|yes <think>no</think>|",
                "1 < 2 <b|1 < 2 <b|",
                "<thi|<thi|",
                "<think>hm||hm",
                "<think>hm</thi||hm</thi",
                "<box></box>||",
                "</think>a|</think>a|",
            },
            delimiter = '|')
    void take_whole_isSplit(String all, String text, String reasoning) {
        Told told = told(List.of(all));

        assertThat(told.text).isEqualTo(text == null ? "" : text);
        assertThat(told.reasoning).isEqualTo(reasoning == null ? "" : reasoning);
    }

    @Test
    void take_noMark_isHandedOnAtOnce() {
        List<Chunk> told = new ArrayList<>();
        TagSplitter splitter = new TagSplitter(TAGS, told::add);

        splitter.take("as it comes, but <");

        assertThat(told).hasSize(1);
        assertThat(((Chunk.Text) told.get(0)).text()).isEqualTo("as it comes, but ");
        assertThat(splitter.hasText()).isTrue();
    }

    @Property
    void take_anyCut_tellsTheSame(@ForAll("answers") String answer, @ForAll("cuts") List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        for (int i = 0; at < answer.length(); i++) {
            int length = Math.min(cuts.get(i % cuts.size()), answer.length() - at);
            pieces.add(answer.substring(at, at + length));
            at += length;
        }

        assertThat(told(pieces)).isEqualTo(told(List.of(answer)));
    }

    @Provide
    Arbitrary<String> answers() {
        return Arbitraries.of("<think>", "</think>", "<box>", "</box>", "<", "</", "a", " ", "\n", "<th", ">")
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 9).list().ofMinSize(1).ofMaxSize(8);
    }

    @Test
    void tags_emptyMark_isRefused() {
        assertThatThrownBy(() -> new TextTags("", "b", List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TextTags("a", "b", List.of(""))).isInstanceOf(IllegalArgumentException.class);
    }

    private record Told(String text, String reasoning) {}

    private static Told told(List<String> pieces) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        TagSplitter splitter = new TagSplitter(TAGS, chunk -> {
            if (chunk instanceof Chunk.Text piece) {
                text.append(piece.text());
            } else {
                reasoning.append(((Chunk.Reasoning) chunk).text());
            }
        });
        pieces.forEach(splitter::take);
        splitter.end();
        return new Told(text.toString(), reasoning.toString());
    }
}
