package dev.exai.providers.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SystemScheduler;
import dev.exai.spi.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends requests, each on a thread of its own, and over HTTP/1.1, which is the default, on a socket of its own.
 *
 * <p>OkHttp is kept from doing anything behind our back: no limit on requests in flight (permits are that limit), no
 * silent second sending (we ourselves send once more if a pooled connection was dead), no redirects, no timeout but that
 * of connecting, which is kept here for the whole of it: name look-up, all addresses, and TLS. Limits on silence and length are kept by whoever calls, who aborts the exchange.
 *
 * <p>Safe for use by many threads.
 */
public final class HttpTransport implements AutoCloseable {
    private static final int IDLE_CONNECTIONS = 5;
    private static final Duration IDLE_TIME = Duration.ofSeconds(30);

    private final String name;
    private final OkHttpClient client;
    private final OkHttpClient plainClient;
    private final ExecutorService threads;
    private final ExecutorService lookupThreads;
    private final SystemScheduler timer;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<HttpExchange> open = new HashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    private HttpTransport(String name, HttpSettings settings, Dns dns) {
        this.name = name;
        this.threads = Threads.preferVirtual("exai-http-" + name + "-");
        // The system's look-up blocks its carrier, so it gets platform threads on every JDK.
        this.lookupThreads = Threads.platform("exai-http-" + name + "-dns-");
        this.timer = SystemScheduler.create("exai-http-" + name + "-timer");
        OkHttpClient.Builder builder = settings.client() == null
                ? new OkHttpClient.Builder()
                : settings.client().newBuilder();
        builder.protocols(List.of(Protocol.HTTP_1_1))
                .dispatcher(new Dispatcher())
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_TIME.toSeconds(), TimeUnit.SECONDS))
                .dns(new Lookups(
                        settings.client() == null ? dns : settings.client().dns(), lookupThreads))
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                .callTimeout(Duration.ZERO)
                .connectTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO);
        if (settings.client() == null) {
            builder.eventListener(new ConnectionWatch());
        } else {
            builder.addNetworkInterceptor(new Reuse());
            // A client of the application's may have a listener of its own, and keeps it.
            builder.interceptors().add(HttpTransport::connecting);
            builder.networkInterceptors().add(0, HttpTransport::connected);
        }
        if (settings.proxy() != null) {
            builder.proxy(settings.proxy());
        }
        if (settings.pingInterval() != null) {
            builder.protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1)).pingInterval(settings.pingInterval());
        }
        this.client = builder.build();
        // Without TLS there is nobody to ask which protocol it shall be.
        this.plainClient = settings.pingInterval() == null
                ? client
                : client.newBuilder()
                        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                        .build();
        // Calls are run by our own threads, so OkHttp's queue is never used; should it be, it must not hold any back.
        client.dispatcher().setMaxRequests(Integer.MAX_VALUE);
        client.dispatcher().setMaxRequestsPerHost(Integer.MAX_VALUE);
    }

    /**
     * {@return a transport with no connection yet}
     *
     * @param provider whose it is; part of the names of its threads
     * @param settings how it differs from the usual
     */
    public static HttpTransport create(ProviderId provider, HttpSettings settings) {
        return create(provider, settings, Dns.SYSTEM);
    }

    static HttpTransport create(ProviderId provider, HttpSettings settings, Dns dns) {
        return new HttpTransport(provider.value(), settings, dns);
    }

    /** Tells an exchange that it may begin to connect. */
    private static Response connecting(Interceptor.Chain chain) throws IOException {
        HttpExchange exchange = chain.request().tag(HttpExchange.class);
        if (exchange != null) {
            exchange.connecting();
        }
        return chain.proceed(chain.request());
    }

    /** Tells an exchange that its connection stands. */
    private static Response connected(Interceptor.Chain chain) throws IOException {
        HttpExchange exchange = chain.request().tag(HttpExchange.class);
        if (exchange != null) {
            exchange.connected();
        }
        return chain.proceed(chain.request());
    }

    /** {@return the clock and timer of this transport} */
    public Scheduler timer() {
        return timer;
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
        return send(call, reader, work -> false);
    }

    /**
     * Sends a request and returns at once.
     *
     * @param call what to send
     * @param reader takes what comes back, on one thread
     * @param lender may take the work, to run it on a thread of its own once this method has returned
     * @return the exchange
     * @throws IllegalStateException if this transport is closed; the reader is not told
     */
    public Exchange send(HttpCall call, ResponseReader reader, Predicate<Runnable> lender) {
        HttpTarget target = call.target();
        Request.Builder request = target.newRequest().method(call.method(), call.body());
        OkHttpClient sender = target.isHttps() ? client : plainClient;
        HttpExchange exchange = new HttpExchange(sender, request, reader, call.connectLimit(), timer, this::over);
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
            open.add(exchange);
        }
        try {
            if (!lender.test(exchange)) {
                threads.execute(exchange);
            }
        } catch (RuntimeException | Error e) { // closed in the same moment, or no thread to be had
            over(exchange);
            throw new IllegalStateException(name + " cannot start an exchange", e);
        }
        return exchange;
    }

    private void over(HttpExchange exchange) {
        boolean last;
        synchronized (lock) {
            open.remove(exchange);
            last = closed && open.isEmpty();
        }
        if (last) {
            client.connectionPool().evictAll(); // what was in use when it was closed
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

    /** Tells an exchange that it begins to connect, and that its connection stands. */
    private static final class ConnectionWatch extends EventListener {
        private final Reuse reuse = new Reuse();

        /** The first thing that happens if there is no connection that stands already. */
        @Override
        public void proxySelectStart(Call call, HttpUrl url) {
            HttpExchange exchange = call.request().tag(HttpExchange.class);
            if (exchange != null) {
                exchange.connecting();
            }
        }

        @Override
        public void connectionAcquired(Call call, Connection connection) {
            HttpExchange exchange = call.request().tag(HttpExchange.class);
            if (exchange != null) {
                exchange.setReused(reuse.wasUsed(connection));
                exchange.connected();
            }
        }
    }
}
