package dev.exai.providers.openai;

import dev.exai.providers.http.HttpSettings;
import java.net.Proxy;
import java.time.Duration;
import java.util.Objects;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * How a provider sends. Immutable.
 *
 * <p>What makes the library's promises is not among it: no redirects, no silent second sending, no limit on how many
 * requests are in flight, no time-outs but the connect limit.
 */
public final class HttpOptions {
    private static final HttpOptions DEFAULT = new HttpOptions(new Builder());
    private static final Duration PING_INTERVAL = Duration.ofSeconds(15);

    private final HttpSettings settings;
    private final @Nullable String userAgent;

    private HttpOptions(Builder builder) {
        this.settings = new HttpSettings(builder.client, builder.proxy, builder.pingInterval);
        this.userAgent = builder.userAgent;
    }

    /** {@return HTTP/1.1, with a socket for each exchange, and the system's proxy} */
    public static HttpOptions defaults() {
        return DEFAULT;
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    HttpSettings settings() {
        return settings;
    }

    /** {@return what the header {@code User-Agent} says} */
    String userAgent() {
        return (userAgent == null ? "" : userAgent + " ") + "exai/" + Version.TEXT;
    }

    @Override
    public String toString() {
        return "HttpOptions[" + (settings.pingInterval() == null ? "HTTP/1.1" : "HTTP/2")
                + (settings.proxy() == null ? "" : ", proxy") + (settings.client() == null ? "" : ", own client") + "]";
    }

    /** Builds {@link HttpOptions}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable OkHttpClient client;
        private @Nullable Proxy proxy;
        private @Nullable Duration pingInterval;
        private @Nullable String userAgent;

        private Builder() {}

        /**
         * Uses HTTP/2 where the server speaks it, and asks each connection every 15 s whether it lives.
         *
         * <p>All exchanges share one connection then: fewer handshakes, but what breaks the connection breaks them all.
         * To a URL of http it is spoken without asking.
         *
         * @return this builder
         */
        public Builder http2() {
            return http2(PING_INTERVAL);
        }

        /**
         * Uses HTTP/2 where the server speaks it.
         *
         * @param newPingInterval how often a connection is asked whether it lives; one that does not answer until the
         *     next time is dead
         * @return this builder
         */
        public Builder http2(Duration newPingInterval) {
            if (newPingInterval.toMillis() < 1) {
                throw new IllegalArgumentException("pingInterval < 1 ms: " + newPingInterval);
            }
            this.pingInterval = newPingInterval;
            return this;
        }

        /**
         * Sends through a proxy. By default the system's settings decide.
         *
         * @param newProxy the proxy; {@link Proxy#NO_PROXY} for none whatever the system says
         * @return this builder
         */
        public Builder proxy(Proxy newProxy) {
            this.proxy = Objects.requireNonNull(newProxy, "proxy");
            return this;
        }

        /**
         * Starts from a client of the application's: for certificates of its own, a proxy's password, name look-up, or
         * interceptors. Protocols, time-outs, redirects, repetition, dispatcher and connections are replaced. An
         * interceptor that sends again, or that logs headers, breaks what this library promises.
         *
         * @param newClient the client; not closed
         * @return this builder
         */
        public Builder client(OkHttpClient newClient) {
            this.client = Objects.requireNonNull(newClient, "client");
            return this;
        }

        /**
         * Sets who is said to ask, before the library's own name.
         *
         * @param application for example {@code my-agent/1.0}; printable ASCII
         * @return this builder
         */
        public Builder userAgent(String application) {
            if (!application.matches("[\\x20-\\x7e]{1,200}") || application.isBlank()) {
                throw new IllegalArgumentException("userAgent: allowed are 1 to 200 printable ASCII characters");
            }
            this.userAgent = application;
            return this;
        }

        /** {@return the options} */
        public HttpOptions build() {
            return new HttpOptions(this);
        }
    }
}
