package dev.exai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** One Java type as JSON. A path tells where in the text a value stands, in names of components only. */
interface Shape {
    /** {@return a new schema node, which the caller may add to} */
    ObjectNode schema();

    /** {@return the value; throws {@link IllegalArgumentException} that names the path and what was expected} */
    Object decode(JsonNode node, String path);

    /** {@return the value as a tree} */
    JsonNode encode(Object value);

    /** {@return the complaint that another kind of value stands there} */
    static IllegalArgumentException expected(String what, String path) {
        return new IllegalArgumentException("expected " + what + " at " + path);
    }
}
