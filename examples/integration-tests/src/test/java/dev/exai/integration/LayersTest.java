package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.integration.Layers.Arrow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayersTest {

    @ParameterizedTest
    @CsvSource({
        "dev.exai, dev.exai.error",
        "dev.exai.session, dev.exai.call",
        "dev.exai.permit, dev.exai.context",
        "dev.exai.providers.kimi, dev.exai.providers.openai",
        "dev.exai.providers.openai, dev.exai.json",
        "dev.exai.providers.sse, dev.exai.spi",
        "dev.exai.testkit.junit, dev.exai.testkit",
        "dev.exai.testkit.script, dev.exai.testkit.time",
        "dev.exai.testkit, dev.exai",
        "dev.exai.call, dev.exai.call",
        "dev.exai.call, java.util",
        "okhttp3, dev.exai.error"
    })
    void violations_leftImportsRight_none(String from, String to) {
        assertThat(Layers.violations(List.of(new Arrow(from, to)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "dev.exai.error, dev.exai.message",
        "dev.exai.permit, dev.exai.attempt",
        "dev.exai.error, dev.exai",
        "dev.exai.json, dev.exai.providers.sse",
        "dev.exai.providers.openai, dev.exai.providers.glm",
        "dev.exai.testkit.time, dev.exai.testkit.script",
        "dev.exai.testkit.http, dev.exai.testkit"
    })
    void violations_rightImportsLeft_reported(String from, String to) {
        assertThat(Layers.violations(List.of(new Arrow(from, to))))
                .singleElement()
                .asString()
                .startsWith(from + " -> " + to + ": ")
                .contains("further left");
    }

    @ParameterizedTest
    @CsvSource({"dev.exai.providers.glm, dev.exai.providers.kimi", "dev.exai.testkit.junit, dev.exai.testkit.assertj"})
    void violations_neighbours_reported(String from, String to) {
        assertThat(Layers.violations(List.of(new Arrow(from, to))))
                .singleElement()
                .asString()
                .contains("side by side");
    }

    @ParameterizedTest
    @CsvSource({
        "dev.exai.call, dev.exai.json",
        "dev.exai.spi, dev.exai.testkit.time",
        "dev.exai.testkit.http, dev.exai.json",
        "dev.exai.providers.http, dev.exai.testkit.http"
    })
    void violations_otherFamily_reported(String from, String to) {
        assertThat(Layers.violations(List.of(new Arrow(from, to))))
                .singleElement()
                .asString()
                .contains("may not import");
    }

    @Test
    void violations_oneWrongAmongMany_onlyThatOne() {
        Arrow right = new Arrow("dev.exai.model", "dev.exai.spi");
        Arrow wrong = new Arrow("dev.exai.spi", "dev.exai.model");

        assertThat(Layers.violations(List.of(right, wrong, right))).hasSize(1);
    }

    @Test
    void violations_unknownPackage_reported() {
        assertThat(Layers.violations(List.of(new Arrow("dev.exai.util", "dev.exai.error"))))
                .containsExactly("dev.exai.util -> dev.exai.error: no place is known for dev.exai.util");
    }

    @Test
    void unknown_strangerAmongOurs_named() {
        assertThat(Layers.unknown(List.of("dev.exai", "dev.exai.util", "dev.exaither", "java.util")))
                .containsExactly("dev.exai.util");
    }
}
