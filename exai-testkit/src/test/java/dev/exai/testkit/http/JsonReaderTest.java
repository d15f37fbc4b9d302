package dev.exai.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void read_allKindsOfValues_givesTheirJavaValues() throws Exception {
        Object value = JsonReader.read(" {\"a\" : [1, -2.5e1, true,false,null, {}, []], \"b\":\"x\"}\r\n");

        assertThat(value)
                .isEqualTo(
                        Map.of("a", List.of(1.0, -25.0, true, false, JsonReader.NULL, Map.of(), List.of()), "b", "x"));
    }

    @Test
    void read_escapes_givesTheCharacters() throws Exception {
        assertThat(JsonReader.read("\"q\\\" b\\\\ s\\/ \\b\\f\\n\\r\\t \\u00e9 \\uD83D\\ude00 \\\\u0041\""))
                .isEqualTo("q\" b\\ s/ \b\f\n\r\t \u00e9 \ud83d\ude00 \\u0041");
    }

    @Test
    void read_fieldNamesInsideStrings_areNotFields() throws Exception {
        Object value = JsonReader.read("{\"a\":\"\\\"stream\\\":true, \\\"model\\\":\\\"no\\\"\",\"model\":\"yes\"}");

        assertThat(value).isEqualTo(Map.of("a", "\"stream\":true, \"model\":\"no\"", "model", "yes"));
    }

    @Test
    void read_sameKeyTwice_takesTheLast() throws Exception {
        assertThat(JsonReader.read("{\"a\":1,\"a\":2}")).isEqualTo(Map.of("a", 2.0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,",
                "[1 2]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "\"open",
                "\"\\x\"",
                "\"\\u12g4\"",
                "tru",
                "1 2",
                "[]]",
                "-",
                "1.2.3",
                "\"line\nbreak\"",
                "\"\\"
            })
    void read_notJson_saysSoWithoutTheContent(String text) {
        assertThatThrownBy(() -> JsonReader.read(text))
                .isInstanceOf(JsonReader.MalformedJsonException.class)
                .hasMessageStartingWith("not JSON at character");
    }

    @Test
    void read_nestedTooDeeply_isRefusedBeforeTheStackEnds() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(1_000_000)))
                .isInstanceOf(JsonReader.MalformedJsonException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "q\" b\\ /",
                "\u0000\u0001\u001f\b\f\n\r\t",
                "\u00e9\u4f60\ud83d\ude00",
                "\ud83d",
                "\ude00x"
            })
    void quote_anyText_isReadBackAsItWas(String text) throws Exception {
        String json = JsonText.quote(text);

        assertThat(JsonReader.read(json)).isEqualTo(text);
        byte[] wire = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(new String(wire, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(json);
    }
}
