package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Texts, numbers and booleans. A whole number may be written {@code 3.0}; a text is never taken for a number. */
enum ScalarShape implements Shape {
    TEXT("string") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            return node.isTextual() ? node.textValue() : null;
        }
    },
    BOOLEAN("boolean") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            return node.isBoolean() ? node.booleanValue() : null;
        }
    },
    INT("integer") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            BigInteger whole = whole(node);
            return whole != null && whole.bitLength() < Integer.SIZE ? whole.intValueExact() : null;
        }
    },
    LONG("integer") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            BigInteger whole = whole(node);
            return whole != null && whole.bitLength() < Long.SIZE ? whole.longValueExact() : null;
        }
    },
    INTEGER("integer") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            return whole(node);
        }
    },
    DOUBLE("number") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            return node.isNumber() && Double.isFinite(node.doubleValue()) ? node.doubleValue() : null;
        }
    },
    DECIMAL("number") {
        @Override
        @Nullable
        Object read(JsonNode node) {
            return node.isNumber() ? node.decimalValue() : null;
        }
    };

    /** More digits than this are no number that a record wants; {@code 1e999999999} would fill the memory. */
    private static final int MAX_DIGITS = 1_000;

    private final String jsonType;

    ScalarShape(String jsonType) {
        this.jsonType = jsonType;
    }

    /** {@return the value, or null if the node is of another kind} */
    abstract @Nullable Object read(JsonNode node);

    @Override
    public ObjectNode schema() {
        return JsonNodeFactory.instance.objectNode().put("type", jsonType);
    }

    @Override
    public Object decode(JsonNode node, String path) {
        Object value = read(node);
        if (value == null) {
            throw Shape.expected(jsonType + " (" + name().toLowerCase(Locale.ROOT) + ")", path);
        }
        return value;
    }

    @Override
    public JsonNode encode(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value instanceof String text) {
            return nodes.textNode(text);
        }
        if (value instanceof Boolean bool) {
            return nodes.booleanNode(bool);
        }
        if (value instanceof Integer number) {
            return nodes.numberNode(number.intValue());
        }
        if (value instanceof Long number) {
            return nodes.numberNode(number.longValue());
        }
        if (value instanceof BigInteger number) {
            return nodes.numberNode(number);
        }
        if (value instanceof BigDecimal number) {
            return nodes.numberNode(number);
        }
        double number = (Double) value;
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("JSON has no form of NaN and infinity");
        }
        return nodes.numberNode(number);
    }

    private static @Nullable BigInteger whole(JsonNode node) {
        if (!node.isNumber()) {
            return null;
        }
        BigDecimal value = node.decimalValue();
        if (Math.abs((long) value.precision() - value.scale()) > MAX_DIGITS || value.scale() > MAX_DIGITS) {
            return null;
        }
        try {
            return value.toBigIntegerExact();
        } catch (ArithmeticException fraction) {
            return null;
        }
    }
}
