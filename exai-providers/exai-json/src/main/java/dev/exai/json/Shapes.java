package dev.exai.json;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the shape of a type. */
final class Shapes {
    private final boolean strict;
    private final Deque<Class<?>> open = new ArrayDeque<>();

    private Shapes(boolean strict) {
        this.strict = strict;
    }

    static Shape of(Class<?> record, boolean strict) {
        return new Shapes(strict).find(record, record.getSimpleName());
    }

    /** {@return the shape of a type; {@code where} names it in a complaint} */
    Shape find(Type type, String where) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return new ListShape(find(arguments[0], where + "[]"));
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new MapShape(find(arguments[1], where + ".*"));
            }
        }
        if (type instanceof Class<?> plain) {
            Shape scalar = scalar(plain);
            if (scalar != null) {
                return scalar;
            }
            if (plain.isEnum()) {
                return new EnumShape(plain);
            }
            if (plain.isRecord()) {
                return record(plain, where);
            }
        }
        throw new IllegalArgumentException(where + ": " + type.getTypeName() + " has no JSON form here; allowed are"
                + " String, numbers, booleans, enums, records, List, Map<String, ...> and Optional of these");
    }

    private Shape record(Class<?> type, String where) {
        if (open.contains(type)) {
            throw new IllegalArgumentException(where + ": " + type.getSimpleName() + " contains itself");
        }
        open.push(type);
        try {
            return RecordShape.of(type, strict, this, where);
        } finally {
            open.pop();
        }
    }

    private static @Nullable Shape scalar(Class<?> type) {
        if (type == String.class) {
            return ScalarShape.TEXT;
        }
        if (type == boolean.class || type == Boolean.class) {
            return ScalarShape.BOOLEAN;
        }
        if (type == int.class || type == Integer.class) {
            return ScalarShape.INT;
        }
        if (type == long.class || type == Long.class) {
            return ScalarShape.LONG;
        }
        if (type == double.class || type == Double.class) {
            return ScalarShape.DOUBLE;
        }
        if (type == BigDecimal.class) {
            return ScalarShape.DECIMAL;
        }
        if (type == BigInteger.class) {
            return ScalarShape.INTEGER;
        }
        return null;
    }
}
