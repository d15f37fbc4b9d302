package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes the JSON schema of an object. Not safe for use by several threads. */
final class Schema {
    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final ObjectNode properties;
    private final ArrayNode required;

    private Schema() {
        root.put("type", "object");
        properties = root.putObject("properties");
        required = JsonNodeFactory.instance.arrayNode();
    }

    static Schema object() {
        return new Schema();
    }

    /** What every structured result may be instead of what it should be: nothing of it is required. */
    static Schema result() {
        return object().property("error", "object", "why it failed: code, message, retryable, retry_after in seconds");
    }

    Schema property(String name, String type, String description) {
        properties.putObject(name).put("type", type).put("description", description);
        return this;
    }

    Schema required(String name, String type, String description) {
        required.add(name);
        return property(name, type, description);
    }

    ObjectNode json() {
        if (!required.isEmpty()) {
            root.set("required", required);
        }
        return root;
    }
}
