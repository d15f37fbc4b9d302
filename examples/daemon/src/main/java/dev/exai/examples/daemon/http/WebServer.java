package dev.exai.examples.daemon.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** The one HTTP server. Nothing that it runs blocks, so a few threads serve any number of streams. */
public final class WebServer {
    private static final int THREADS = 32;
    /** Once it stops, a connection that is silent for this long has nothing more to say. */
    private static final long SHUTDOWN_IDLE_MILLIS = 200;

    private static final int HEADER_BYTES = 16 * 1024;

    private final Server server;
    private final ServerConnector connector;
    private final QueuedThreadPool threads;

    /** Knows which answers are under way. */
    private final GracefulHandler answers = new GracefulHandler();

    /**
     * Creates a server that is not started.
     *
     * @param options where to listen, and how much to take
     */
    public WebServer(WebOptions options) {
        threads = new QueuedThreadPool(THREADS);
        threads.setName("exai-http");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(options.idle().toMillis());
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(options.maxConnections(), server));
    }

    /** {@return what does the server's work} */
    public Executor executor() {
        return threads;
    }

    /** {@return the port that it listens on, once it does} */
    public int port() {
        return connector.getLocalPort();
    }

    /**
     * Starts.
     *
     * @param guard stands before everything
     * @param slowHeaders watches the connections
     * @param webSockets adds the WebSocket endpoints
     * @param handlers the HTTP endpoints by path
     * @throws Exception if it cannot listen
     */
    public void start(
            Guard guard,
            SlowHeaders slowHeaders,
            Consumer<ServerWebSocketContainer> webSockets,
            Map<String, Handler> handlers)
            throws Exception {
        connector.addBean(slowHeaders);
        PathMappingsHandler paths = new PathMappingsHandler();
        handlers.forEach((path, handler) -> paths.addMapping(PathSpec.from(path), handler));
        paths.addMapping(PathSpec.from("/"), new NotHere());
        ContextHandler context = new ContextHandler("/");
        WebSocketUpgradeHandler upgrade = WebSocketUpgradeHandler.from(server, context, webSockets);
        upgrade.setHandler(paths);
        context.setHandler(upgrade);
        guard.setHandler(context);
        slowHeaders.setHandler(guard);
        answers.setHandler(slowHeaders);
        server.setHandler(answers);
        server.start();
    }

    /**
     * Takes no more connections and ends those that are open.
     *
     * @param limit the time for answers under way to go out
     */
    public void stop(Duration limit) {
        try {
            // First: as soon as the server stops, a connection on which nothing came for a while is cut, answer or not.
            answers.shutdown().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            // they have had their time
        } catch (Exception e) {
            warn(e);
        }
        try {
            server.setStopTimeout(limit.toMillis());
            server.stop();
        } catch (Exception e) {
            warn(e);
        }
    }

    private static void warn(Exception e) {
        org.slf4j.LoggerFactory.getLogger(WebServer.class).warn("The HTTP server did not stop well: {}", e.toString());
    }

    private static final class NotHere extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Answers.refuse(response, callback, 404, "there is nothing here: /mcp, /ws, /health/..., /metrics");
            return true;
        }
    }
}
