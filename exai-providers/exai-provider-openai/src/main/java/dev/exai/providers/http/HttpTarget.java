package dev.exai.providers.http;

import java.net.URI;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.HttpUrl;

/** Where requests go, and with which headers: made once for many. Immutable. {@code toString} shows no header. */
public final class HttpTarget {
    private final HttpUrl url;
    private final Headers headers;

    private HttpTarget(HttpUrl url, Headers headers) {
        this.url = url;
        this.headers = headers;
    }

    /**
     * {@return a target}
     *
     * @param url where to
     * @param headers the headers to send
     * @throws IllegalArgumentException if the URL is none of HTTP, or a header cannot be sent
     */
    public static HttpTarget of(URI url, Map<String, String> headers) {
        HttpUrl parsed = HttpUrl.parse(url.toString());
        if (parsed == null) {
            throw new IllegalArgumentException("not a URL of HTTP: " + url.getHost());
        }
        return new HttpTarget(parsed, Headers.of(headers));
    }

    HttpUrl url() {
        return url;
    }

    Headers headers() {
        return headers;
    }

    @Override
    public String toString() {
        return "HttpTarget[" + url.host() + "]";
    }
}
