package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRefsTest {
    @Test
    void isIn_reference_anywhere() {
        assertThat(SchemaRefs.isIn(JsonText.parse("{\"type\":\"object\",\"$defs\":{}}")))
                .isFalse();
        assertThat(SchemaRefs.isIn(JsonText.parse("{\"a\":[{\"$ref\":\"#/$defs/A\"}]}")))
                .isTrue();
    }

    @Test
    void writtenOut_references_standInTheirPlaces() {
        JsonNode schema = JsonText.parse("{\"type\":\"object\",\"properties\":{"
                + "\"a\":{\"$ref\":\"#/$defs/A\",\"description\":\"first\"},"
                + "\"b\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/B\"}}},"
                + "\"$defs\":{\"A\":{\"type\":\"object\",\"properties\":{\"b\":{\"$ref\":\"#/$defs/B\"}}},"
                + "\"B\":{\"type\":\"string\"}}}");

        assertThat(String.valueOf(SchemaRefs.writtenOut(schema)))
                .isEqualTo("{\"type\":\"object\",\"properties\":{"
                        + "\"a\":{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\"}},\"description\":\"first\"},"
                        + "\"b\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"#\"}",
                "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"}},\"$defs\":{\"A\":{\"items\":{\"$ref\":\"#/$defs/A\"}}}}",
                "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/Nothing\"}}}",
                "{\"properties\":{\"a\":{\"$ref\":\"https://example.org/a\"}}}",
                "{\"properties\":{\"a\":{\"$ref\":\"#/properties/a\"}}}",
            })
    void writtenOut_endlessOrElsewhere_cannotBe(String schema) {
        assertThat(SchemaRefs.writtenOut(JsonText.parse(schema))).isNull();
    }

    /** Each level refers twice to the next: written out, that would be a thousand million nodes. */
    @Test
    void writtenOut_explodingReferences_areGivenUp() {
        StringBuilder schema = new StringBuilder("{\"$ref\":\"#/$defs/L0\",\"$defs\":{");
        for (int i = 0; i < 30; i++) {
            String next = "{\"$ref\":\"#/$defs/L" + (i + 1) + "\"}";
            schema.append("\"L")
                    .append(i)
                    .append("\":{\"a\":")
                    .append(next)
                    .append(",\"b\":")
                    .append(next)
                    .append("},");
        }
        schema.append("\"L30\":{\"type\":\"string\"}}}");

        assertThat(SchemaRefs.writtenOut(JsonText.parse(schema.toString()))).isNull();
    }
}
