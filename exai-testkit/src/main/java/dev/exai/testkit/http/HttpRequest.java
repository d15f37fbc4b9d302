package dev.exai.testkit.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as it came over the wire. Header names are in lower case. */
record HttpRequest(String method, String path, String version, Map<String, String> headers, String body) {
    private static final int MAX_LINE = 64 * 1024;
    private static final int MAX_HEADERS = 200;
    private static final int MAX_BODY = 64 * 1024 * 1024;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** {@return the next request, or null if the client has closed instead} */
    static @Nullable HttpRequest read(Client client) throws IOException {
        String first = line(client);
        if (first == null) {
            return null;
        }
        String[] parts = first.split(" ", -1);
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            throw new IOException("not a line that begins an HTTP/1 request");
        }
        Map<String, String> headers = headers(client);
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            client.write(CONTINUE);
        }
        return new HttpRequest(parts[0], parts[1], parts[2], headers, body(client, headers));
    }

    /** {@return whether the connection may serve another request after this one} */
    boolean keepsAlive() {
        String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        return version.equals("HTTP/1.0") ? connection.contains("keep-alive") : !connection.contains("close");
    }

    private static Map<String, String> headers(Client client) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = wholeLine(client); !line.isEmpty(); line = wholeLine(client)) {
            int colon = line.indexOf(':');
            if (colon <= 0 || headers.size() == MAX_HEADERS) {
                throw new IOException("not a header, or too many");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        return headers;
    }

    private static String body(Client client, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            for (int size = chunkSize(client); size > 0; size = chunkSize(client)) {
                copy(client, size, body);
                wholeLine(client);
            }
            while (!wholeLine(client).isEmpty()) {
                // Trailers say nothing to us.
            }
        } else {
            copy(client, number(headers.getOrDefault("content-length", "0"), 10), body);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static int chunkSize(Client client) throws IOException {
        return number(wholeLine(client).split(";", -1)[0], 16);
    }

    private static int number(String text, int radix) throws IOException {
        try {
            return Integer.parseInt(text.strip(), radix);
        } catch (NumberFormatException e) {
            throw new IOException("not the length of a body", e);
        }
    }

    private static void copy(Client client, int count, ByteArrayOutputStream body) throws IOException {
        if (count < 0 || body.size() + count > MAX_BODY) {
            throw new IOException("the body is too long");
        }
        for (int i = 0; i < count; i++) {
            body.write(wholeByte(client));
        }
    }

    private static int wholeByte(Client client) throws IOException {
        int b = client.read();
        if (b < 0) {
            throw new ClientLeftException();
        }
        return b;
    }

    private static String wholeLine(Client client) throws IOException {
        String line = line(client);
        if (line == null) {
            throw new ClientLeftException();
        }
        return line;
    }

    /** {@return the line without its end, or null if the client has closed before it began} */
    private static @Nullable String line(Client client) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = client.read();
        if (b < 0) {
            return null;
        }
        for (; b != '\n'; b = wholeByte(client)) {
            if (line.size() == MAX_LINE) {
                throw new IOException("a line is too long");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
