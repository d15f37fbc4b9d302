package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.context.Codec;
import java.util.Objects;

/**
 * Makes codecs, with their JSON schemas, from records.
 *
 * <p>A component may be a text, a number, a boolean, an enum, another record, a {@code List} or a
 * {@code Map<String, ...>} of these. It is required unless it is an {@code Optional} or annotated {@code @Nullable}
 * (any annotation of that name). Of a package that is not exported to this module, the package must be opened to it.
 *
 * <pre>{@code
 * record Weather(@Description("City and country") String place, Optional<Integer> days) {}
 *
 * Codec<Weather> codec = JsonCodecs.forRecord(Weather.class);
 * }</pre>
 */
public final class JsonCodecs {
    private JsonCodecs() {}

    /** What becomes of a property that no component has the name of. */
    public enum UnknownProperties {
        /** It is passed over. */
        IGNORE,
        /** The text does not fit the type, and the schema says so. */
        REFUSE
    }

    /**
     * {@return a codec of a record that passes over properties it does not know}
     *
     * @param type the record
     * @param <T> the record
     * @throws IllegalArgumentException if a component is of a type that has no JSON form here, or the record cannot
     *     be reached
     */
    public static <T extends Record> Codec<T> forRecord(Class<T> type) {
        return forRecord(type, UnknownProperties.IGNORE);
    }

    /**
     * {@return a codec of a record}
     *
     * @param type the record
     * @param unknown what becomes of properties that it does not know
     * @param <T> the record
     * @throws IllegalArgumentException if a component is of a type that has no JSON form here, or the record cannot
     *     be reached
     */
    public static <T extends Record> Codec<T> forRecord(Class<T> type, UnknownProperties unknown) {
        Objects.requireNonNull(unknown, "unknown");
        return new RecordCodec<>(type, Shapes.of(type, unknown == UnknownProperties.REFUSE));
    }

    private static final class RecordCodec<T> implements Codec<T> {
        private final Class<T> type;
        private final Shape shape;
        private final String schema;

        RecordCodec(Class<T> type, Shape shape) {
            this.type = type;
            this.shape = shape;
            this.schema = JsonText.write(shape.schema());
        }

        @Override
        public T decode(String json) {
            JsonNode tree = JsonText.parse(json);
            return type.cast(shape.decode(tree, "$"));
        }

        @Override
        public String encode(T value) {
            return JsonText.write(shape.encode(value));
        }

        @Override
        public String schema() {
            return schema;
        }

        @Override
        public String toString() {
            return "Codec[" + type.getSimpleName() + "]";
        }
    }
}
