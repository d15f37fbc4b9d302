package dev.exai.testkit.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes one answer to a client: whole, or in chunks. */
final class HttpWriter {
    private static final String END_OF_CHUNKS = "0\r\n\r\n";

    private final Client client;
    private final Map<String, String> extraHeaders;
    private boolean headersSent;

    HttpWriter(Client client, Map<String, String> extraHeaders) {
        this.client = client;
        this.extraHeaders = extraHeaders;
    }

    boolean headersSent() {
        return headersSent;
    }

    /** Sends the headers of an answer in chunks, once. */
    void begin(String contentType, Map<String, String> headers) throws IOException {
        if (!headersSent) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("Content-Type", contentType);
            client.write(head(200, all, "Transfer-Encoding: chunked"));
        }
    }

    void chunk(String text) throws IOException {
        client.write(bytes(chunkOf(text)));
    }

    /** Sends the last chunk, which may be empty, and the end of the body in one piece. */
    void lastChunk(String text) throws IOException {
        client.write(bytes((text.isEmpty() ? "" : chunkOf(text)) + END_OF_CHUNKS));
    }

    /** Sends a whole answer. The last byte waits until the action has run. */
    void whole(Answer answer, Runnable beforeLastByte) throws IOException {
        byte[] all = wholeBytes(answer);
        byte[] most = Arrays.copyOf(all, all.length - 1);
        client.write(most);
        beforeLastByte.run();
        client.write(new byte[] {all[all.length - 1]});
    }

    /** Sends the headers of a whole answer and half of its body. */
    void half(Answer answer) throws IOException {
        byte[] all = wholeBytes(answer);
        int body = bytes(answer.body()).length;
        client.write(Arrays.copyOf(all, all.length - body + body / 2));
    }

    private byte[] wholeBytes(Answer answer) {
        byte[] body = bytes(answer.body());
        byte[] head = head(answer.status(), answer.headers(), "Content-Length: " + body.length);
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    private byte[] head(int status, Map<String, String> headers, String length) {
        headersSent = true;
        Map<String, String> all = new LinkedHashMap<>(headers);
        extraHeaders.forEach((name, value) -> {
            all.keySet().removeIf(name::equalsIgnoreCase);
            all.put(name, value);
        });
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return bytes(head.append(length).append("\r\n\r\n").toString());
    }

    private static String reason(int status) {
        return status < 300 ? "OK" : status < 500 ? "Refused" : "Error";
    }

    private static String chunkOf(String text) {
        return Integer.toHexString(bytes(text).length) + "\r\n" + text + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
