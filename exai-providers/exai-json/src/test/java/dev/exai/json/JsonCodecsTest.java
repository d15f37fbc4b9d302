package dev.exai.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.Codec;
import dev.exai.json.JsonCodecs.UnknownProperties;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecsTest {
    enum Unit {
        CELSIUS,
        KELVIN
    }

    record Place(String city, @Nullable String country) {}

    @Description("What the weather will be")
    record Forecast(
            @Description("Where") Place place,
            int days,
            long at,
            double warmest,
            boolean rain,
            Unit unit,
            List<Place> near,
            Map<String, Integer> hours,
            Optional<String> note,
            BigDecimal price,
            BigInteger id) {}

    record Even(int value) {
        Even {
            if (value % 2 != 0) {
                throw new IllegalArgumentException("canary " + value);
            }
        }
    }

    record Empty() {}

    record Itself(List<Itself> more) {}

    record Generic<T>(T value) {}

    record HasSet(Set<String> values) {}

    record Boxed(Optional<List<Integer>> some, @Nullable Long more) {}

    private static final String FORECAST = """
            {"place":{"city":"Bonn","country":"DE"},"days":2,"at":9007199254740993,"warmest":21.5,"rain":true,\
            "unit":"KELVIN","near":[{"city":"Köln"}],"hours":{"mon":7},"note":"dry","price":0.10,\
            "id":123456789012345678901234567890}""";

    private final Codec<Forecast> forecasts = JsonCodecs.forRecord(Forecast.class);

    @Test
    void decode_everyKind_isRead() {
        assertThat(forecasts.decode(FORECAST))
                .isEqualTo(new Forecast(
                        new Place("Bonn", "DE"),
                        2,
                        9007199254740993L,
                        21.5,
                        true,
                        Unit.KELVIN,
                        List.of(new Place("Köln", null)),
                        Map.of("mon", 7),
                        Optional.of("dry"),
                        new BigDecimal("0.10"),
                        new BigInteger("123456789012345678901234567890")));
    }

    @Test
    void encode_everyKind_comesBack() {
        assertThat(forecasts.encode(forecasts.decode(FORECAST))).isEqualTo(FORECAST);
    }

    @Test
    void decode_optionalAbsentOrNull_isEmpty() {
        Codec<Boxed> codec = JsonCodecs.forRecord(Boxed.class);

        assertThat(codec.decode("{}")).isEqualTo(new Boxed(Optional.empty(), null));
        assertThat(codec.decode("{\"some\":null,\"more\":null}")).isEqualTo(new Boxed(Optional.empty(), null));
        assertThat(codec.decode("{\"some\":[1],\"more\":5}")).isEqualTo(new Boxed(Optional.of(List.of(1)), 5L));
        assertThat(codec.encode(new Boxed(Optional.empty(), null))).isEqualTo("{}");
    }

    @Test
    void decode_wholeNumberWithPoint_isAnInt() {
        assertThat(JsonCodecs.forRecord(Even.class).decode("{\"value\":4.0}")).isEqualTo(new Even(4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "canary",
                "{\"canary\":",
                "[]",
                "null",
                "7",
                "{} {}",
                "{}",
                "{\"value\":null}",
                "{\"value\":\"canary\"}",
                "{\"value\":1.5}",
                "{\"value\":3000000000}",
                "{\"value\":true}",
                "{\"value\":{}}",
                "{\"value\":1e999999999}",
                "{\"value\":1e-999999999}",
                "{\"value\":NaN}",
            })
    void decode_doesNotFit_isRefusedWithoutContent(String json) {
        assertThatThrownBy(() -> JsonCodecs.forRecord(Even.class).decode(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageNotContaining("canary");
    }

    @Test
    void decode_recordRefuses_isRefusedWithoutItsWords() {
        assertThatThrownBy(() -> JsonCodecs.forRecord(Even.class).decode("{\"value\":3}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessage("Even refused its values at $ with IllegalArgumentException");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"days\":2|\"days\":\"x\"|expected integer (int) at $.days",
                "\"unit\":\"KELVIN\"|\"unit\":\"canary\"|expected one of [CELSIUS, KELVIN] at $.unit",
                "[{\"city\":\"Köln\"}]|[{\"city\":5}]|expected string (text) at $.near[0].city",
                "{\"mon\":7}|{\"canary\":\"x\"}|expected integer (int) at $.hours.*",
                "\"rain\":true,||missing: $.rain",
                "[{\"city\":\"Köln\"}]|[null]|expected an object at $.near[0]",
            })
    void decode_wrongPart_isNamedByItsPath(String part, String instead, String message) {
        String json = FORECAST.replace(part, instead == null ? "" : instead);

        assertThatThrownBy(() -> forecasts.decode(json)).hasMessage(message);
    }

    @Test
    void decode_deepNesting_isRefused() {
        assertThatThrownBy(() -> JsonCodecs.forRecord(Even.class).decode("{\"x\":" + "[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decode_unknownProperty_isIgnoredOrRefused() {
        String json = "{\"value\":2,\"canary\":1}";

        assertThat(JsonCodecs.forRecord(Even.class).decode(json)).isEqualTo(new Even(2));
        assertThatThrownBy(() -> JsonCodecs.forRecord(Even.class, UnknownProperties.REFUSE)
                        .decode(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown properties at $: 1");
    }

    @Test
    void schema_everyKind_isTold() {
        assertThat(forecasts.schema())
                .isEqualTo("{\"type\":\"object\",\"description\":\"What the weather will be\",\"properties\":{"
                        + "\"place\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},"
                        + "\"country\":{\"type\":\"string\"}},\"required\":[\"city\"],\"description\":\"Where\"},"
                        + "\"days\":{\"type\":\"integer\"},\"at\":{\"type\":\"integer\"},"
                        + "\"warmest\":{\"type\":\"number\"},\"rain\":{\"type\":\"boolean\"},"
                        + "\"unit\":{\"type\":\"string\",\"enum\":[\"CELSIUS\",\"KELVIN\"]},"
                        + "\"near\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
                        + "\"city\":{\"type\":\"string\"},\"country\":{\"type\":\"string\"}},\"required\":[\"city\"]}},"
                        + "\"hours\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}},"
                        + "\"note\":{\"type\":\"string\"},\"price\":{\"type\":\"number\"},\"id\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"place\",\"days\",\"at\",\"warmest\",\"rain\",\"unit\",\"near\",\"hours\","
                        + "\"price\",\"id\"]}");
    }

    @Test
    void schema_strictOrEmpty_isTold() {
        assertThat(JsonCodecs.forRecord(Empty.class).schema()).isEqualTo("{\"type\":\"object\",\"properties\":{}}");
        assertThat(JsonCodecs.forRecord(Empty.class, UnknownProperties.REFUSE).schema())
                .isEqualTo("{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}");
    }

    @Test
    void forRecord_typeWithoutAForm_isRefusedByName() {
        assertThatThrownBy(() -> JsonCodecs.forRecord(Itself.class)).hasMessageContaining("Itself contains itself");
        assertThatThrownBy(() -> JsonCodecs.forRecord(Generic.class)).hasMessageContaining("Generic.value: T has no");
        assertThatThrownBy(() -> JsonCodecs.forRecord(HasSet.class)).hasMessageContaining("HasSet.values:");
    }

    @Test
    void encode_nullOfARequiredComponent_isRefusedByName() {
        Codec<Place> codec = JsonCodecs.forRecord(Place.class);

        assertThatThrownBy(() -> codec.encode(new Place(null, "canary")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Place.city is null");
    }

    @Test
    void toString_codec_namesTheType() {
        assertThat(forecasts).hasToString("Codec[Forecast]");
    }
}
