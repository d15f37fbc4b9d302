package dev.exai.providers.http;

import java.net.URI;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** Where requests go, and with which headers: made once for many. Immutable. {@code toString} shows no header. */
public final class HttpTarget {
    private final Request request;

    private HttpTarget(Request request) {
        this.request = request;
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
        return new HttpTarget(
                new Request.Builder().url(parsed).headers(Headers.of(headers)).build());
    }

    boolean isHttps() {
        return request.isHttps();
    }

    /** {@return a request to it, for the method and the body to be set} */
    Request.Builder newRequest() {
        return request.newBuilder();
    }

    @Override
    public String toString() {
        return "HttpTarget[" + request.url().host() + "]";
    }
}
