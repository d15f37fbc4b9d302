package dev.exai.testkit.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes one answer to a client: whole, or in parts. */
final class HttpWriter {
    private final Wire wire;
    private final Map<String, Optional<String>> changes;
    private boolean headersSent;

    /**
     * Creates a writer.
     *
     * @param changes headers that take the place of others of their name, or take them out
     */
    HttpWriter(Wire wire, Map<String, Optional<String>> changes) {
        this.wire = wire;
        this.changes = changes;
    }

    static HttpWriter plain(Wire wire) {
        return new HttpWriter(wire, Map.of());
    }

    boolean headersSent() {
        return headersSent;
    }

    /** Sends the headers of an answer whose length nobody knows, once. */
    void begin(String contentType, Map<String, String> headers) throws IOException {
        if (!headersSent) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("Content-Type", contentType);
            head(200, all, Wire.UNKNOWN);
        }
    }

    void chunk(String text) throws IOException {
        wire.body(bytes(text));
    }

    /** Sends the last part, which may be empty, and the end of the body in one piece. */
    void lastChunk(String text) throws IOException {
        wire.end(bytes(text));
    }

    /** Sends a whole answer. The last byte waits until the action has run. */
    void whole(Answer answer, Runnable beforeLastByte) throws IOException {
        byte[] body = bytes(answer.body());
        head(answer.status(), answer.headers(), body.length);
        if (body.length > 1) {
            wire.body(Arrays.copyOf(body, body.length - 1));
        }
        beforeLastByte.run();
        wire.end(Arrays.copyOfRange(body, Math.max(0, body.length - 1), body.length));
    }

    /** Sends the headers of a whole answer and half of its body. */
    void half(Answer answer) throws IOException {
        byte[] body = bytes(answer.body());
        head(answer.status(), answer.headers(), body.length);
        wire.body(Arrays.copyOf(body, body.length / 2));
    }

    private void head(int status, Map<String, String> headers, long length) throws IOException {
        headersSent = true;
        Map<String, String> all = new LinkedHashMap<>(headers);
        changes.forEach((name, value) -> {
            all.keySet().removeIf(name::equalsIgnoreCase);
            value.ifPresent(text -> all.put(name, text));
        });
        wire.head(status, all, length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
