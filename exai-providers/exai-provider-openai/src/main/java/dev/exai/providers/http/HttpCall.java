package dev.exai.providers.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** One POST of a JSON text. Immutable, so long as nobody changes the bytes. {@code toString} shows no header. */
public final class HttpCall {
    private final URI url;
    private final Map<String, String> headers;
    private final byte[] body;
    private final Duration connectLimit;

    /**
     * Creates the call.
     *
     * @param url where to
     * @param headers the headers to send
     * @param body the JSON text as UTF-8; kept, not copied
     * @param connectLimit the most time until a connection stands, name look-up and TLS included
     */
    public HttpCall(URI url, Map<String, String> headers, byte[] body, Duration connectLimit) {
        this.url = Objects.requireNonNull(url, "url");
        this.headers = Map.copyOf(headers);
        this.body = Objects.requireNonNull(body, "body");
        this.connectLimit = Objects.requireNonNull(connectLimit, "connectLimit");
    }

    URI url() {
        return url;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    Duration connectLimit() {
        return connectLimit;
    }

    @Override
    public String toString() {
        return "HttpCall[" + url.getHost() + ", " + body.length + " bytes]";
    }
}
