package dev.exai.providers.http;

import java.net.Proxy;
import java.time.Duration;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * How a transport differs from the usual.
 *
 * @param client the client to start from, for example with certificates, a proxy's password or interceptors; or null
 * @param proxy the proxy, or null for what the system says
 * @param pingInterval how often an HTTP/2 connection is asked whether it lives; null for HTTP/1.1
 */
public record HttpSettings(
        @Nullable OkHttpClient client,
        @Nullable Proxy proxy,
        @Nullable Duration pingInterval) {
    /** HTTP/1.1, a client of its own, the system's proxy. */
    public static final HttpSettings DEFAULT = new HttpSettings(null, null, null);
}
