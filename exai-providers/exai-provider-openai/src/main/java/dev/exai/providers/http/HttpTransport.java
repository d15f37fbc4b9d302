package dev.exai.providers.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.context.SystemScheduler;
import dev.exai.spi.Exchange;
import java.io.IOException;
import java.net.MalformedURLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * Sends requests over HTTP/1.1, each on a thread and a socket of its own.
 *
 * <p>OkHttp is kept from doing anything behind our back: no limit on requests in flight (permits are that limit), no
 * silent second sending, no redirects, no timeout but that of connecting, which is kept here for the whole of it: name
 * look-up, all addresses, and TLS. Limits on silence and length are kept by whoever calls, who aborts the exchange.
 *
 * <p>Safe for use by many threads.
 */
public final class HttpTransport implements AutoCloseable {
    private static final int IDLE_CONNECTIONS = 5;
    private static final Duration IDLE_TIME = Duration.ofSeconds(30);

    private final String name;
    private final OkHttpClient client;
    private final ExecutorService threads;
    private final ExecutorService lookupThreads;
    private final SystemScheduler timer;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<HttpExchange> open = new HashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    private HttpTransport(String name, Dns dns) {
        this.name = name;
        this.threads = Threads.preferVirtual("exai-http-" + name + "-");
        // The system's look-up blocks its carrier, so it gets platform threads on every JDK.
        this.lookupThreads = Threads.platform("exai-http-" + name + "-dns-");
        this.timer = SystemScheduler.create("exai-http-" + name + "-timer");
        this.client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_TIME.toSeconds(), TimeUnit.SECONDS))
                .dns(new Lookups(dns, lookupThreads))
                .eventListener(new ConnectionWatch())
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(Duration.ZERO)
                .connectTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .build();
        // Calls are run by our own threads, so OkHttp's queue is never used; should it be, it must not hold any back.
        client.dispatcher().setMaxRequests(Integer.MAX_VALUE);
        client.dispatcher().setMaxRequestsPerHost(Integer.MAX_VALUE);
    }

    /**
     * {@return a transport with no connection yet}
     *
     * @param provider whose it is; part of the names of its threads
     */
    public static HttpTransport create(ProviderId provider) {
        return create(provider, Dns.SYSTEM);
    }

    static HttpTransport create(ProviderId provider, Dns dns) {
        return new HttpTransport(provider.value(), dns);
    }

    /**
     * Sends a request and returns at once.
     *
     * @param call what to send
     * @param reader takes what comes back, on a thread of this transport
     * @return the exchange
     * @throws IllegalStateException if this transport is closed; the reader is not told
     */
    public Exchange send(HttpCall call, ResponseReader reader) {
        HttpExchange exchange =
                new HttpExchange(client, requestOf(call), reader, call.connectLimit(), timer, this::over);
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
            open.add(exchange);
        }
        try {
            threads.execute(exchange);
        } catch (RuntimeException | Error e) { // closed in the same moment, or no thread to be had
            over(exchange);
            throw new IllegalStateException(name + " cannot start an exchange", e);
        }
        return exchange;
    }

    private void over(HttpExchange exchange) {
        synchronized (lock) {
            open.remove(exchange);
        }
    }

    /**
     * Aborts what is open, and lets go of connections and threads. Waits for nothing: readers are told by the threads
     * of their exchanges. May be called twice.
     */
    @Override
    public void close() {
        List<HttpExchange> left;
        synchronized (lock) {
            closed = true;
            left = List.copyOf(open);
        }
        left.forEach(HttpExchange::abort);
        threads.shutdown();
        lookupThreads.shutdown();
        timer.close();
        client.connectionPool().evictAll();
    }

    @Override
    public String toString() {
        return "HttpTransport[" + name + "]";
    }

    private static Request.Builder requestOf(HttpCall call) {
        Request.Builder request = new Request.Builder().post(new OnceBody(call.body()));
        try {
            request.url(call.url().toURL());
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("not a URL of HTTP: " + call.url(), e);
        }
        call.headers().forEach(request::header);
        return request;
    }

    /** A body that OkHttp may send once only: else it sends a request again that was answered 503 with Retry-After 0. */
    private static final class OnceBody extends RequestBody {
        private static final MediaType JSON = MediaType.get("application/json");

        private final byte[] bytes;

        OnceBody(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public MediaType contentType() {
            return JSON;
        }

        @Override
        public long contentLength() {
            return bytes.length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.write(bytes);
        }
    }

    /** Tells an exchange that its connection stands. */
    private static final class ConnectionWatch extends EventListener {
        @Override
        public void connectionAcquired(Call call, Connection connection) {
            HttpExchange exchange = call.request().tag(HttpExchange.class);
            if (exchange != null) {
                exchange.connected();
            }
        }
    }
}
