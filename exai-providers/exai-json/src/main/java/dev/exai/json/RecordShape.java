package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record: its components by name. */
final class RecordShape implements Shape {
    private final Class<?> type;
    private final boolean strict;
    private final List<Component> components;
    private final Constructor<?> constructor;

    private RecordShape(Class<?> type, boolean strict, List<Component> components, Constructor<?> constructor) {
        this.type = type;
        this.strict = strict;
        this.components = components;
        this.constructor = constructor;
    }

    static RecordShape of(Class<?> type, boolean strict, Shapes shapes, String where) {
        List<Component> components = new ArrayList<>();
        List<Class<?>> types = new ArrayList<>();
        for (RecordComponent each : type.getRecordComponents()) {
            components.add(Component.of(each, shapes, where));
            types.add(each.getType());
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types.toArray(new Class<?>[0]));
            constructor.setAccessible(true);
            components.forEach(each -> each.accessor.setAccessible(true));
            return new RecordShape(type, strict, List.copyOf(components), constructor);
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(type + " has no canonical constructor", impossible);
        } catch (RuntimeException closed) {
            throw new IllegalArgumentException(
                    type.getName() + " cannot be reached: open its package to module dev.exai.json", closed);
        }
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        describe(schema, type);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        for (Component each : components) {
            properties.set(each.name, each.schema());
            if (each.presence == Presence.REQUIRED) {
                required.add(each.name);
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (strict) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }

    @Override
    public Object decode(JsonNode node, String path) {
        if (!node.isObject()) {
            throw Shape.expected("an object", path);
        }
        @Nullable Object[] values = new @Nullable Object[components.size()];
        int known = 0;
        for (int i = 0; i < values.length; i++) {
            Component each = components.get(i);
            JsonNode value = node.get(each.name);
            known += value == null ? 0 : 1;
            values[i] = each.decode(value, path);
        }
        if (strict && known < node.size()) {
            throw new IllegalArgumentException("unknown properties at " + path + ": " + (node.size() - known));
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            // The record's own message may quote what it refused.
            throw new IllegalArgumentException(type.getSimpleName() + " refused its values at " + path + " with "
                    + e.getTargetException().getClass().getSimpleName());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getSimpleName() + " cannot be made", e);
        }
    }

    @Override
    public JsonNode encode(Object value) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Component each : components) {
            Object part = each.read(value);
            if (part != null) {
                object.set(each.name, each.shape.encode(part));
            } else if (each.presence == Presence.REQUIRED) {
                throw new IllegalArgumentException(type.getSimpleName() + "." + each.name + " is null");
            }
        }
        return object;
    }

    private static void describe(ObjectNode schema, AnnotatedElement element) {
        Description description = element.getAnnotation(Description.class);
        if (description != null) {
            schema.put("description", description.value());
        }
    }

    private enum Presence {
        REQUIRED,
        NULLABLE,
        OPTIONAL
    }

    private static final class Component {
        private final String name;
        private final Shape shape;
        private final Presence presence;
        private final Method accessor;
        private final RecordComponent source;

        private Component(RecordComponent source, Shape shape, Presence presence) {
            this.name = source.getName();
            this.shape = shape;
            this.presence = presence;
            this.accessor = source.getAccessor();
            this.source = source;
        }

        static Component of(RecordComponent source, Shapes shapes, String where) {
            Type type = source.getGenericType();
            String here = where + "." + source.getName();
            if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
                return new Component(source, shapes.find(generic.getActualTypeArguments()[0], here), Presence.OPTIONAL);
            }
            boolean nullable = isNullable(source.getAnnotations())
                    || isNullable(source.getAnnotatedType().getAnnotations());
            return new Component(source, shapes.find(type, here), nullable ? Presence.NULLABLE : Presence.REQUIRED);
        }

        private static boolean isNullable(Annotation[] annotations) {
            for (Annotation each : annotations) {
                if (each.annotationType().getSimpleName().equals("Nullable")) {
                    return true;
                }
            }
            return false;
        }

        ObjectNode schema() {
            ObjectNode schema = shape.schema();
            describe(schema, source);
            return schema;
        }

        @Nullable
        Object decode(@Nullable JsonNode node, String path) {
            if (node == null || node.isNull()) {
                return switch (presence) {
                    case NULLABLE -> null;
                    case OPTIONAL -> Optional.empty();
                    case REQUIRED -> throw new IllegalArgumentException("missing: " + path + "." + name);
                };
            }
            Object value = shape.decode(node, path + "." + name);
            return presence == Presence.OPTIONAL ? Optional.of(value) : value;
        }

        @Nullable
        Object read(Object record) {
            try {
                Object value = accessor.invoke(record);
                return value instanceof Optional<?> optional ? optional.orElse(null) : value;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("component " + name + " cannot be read", e);
            }
        }
    }
}
