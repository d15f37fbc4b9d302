package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A list of values of one shape. */
final class ListShape implements Shape {
    private final Shape element;

    ListShape(Shape element) {
        this.element = element;
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "array");
        schema.set("items", element.schema());
        return schema;
    }

    @Override
    public Object decode(JsonNode node, String path) {
        if (!node.isArray()) {
            throw Shape.expected("an array", path);
        }
        List<Object> values = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            values.add(element.decode(node.get(i), path + "[" + i + "]"));
        }
        return List.copyOf(values);
    }

    @Override
    public JsonNode encode(Object value) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Object each : (List<?>) value) {
            array.add(element.encode(each));
        }
        return array;
    }
}
