package dev.exai.examples.daemon.ws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.examples.daemon.tool.DaemonTool;
import dev.exai.examples.daemon.tool.ToolResult;
import java.time.Clock;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What the daemon says, in the words of the old one. */
final class WsFrames {
    private WsFrames() {}

    private static ObjectNode op(String op) {
        return JsonNodeFactory.instance.objectNode().put("op", op);
    }

    private static ObjectNode op(String op, String requestId) {
        return op(op).put("request_id", requestId);
    }

    private static double now() {
        return Clock.systemUTC().millis() / 1000.0;
    }

    static ObjectNode welcome(String sessionId) {
        return op("hello_ack").put("ok", true).put("session_id", sessionId);
    }

    static ObjectNode refused(String error) {
        return op("hello_ack").put("ok", false).put("error", error);
    }

    static ObjectNode tools(Collection<DaemonTool> tools, @Nullable String requestId) {
        ObjectNode frame = requestId == null ? op("list_tools_res") : op("list_tools_res", requestId);
        var list = frame.putArray("tools");
        tools.forEach(tool -> list.addObject()
                .put("name", tool.name())
                .put("description", tool.description())
                .set("inputSchema", tool.inputSchema()));
        return frame;
    }

    static ObjectNode progress(String requestId, String name, String note) {
        return op("progress", requestId).put("name", name).put("t", now()).put("note", note);
    }

    static ObjectNode ack(String requestId, String name, long timeoutSeconds) {
        return op("call_tool_ack", requestId)
                .put("accepted", true)
                .put("timeout", timeoutSeconds)
                .put("name", name);
    }

    static ObjectNode chunk(String requestId, String chunk) {
        return op("stream_chunk", requestId).put("chunk", chunk).put("timestamp", now());
    }

    static ObjectNode streamComplete(String requestId) {
        return op("stream_complete", requestId).put("timestamp", now());
    }

    static ObjectNode result(String requestId, ToolResult result) {
        ObjectNode frame = op("call_tool_res", requestId);
        var outputs = frame.putArray("outputs");
        if (result.error().isPresent()) {
            frame.put("text", "");
            frame.set("error", result.error().get().toJson());
        } else {
            outputs.addObject().put("type", "text").put("text", result.text());
            frame.put("text", result.text());
            frame.set("structured", result.structured());
        }
        return frame;
    }

    static ObjectNode cancelled(String requestId, boolean found) {
        return op("cancelled", requestId).put("ok", found);
    }

    static ObjectNode health(ObjectNode health, @Nullable String requestId) {
        ObjectNode frame = requestId == null ? op("health_res") : op("health_res", requestId);
        frame.put("ok", "ok".equals(health.path("status").asText())).set("health", health);
        return frame;
    }

    static ObjectNode pong(@Nullable String requestId) {
        return requestId == null ? op("pong") : op("pong", requestId);
    }

    static ObjectNode rotationRefused() {
        return op("rotate_token_res").put("ok", false).put("error", "not_supported: set EXAI_WS_TOKEN and restart");
    }

    static ObjectNode error(String code, String message, @Nullable String requestId) {
        ObjectNode frame = requestId == null ? op("error") : op("error", requestId);
        return frame.put("code", code).put("message", message);
    }
}
