package dev.exai.examples.daemon.mcp;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** JSON-RPC messages to text and back, by the SDK's own mapping. Safe for use by many threads. */
final class Messages {
    private static final String CANCELLED = "notifications/cancelled";

    private final ObjectMapper jackson = new ObjectMapper();
    private final McpJsonMapper mapper = new JacksonMcpJsonMapper(jackson);

    ObjectMapper jackson() {
        return jackson;
    }

    McpJsonMapper mapper() {
        return mapper;
    }

    /** @throws IllegalArgumentException if it is no message */
    McpSchema.JSONRPCMessage read(String text) {
        try {
            return Objects.requireNonNull(McpSchema.deserializeJsonRpcMessage(mapper, text));
        } catch (IOException | RuntimeException wrong) {
            // what it says may have the client's content
            throw new IllegalArgumentException("not a JSON-RPC message");
        }
    }

    String write(Object message) {
        try {
            return mapper.writeValueAsString(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String error(@Nullable Object id, int code, String message) {
        com.fasterxml.jackson.databind.node.ObjectNode json = jackson.createObjectNode();
        json.put("jsonrpc", "2.0").set("id", jackson.valueToTree(id));
        json.putObject("error").put("code", code).put("message", message);
        return json.toString();
    }

    <T> T convert(Object data, TypeRef<T> type) {
        return mapper.convertValue(data, type);
    }

    /** The request that a notification cancels, and why; null if it is another notification. */
    static @Nullable Cancel cancel(McpSchema.JSONRPCNotification notification) {
        if (!CANCELLED.equals(notification.method()) || !(notification.params() instanceof Map<?, ?> params)) {
            return null;
        }
        Object id = params.get("requestId");
        return id == null ? null : new Cancel(id, params.get("reason") instanceof String why ? why : "no reason given");
    }

    /** What a client does not want any more. */
    record Cancel(Object requestId, String reason) {}
}
