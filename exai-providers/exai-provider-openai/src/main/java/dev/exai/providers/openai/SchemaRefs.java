package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what a JSON schema refers to in the place of the reference. */
final class SchemaRefs {
    private static final int MOST_NODES = 20_000;

    private final JsonNode root;
    private final Deque<String> inside = new ArrayDeque<>();
    private int nodes;

    private SchemaRefs(JsonNode root) {
        this.root = root;
    }

    /** {@return whether a schema has a reference} */
    static boolean isIn(JsonNode schema) {
        return schema.findValue("$ref") != null;
    }

    /** {@return the schema without references; null if it cannot be without} */
    static @Nullable JsonNode writtenOut(JsonNode schema) {
        try {
            return new SchemaRefs(schema).withoutDefinitions();
        } catch (IllegalArgumentException refersToItself) {
            return null;
        }
    }

    /** What is defined is copied where it is referred to, and needed nowhere else. */
    private JsonNode withoutDefinitions() {
        JsonNode rest = root.deepCopy();
        if (rest instanceof ObjectNode object) {
            object.remove(List.of("$defs", "definitions"));
        }
        return copy(rest);
    }

    private JsonNode copy(JsonNode node) {
        if (++nodes > MOST_NODES) {
            throw new IllegalArgumentException("too large when it is written out");
        }
        if (node.isArray()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            node.forEach(each -> all.add(copy(each)));
            return all;
        }
        if (!node.isObject()) {
            return node;
        }
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        JsonNode reference = node.get("$ref");
        if (reference != null && reference.isTextual()) {
            JsonNode target = target(reference.textValue());
            inside.push(reference.textValue());
            made.setAll((ObjectNode) copy(target));
            inside.pop();
        }
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            if (!each.getKey().equals("$ref")) {
                made.set(each.getKey(), copy(each.getValue()));
            }
        }
        return made;
    }

    private JsonNode target(String reference) {
        if (!reference.startsWith("#/") || inside.contains(reference)) {
            throw new IllegalArgumentException("refers to itself, or to another place");
        }
        JsonNode target = root.at(reference.substring(1));
        if (!target.isObject()) {
            throw new IllegalArgumentException("refers to nothing");
        }
        return target;
    }
}
