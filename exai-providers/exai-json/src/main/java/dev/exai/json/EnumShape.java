package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The constants of an enum, by name. */
final class EnumShape implements Shape {
    private final Map<String, Object> constants = new LinkedHashMap<>();

    EnumShape(Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name(), constant);
        }
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "string");
        ArrayNode names = schema.putArray("enum");
        constants.keySet().forEach(names::add);
        return schema;
    }

    @Override
    public Object decode(JsonNode node, String path) {
        Object constant = node.isTextual() ? constants.get(node.textValue()) : null;
        if (constant == null) {
            throw Shape.expected("one of " + constants.keySet(), path);
        }
        return constant;
    }

    @Override
    public JsonNode encode(Object value) {
        return JsonNodeFactory.instance.textNode(((Enum<?>) value).name());
    }
}
