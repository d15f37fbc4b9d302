package dev.exai.examples.daemon;

import dev.exai.Exai;
import dev.exai.context.ProviderId;
import dev.exai.context.SystemScheduler;
import dev.exai.examples.daemon.http.Guard;
import dev.exai.examples.daemon.http.HealthHandler;
import dev.exai.examples.daemon.http.SlowHeaders;
import dev.exai.examples.daemon.http.Ticks;
import dev.exai.examples.daemon.http.WebOptions;
import dev.exai.examples.daemon.http.WebServer;
import dev.exai.examples.daemon.mcp.McpEndpoint;
import dev.exai.examples.daemon.mcp.McpTools;
import dev.exai.examples.daemon.mcp.StdioEndpoint;
import dev.exai.examples.daemon.tool.ChatTool;
import dev.exai.examples.daemon.tool.DaemonTool;
import dev.exai.examples.daemon.tool.ListModelsTool;
import dev.exai.examples.daemon.tool.PermitsReport;
import dev.exai.examples.daemon.tool.RunTool;
import dev.exai.examples.daemon.tool.Sessions;
import dev.exai.examples.daemon.tool.StatusTool;
import dev.exai.examples.daemon.tool.TasksTool;
import dev.exai.examples.daemon.tool.Toolbox;
import dev.exai.examples.daemon.ws.WsEndpoint;
import dev.exai.examples.daemon.ws.WsOptions;
import dev.exai.examples.workflows.Folder;
import dev.exai.examples.workflows.ReadyRuns;
import dev.exai.micrometer.ExaiMeters;
import dev.exai.model.ModelCatalog;
import dev.exai.permit.PermitLimits;
import dev.exai.run.Runs;
import dev.exai.session.Session;
import dev.exai.spi.Provider;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon as an object: it can be started, asked where it listens, and stopped.
 *
 * <pre>{@code
 * try (Daemon daemon = Daemon.of(Settings.of(Map.of(Setting.PORT, "0"), null, Map.of()))) {
 *   daemon.listen();
 *   System.out.println("http://127.0.0.1:" + daemon.port() + "/mcp");
 * }
 * }</pre>
 */
public final class Daemon implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Settings settings;
    private final Upstreams upstreams;
    private final Exai exai;
    private final SystemScheduler timer = SystemScheduler.create("exai-daemon-timer");
    private final ExecutorService readers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "exai-reader");
        thread.setDaemon(true);
        return thread;
    });
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PermitsReport permits;
    private final KeptRuns kept;
    private final ReadyRuns ready;
    private final Runs runs;
    private final Toolbox toolbox;
    private final Sessions sessions;
    private final McpTools mcp;
    private final AtomicBoolean stopping = new AtomicBoolean();

    private @Nullable WebServer web;
    private @Nullable WsEndpoint webSockets;
    private @Nullable McpEndpoint streams;
    private @Nullable Ticks sweeps;
    private @Nullable InstanceLock lock;

    private Daemon(Settings settings, Upstreams upstreams, KeptRuns kept) {
        this.settings = settings;
        this.upstreams = upstreams;
        this.kept = kept;
        List<Provider> providers = upstreams.providers();
        this.exai = Exai.builder(
                        providers.get(0), providers.subList(1, providers.size()).toArray(Provider[]::new))
                .environment(settings.asEnvironment())
                .limits(limits(settings)) // those of the environment, and of single models
                .build();
        List<ProviderId> names = providers.stream().map(Provider::id).toList();
        ExaiMeters meters = ExaiMeters.of(
                exai, registry, names.stream().map(ProviderId::value).toArray(String[]::new));
        meters.bind();
        ModelCatalog catalog = ModelCatalog.of(providers);
        this.permits = new PermitsReport(exai, catalog);
        this.ready = readyRuns(settings, names);
        this.runs = kept.runs(exai);
        List<DaemonTool> tools = new ArrayList<>();
        tools.add(new ChatTool(settings.seconds(Setting.CALL_TIMEOUT), readers, meters::observe));
        RunTool.Bench bench = new RunTool.Bench(ready, runs, settings.seconds(Setting.RUN_TIMEOUT), kept.isDurable());
        ready.names().forEach(name -> tools.add(new RunTool(name, bench)));
        tools.add(new ListModelsTool(catalog));
        tools.add(new StatusTool(permits));
        tools.add(new TasksTool(runs, kept.store()));
        this.toolbox = new Toolbox(tools);
        this.sessions = new Sessions(exai, settings.number(Setting.MAX_SESSIONS));
        this.mcp = new McpTools(toolbox, timer, settings.seconds(Setting.PROGRESS), version());
    }

    /**
     * {@return a daemon that serves nobody yet}
     *
     * @param settings what it runs with
     * @throws IllegalArgumentException if a setting of a provider or a limit makes no sense
     */
    public static Daemon of(Settings settings) {
        return withWarnings(settings, KeptRuns.open(settings));
    }

    /**
     * {@return a daemon for one client over streams} Its runs are in memory unless it has a state directory of its own: the file
     * in the common one is for the daemon that listens.
     *
     * @param settings what it runs with
     * @throws IllegalArgumentException if a setting of a provider or a limit makes no sense
     */
    static Daemon forOneClient(Settings settings) {
        boolean ownFolder = !settings.isDefault(Setting.STATE_DIR) || !settings.isDefault(Setting.RUN_STORE);
        return withWarnings(settings, ownFolder ? KeptRuns.open(settings) : KeptRuns.inMemory());
    }

    private static Daemon withWarnings(Settings settings, KeptRuns kept) {
        settings.warnings().forEach(warning -> log.warn("{}", warning));
        try {
            Daemon daemon = of(settings, kept);
            if (daemon.usesFakes()) {
                log.warn("No key in the environment (GLM_API_KEY, KIMI_API_KEY): answers come from built-in fake"
                        + " providers");
            }
            return daemon;
        } catch (IllegalArgumentException wrong) {
            kept.close();
            throw wrong;
        }
    }

    /** {@return a daemon to look at, which touches no file: it serves nobody} */
    static Daemon withoutStore(Settings settings) {
        return of(settings, KeptRuns.inMemory());
    }

    private static Daemon of(Settings settings, KeptRuns kept) {
        Upstreams upstreams = Upstreams.of(settings.asEnvironment());
        try {
            return new Daemon(settings, upstreams, kept);
        } catch (IllegalArgumentException wrong) {
            upstreams.close();
            throw wrong;
        }
    }

    /** Three opinions make a consensus: of as many models as there are, each in another stance. */
    private static ReadyRuns readyRuns(Settings settings, List<ProviderId> names) {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asked.add(names.get(i % names.size()).value());
        }
        if (settings.folder().isEmpty()) {
            return ReadyRuns.withoutFiles(asked);
        }
        Path folder = settings.folder().get();
        try {
            return ReadyRuns.over(Folder.at(folder), asked);
        } catch (IOException e) {
            throw new IllegalArgumentException(Setting.FOLDER.key() + "='" + folder + "': cannot be read: " + e, e);
        }
    }

    private static PermitLimits limits(Settings settings) {
        PermitLimits.Builder limits = PermitLimits.fromEnvironment(settings.asEnvironment()).toBuilder();
        settings.modelLimits().forEach((model, limit) -> {
            int slash = model.indexOf('/');
            limits.model(model.substring(0, slash), model.substring(slash + 1), limit);
        });
        return limits.build();
    }

    static String version() {
        String version = Daemon.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /**
     * Listens, and serves MCP, WebSocket, health and metrics.
     *
     * @throws IllegalStateException if another daemon serves this port
     * @throws Exception if it cannot listen
     */
    public void listen() throws Exception {
        int port = settings.number(Setting.PORT);
        if (port != 0) {
            lock = InstanceLock.take(settings.stateDir(), port);
        }
        int maxBytes = settings.number(Setting.MAX_BYTES);
        Duration idle = settings.seconds(Setting.SESSION_IDLE);
        WebServer server = new WebServer(new WebOptions(
                settings.text(Setting.HOST),
                port,
                settings.number(Setting.MAX_CONNECTIONS),
                settings.seconds(Setting.CONNECTION_IDLE)));
        web = server;
        Guard guard = new Guard(server::port, settings.allowedHosts(), settings.token(), Set.of("/ws"));
        SlowHeaders slowHeaders = new SlowHeaders(timer, settings.seconds(Setting.HEADER_TIME));
        WsEndpoint sockets = new WsEndpoint(
                toolbox,
                sessions,
                permits,
                guard::matches,
                timer,
                server.executor(),
                new WsOptions(
                        maxBytes,
                        settings.seconds(Setting.HELLO_TIMEOUT),
                        idle,
                        settings.seconds(Setting.PROGRESS),
                        settings.seconds(Setting.CALL_TIMEOUT)));
        webSockets = sockets;
        McpEndpoint endpoint = new McpEndpoint(sessions, timer, server.executor(), maxBytes, idle);
        streams = endpoint;
        mcp.serve(endpoint);
        HealthHandler health = new HealthHandler(toolbox, permits, registry::scrape);
        server.start(
                guard, slowHeaders, sockets::addTo, Map.of("/mcp", endpoint, "/health/*", health, "/metrics", health));
        sweeps = Ticks.every(
                timer, Duration.ofSeconds(1), () -> server.executor().execute(slowHeaders::sweep));
        kept.takeUp(exai, runs, ready);
        log.info(
                "Serves {} on port {}: /mcp, /ws, /health/live, /health/ready, /health/permits, /metrics",
                exai,
                port());
    }

    /** {@return the port that it listens on} */
    public int port() {
        WebServer server = web;
        if (server == null) {
            throw new IllegalStateException("it does not listen");
        }
        return server.port();
    }

    /**
     * Serves one client over streams until the input ends, on this thread.
     *
     * @param input what the client sends
     * @param output where answers go
     * @throws IOException if reading fails
     */
    public void serve(InputStream input, OutputStream output) throws IOException {
        kept.takeUp(exai, runs, ready);
        try (Session session = sessions.open("stdio", "")) {
            StdioEndpoint endpoint = new StdioEndpoint(session, output, timer, settings.number(Setting.MAX_BYTES));
            mcp.serve(endpoint);
            endpoint.run(input);
        }
    }

    /**
     * Takes no more calls, gives those under way some time, then cancels the rest and ends. Runs are suspended at once: what
     * they have done is kept, and they go on when a daemon is started anew. May be called twice.
     *
     * @param limit the time for calls under way
     */
    public void stop(Duration limit) {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        toolbox.drain();
        runs.close();
        try {
            if (!exai.closeGracefully(limit)) {
                log.warn("Calls were still under way after {}: they were cancelled", limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // all is closed then
        }
        WsEndpoint sockets = webSockets;
        if (sockets != null) {
            sockets.close();
        }
        McpEndpoint endpoint = streams;
        if (endpoint != null) {
            endpoint.close();
        }
        Ticks sweeping = sweeps;
        if (sweeping != null) {
            sweeping.close();
        }
        WebServer server = web;
        if (server != null) {
            server.stop(LAST_WORDS);
        }
        upstreams.close();
        kept.close();
        timer.close();
        readers.shutdown();
        InstanceLock held = lock;
        if (held != null) {
            try {
                held.close();
            } catch (IOException e) {
                log.warn("The lock file could not be closed: {}", e.toString());
            }
        }
        log.info("Stopped");
    }

    /** Cancels what is under way and ends. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /** {@return whether answers come from fake providers, because nothing had a key} */
    boolean usesFakes() {
        return upstreams.areFake();
    }

    /** {@return the library instance, for tests to look at} */
    Exai exai() {
        return exai;
    }
}
