package dev.exai.testkit.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and its answer over HTTP/1.1: of known length, or in chunks. */
final class Http1Wire implements Wire {
    private static final String END_OF_CHUNKS = "0\r\n\r\n";

    private final Client client;
    private boolean chunked;

    /** The head of an answer whose length is known, until its body comes. */
    private byte[] pending = new byte[0];

    Http1Wire(Client client) {
        this.client = client;
    }

    @Override
    public void pause(Duration time) throws IOException {
        client.pause(time);
    }

    @Override
    public void awaitLeaving() throws IOException {
        client.awaitLeaving();
    }

    @Override
    public void writeWith(@Nullable Duration delay) {
        client.writeWith(delay);
    }

    @Override
    public void head(int status, Map<String, String> headers, long length) throws IOException {
        chunked = length == UNKNOWN;
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length)
                .append("\r\n\r\n");
        if (chunked) {
            client.write(bytes(head.toString()));
        } else {
            pending = bytes(head.toString());
        }
    }

    private static String reason(int status) {
        return status < 300 ? "OK" : status < 500 ? "Refused" : "Error";
    }

    @Override
    public void body(byte[] part) throws IOException {
        client.write(chunked ? chunkOf(part) : withHead(part));
    }

    @Override
    public void end(byte[] last) throws IOException {
        client.write(chunked ? joined(last.length == 0 ? last : chunkOf(last), bytes(END_OF_CHUNKS)) : withHead(last));
    }

    private byte[] withHead(byte[] part) {
        byte[] all = joined(pending, part);
        pending = new byte[0];
        return all;
    }

    private static byte[] chunkOf(byte[] part) {
        return joined(joined(bytes(Integer.toHexString(part.length) + "\r\n"), part), bytes("\r\n"));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void reset() throws IOException {
        client.reset();
    }

    @Override
    public void halfClose() throws IOException {
        client.halfClose();
    }

    @Override
    public void nonsense() throws IOException {
        client.write(bytes("\u0016\u0003 this is no answer\r\n\r\n"));
        client.halfClose();
    }
}
