package dev.exai.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @Test
    void parseAll_valuesGluedTogether_areAllRead() {
        assertThat(JsonText.parseAll("{\"a\":1}{\"b\":2}\n[3] null")).hasSize(4);
        assertThat(JsonText.parseAll(" ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary", "{\"canary\":}", "{\"a\":\"canary", "[1,2", "{\"a\":1}}", "'canary'", "{a:1}"})
    void parse_notJson_isRefusedWithoutContent(String text) {
        assertThatThrownBy(() -> JsonText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageNotContaining("canary");
    }

    @Test
    void parse_deep_isRefused() {
        String deep = "[".repeat(JsonText.MAX_DEPTH) + "]".repeat(JsonText.MAX_DEPTH);

        assertThat(JsonText.parse(deep).isArray()).isTrue();
        assertThatThrownBy(() -> JsonText.parse("[" + deep + "]")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void write_mixture_isJson() {
        assertThat(JsonText.write(Map.of("a", List.of(1, "b", true, JsonText.parse("{\"c\":null}")))))
                .isEqualTo("{\"a\":[1,\"b\",true,{\"c\":null}]}");
    }

    @Test
    void write_notJson_isRefusedWithoutContent() {
        assertThatThrownBy(() -> JsonText.write(Map.of("a", new Object())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be written as JSON");
    }
}
