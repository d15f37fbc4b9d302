package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.server.RawHTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP/2 by way of Jetty's own interface to frames: a stream that its client resets is known of at once, also
 * before its headers were sent. Each request is answered on a thread of its own.
 */
final class Http2Listener implements Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_BODY = 64 * 1024 * 1024;
    private static final int MAX_STREAMS = 100_000;

    private final String name;
    private final Handler handler;
    private final Server server;
    private final ServerConnector connector;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Thread, Http2Wire> open = new HashMap<>();

    @GuardedBy("lock")
    private int accepted;

    @GuardedBy("lock")
    private int answered;

    @GuardedBy("lock")
    private boolean closed;

    private Http2Listener(String name, int port, @Nullable SSLContext tls, Handler handler) {
        this.name = "exai-fake-" + name + "-h2";
        this.handler = handler;
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName(this.name);
        threads.setDaemon(true);
        this.server = new Server(threads, new ScheduledExecutorScheduler(this.name + "-timer", true), null);
        this.server.setStopTimeout(0);
        this.connector = new ServerConnector(server, 1, 1, factories(tls));
        this.connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        this.connector.setPort(port);
        this.connector.setIdleTimeout(0);
        this.server.addConnector(connector);
    }

    static Http2Listener start(String name, int port, @Nullable SSLContext tls, Handler handler) {
        Http2Listener listener = new Http2Listener(name, port, tls, handler);
        try {
            listener.server.start();
            return listener;
        } catch (IOException e) {
            listener.close();
            throw new UncheckedIOException("cannot listen on port " + port, e);
        } catch (Exception e) {
            listener.close();
            throw new IllegalStateException("the HTTP/2 server does not start", e);
        }
    }

    private ConnectionFactory[] factories(@Nullable SSLContext tls) {
        RawHTTP2ServerConnectionFactory h2 =
                new RawHTTP2ServerConnectionFactory(new HttpConfiguration(), new Sessions(), "h2", "h2c");
        h2.setRateControlFactory(new RateControl.Factory() {}); // a client under test may reset as often as it likes
        h2.setMaxConcurrentStreams(MAX_STREAMS);
        h2.setStreamIdleTimeout(0);
        if (tls == null) {
            return new ConnectionFactory[] {h2};
        }
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls);
        context.setCipherComparator(HTTP2Cipher.COMPARATOR);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2");
        alpn.setDefaultProtocol("h2");
        return new ConnectionFactory[] {new SslConnectionFactory(context, alpn.getProtocol()), alpn, h2};
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public int accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    @Override
    public List<String> open() {
        return connector.getConnectedEndPoints().stream()
                .map(each -> "connection from " + each.getRemoteSocketAddress() + ", over HTTP/2")
                .sorted()
                .toList();
    }

    /** All connections. */
    private final class Sessions implements ServerSessionListener {
        @Override
        public void onAccept(Session session) {
            synchronized (lock) {
                accepted++;
            }
            handler.accepted();
        }

        @Override
        public Stream.Listener onNewStream(Stream stream, HeadersFrame frame) {
            Incoming incoming = new Incoming(stream, (MetaData.Request) frame.getMetaData());
            if (frame.isEndStream()) {
                incoming.answer();
            } else {
                stream.demand();
            }
            return incoming;
        }
    }

    /** One request as it comes in. Jetty calls it by one thread at a time. */
    private final class Incoming implements Stream.Listener {
        private final MetaData.Request head;
        private final Http2Wire wire;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        Incoming(Stream stream, MetaData.Request head) {
            this.head = head;
            this.wire = new Http2Wire(stream);
        }

        @Override
        public void onDataAvailable(Stream stream) {
            for (Stream.Data data = stream.readData(); data != null; data = stream.readData()) {
                byte[] part = new byte[data.frame().getByteBuffer().remaining()];
                data.frame().getByteBuffer().get(part);
                boolean isLast = data.frame().isEndStream();
                data.release();
                if (body.size() + part.length > MAX_BODY) {
                    wire.halfClose();
                    return;
                }
                body.writeBytes(part);
                if (isLast) {
                    answer();
                    return;
                }
            }
            stream.demand();
        }

        private void answer() {
            Map<String, String> headers = new LinkedHashMap<>();
            for (HttpField field : head.getHttpFields()) {
                String value = field.getValue() == null ? "" : field.getValue();
                headers.merge(field.getName().toLowerCase(Locale.ROOT), value, (a, b) -> a + ", " + b);
            }
            HttpRequest request = new HttpRequest(
                    head.getMethod(),
                    head.getHttpURI().getPathQuery(),
                    "HTTP/2",
                    headers,
                    body.toString(StandardCharsets.UTF_8));
            begin(request, wire);
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            wire.leave();
            callback.succeeded();
        }

        @Override
        public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
            wire.leave();
            callback.succeeded();
        }

        @Override
        public void onClosed(Stream stream) {
            wire.leave();
        }
    }

    private void begin(HttpRequest request, Http2Wire wire) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            answered++;
            Thread thread = new Thread(() -> answer(request, wire), name + "-" + answered);
            thread.setDaemon(true);
            open.put(thread, wire);
            thread.start();
        }
    }

    private void answer(HttpRequest request, Http2Wire wire) {
        try {
            handler.handle(request, wire);
        } catch (IOException e) {
            // The client left, or the server was closed: nobody is there to be told.
        } finally {
            synchronized (lock) {
                open.remove(Thread.currentThread());
            }
        }
    }

    @Override
    public void close() {
        Map<Thread, Http2Wire> left;
        synchronized (lock) {
            closed = true;
            left = Map.copyOf(open);
        }
        try {
            server.stop();
        } catch (Exception e) {
            // It is closed all the same.
        }
        left.values().forEach(Http2Wire::leave);
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<Thread> threads = new ArrayList<>(left.keySet());
        threads.forEach(thread -> Threads.join(thread, end));
    }
}
