package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values of one shape by free names, which are content and so never part of a path. */
final class MapShape implements Shape {
    private final Shape value;

    MapShape(Shape value) {
        this.value = value;
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.set("additionalProperties", value.schema());
        return schema;
    }

    @Override
    public Object decode(JsonNode node, String path) {
        if (!node.isObject()) {
            throw Shape.expected("an object", path);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            values.put(entry.getKey(), value.decode(entry.getValue(), path + ".*"));
        }
        return Collections.unmodifiableMap(values);
    }

    @Override
    public JsonNode encode(Object map) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ((Map<?, ?>) map).forEach((name, each) -> object.set((String) name, value.encode(each)));
        return object;
    }
}
