package dev.exai.examples.daemon.ws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.context.Scheduler;
import dev.exai.examples.daemon.tool.PermitsReport;
import dev.exai.examples.daemon.tool.Sessions;
import dev.exai.examples.daemon.tool.Toolbox;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** Serves the old daemon's protocol at /ws, so that the shims that people have connect. */
public final class WsEndpoint {
    /** The old shims put a mark behind each tool's name. */
    private static final Pattern MARK = Pattern.compile("[_-]EXAI[_-]WS$", Pattern.CASE_INSENSITIVE);

    private final Toolbox toolbox;
    private final Sessions sessions;
    private final PermitsReport permits;
    private final Predicate<String> token;
    private final Scheduler scheduler;
    private final Executor executor;
    private final WsOptions options;
    private final Set<WsConnection> connections = ConcurrentHashMap.newKeySet();

    /**
     * Creates the endpoint.
     *
     * @param toolbox what clients can call
     * @param sessions opens a session for each client
     * @param permits what {@code health} answers
     * @param token says whether a token is the right one
     * @param scheduler the clock
     * @param executor does the writing
     * @param options how clients are served
     */
    public WsEndpoint(
            Toolbox toolbox,
            Sessions sessions,
            PermitsReport permits,
            Predicate<String> token,
            Scheduler scheduler,
            Executor executor,
            WsOptions options) {
        this.toolbox = Objects.requireNonNull(toolbox, "toolbox");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.permits = Objects.requireNonNull(permits, "permits");
        this.token = Objects.requireNonNull(token, "token");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.executor = Objects.requireNonNull(executor, "executor");
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Adds the endpoint to a server.
     *
     * @param container the server's WebSocket part
     */
    public void addTo(ServerWebSocketContainer container) {
        container.setMaxTextMessageSize(options.maxBytes());
        container.setMaxFrameSize(options.maxBytes());
        container.addMapping("/ws", (request, response, callback) -> new WsConnection(this));
    }

    /** Tells every client that the daemon goes away, after what it was told so far. */
    public void close() {
        connections.forEach(connection -> connection.close(StatusCode.SHUTDOWN));
    }

    static String plainName(String name) {
        return MARK.matcher(name).replaceFirst("");
    }

    void opened(WsConnection connection) {
        connections.add(connection);
    }

    void closed(WsConnection connection) {
        connections.remove(connection);
    }

    boolean mayEnter(String shown) {
        return token.test(shown);
    }

    ObjectNode health() {
        return permits.json();
    }

    Toolbox toolbox() {
        return toolbox;
    }

    Sessions sessions() {
        return sessions;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Executor executor() {
        return executor;
    }

    WsOptions options() {
        return options;
    }
}
