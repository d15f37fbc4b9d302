package dev.exai.examples.daemon.mcp;

import dev.exai.context.Scheduler;
import dev.exai.error.ExaiException;
import dev.exai.examples.daemon.http.Answers;
import dev.exai.examples.daemon.http.Ticks;
import dev.exai.examples.daemon.tool.Sessions;
import dev.exai.session.Session;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The streamable HTTP transport of MCP, in front of the official SDK, which does the protocol: versions, tools, schemas.
 *
 * <p>It is here because the SDK's own does not do what a shared daemon needs (docs/adr/0009): this one maps request ids to
 * calls, cancels them on {@code notifications/cancelled} and when their stream's client has gone, expires idle sessions,
 * and blocks no thread for a request. There is no stream that a GET would open, since the server says nothing unasked.
 */
public final class McpEndpoint extends Handler.Abstract.NonBlocking implements McpStreamableServerTransportProvider {
    private static final Logger log = LoggerFactory.getLogger(McpEndpoint.class);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    /** What a body may take: 10 MiB from loopback take a second, and one that trickles for ever holds a connection. */
    private static final Duration BODY_TIME = Duration.ofSeconds(30);

    private static final String VERSION_HEADER = "MCP-Protocol-Version";

    private final Messages messages = new Messages();
    private final Sessions sessions;
    private final Scheduler scheduler;
    private final Executor executor;
    private final int maxBytes;
    private final Duration idle;
    private final Map<String, ClientSession> clients = new ConcurrentHashMap<>();
    private volatile @Nullable Ticks sweeps;
    private volatile McpStreamableServerSession.@Nullable Factory factory;

    /**
     * Creates the endpoint.
     *
     * @param sessions opens a session for each client
     * @param scheduler the clock
     * @param executor does the writing
     * @param maxBytes the most bytes of a request's body
     * @param idle the time after which a session without requests expires
     */
    public McpEndpoint(Sessions sessions, Scheduler scheduler, Executor executor, int maxBytes, Duration idle) {
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.executor = Objects.requireNonNull(executor, "executor");
        this.maxBytes = maxBytes;
        this.idle = Objects.requireNonNull(idle, "idle");
    }

    @Override
    protected void doStart() throws Exception {
        sweeps = Ticks.every(scheduler, SWEEP, () -> executor.execute(this::expire));
        super.doStart();
    }

    @Override
    public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
        factory = sessionFactory;
    }

    @Override
    public Mono<Void> notifyClients(String method, @Nullable Object params) {
        return Mono.empty(); // no client has a stream for that
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    /** Ends every session; what was under way is cancelled and answered. */
    @Override
    public void close() {
        Ticks begun = sweeps;
        if (begun != null) {
            begun.close();
        }
        clients.keySet().forEach(this::end);
    }

    private void expire() {
        long now = scheduler.nanoTime();
        clients.forEach((id, client) -> {
            if (client.isIdleFor(idle.toNanos(), now)) {
                log.info("Session {} was idle for {} and has expired", client.session.id(), idle);
                end(id);
            }
        });
    }

    private boolean end(String id) {
        ClientSession client = clients.remove(id);
        if (client != null) {
            client.close();
        }
        return client != null;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        switch (request.getMethod()) {
            case "POST" -> post(request, response, callback);
            case "DELETE" -> {
                String id = request.getHeaders().get(HttpHeaders.MCP_SESSION_ID);
                if (id == null) {
                    Answers.refuse(response, callback, 400, "the header Mcp-Session-Id is missing");
                } else if (end(id)) {
                    Answers.empty(response, callback, 200);
                } else {
                    Answers.refuse(response, callback, 404, "no such session");
                }
            }
            default -> {
                response.getHeaders().put(HttpHeader.ALLOW, "POST, DELETE");
                Answers.refuse(response, callback, 405, "only POST and DELETE: there is no stream of unasked messages");
            }
        }
        return true;
    }

    private void post(Request request, Response response, Callback callback) {
        String accept =
                String.valueOf(request.getHeaders().get(HttpHeader.ACCEPT)).toLowerCase(Locale.ROOT);
        String type = String.valueOf(request.getHeaders().get(HttpHeader.CONTENT_TYPE))
                .toLowerCase(Locale.ROOT);
        String version = request.getHeaders().get(VERSION_HEADER);
        boolean takesAll = accept.contains("*/*");
        if (!type.startsWith("application/json")) {
            Answers.refuse(response, callback, 415, "the body must be application/json");
        } else if (!takesAll && !(accept.contains("application/json") && accept.contains("text/event-stream"))) {
            Answers.refuse(response, callback, 406, "Accept must have application/json and text/event-stream");
        } else if (version != null && !protocolVersions().contains(version)) {
            Answers.refuse(response, callback, 400, "protocol versions are " + String.join(", ", protocolVersions()));
        } else if (request.getLength() > maxBytes) {
            Answers.refuse(response, callback, 413, "the most is " + maxBytes + " bytes");
        } else {
            Scheduler.Scheduled trickles = scheduler.schedule(
                    BODY_TIME, () -> executor.execute(() -> request.fail(new TimeoutException("the body trickles"))));
            Content.Source.asByteArrayAsync(
                    request,
                    maxBytes,
                    Promise.Invocable.from(Invocable.InvocationType.NON_BLOCKING, (bytes, failure) -> {
                        trickles.cancel();
                        received(request, response, callback, bytes, failure);
                    }));
        }
    }

    private void received(
            Request request,
            Response response,
            Callback callback,
            byte @Nullable [] bytes,
            @Nullable Throwable failure) {
        if (bytes == null) {
            boolean tooLong = failure instanceof IllegalStateException
                    || (failure != null && failure.getCause() instanceof IllegalStateException);
            Answers.refuse(
                    response,
                    callback,
                    tooLong ? 413 : 400,
                    tooLong ? "the most is " + maxBytes + " bytes" : "the body did not come");
            return;
        }
        McpSchema.JSONRPCMessage message;
        try {
            message = messages.read(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException wrong) {
            rpcError(
                    response,
                    callback,
                    400,
                    null,
                    McpSchema.ErrorCodes.PARSE_ERROR,
                    String.valueOf(wrong.getMessage()));
            return;
        }
        try {
            dispatch(request, response, callback, message);
        } catch (RuntimeException mistake) {
            log.error("A request could not be served", mistake);
            rpcError(response, callback, 500, null, McpSchema.ErrorCodes.INTERNAL_ERROR, "the daemon made a mistake");
        }
    }

    private void dispatch(Request request, Response response, Callback callback, McpSchema.JSONRPCMessage message) {
        if (message instanceof McpSchema.JSONRPCRequest asked && McpSchema.METHOD_INITIALIZE.equals(asked.method())) {
            initialize(asked, response, callback);
            return;
        }
        String id = request.getHeaders().get(HttpHeaders.MCP_SESSION_ID);
        ClientSession client = id == null ? null : clients.get(id);
        if (client == null) {
            Object asked = message instanceof McpSchema.JSONRPCRequest with ? with.id() : null;
            rpcError(
                    response,
                    callback,
                    id == null ? 400 : 404,
                    asked,
                    McpSchema.ErrorCodes.INVALID_REQUEST,
                    id == null
                            ? "the header Mcp-Session-Id is missing: initialize first"
                            : "no such session, or it has expired: initialize again");
            return;
        }
        client.touch(scheduler.nanoTime());
        if (message instanceof McpSchema.JSONRPCRequest asked) {
            ask(client, asked, response, callback);
        } else if (message instanceof McpSchema.JSONRPCNotification notification) {
            Messages.Cancel cancel = Messages.cancel(notification);
            if (cancel != null) {
                client.cancel(cancel.requestId(), "its client cancelled it: " + cancel.reason());
                Answers.empty(response, callback, 202);
            } else {
                accept(client.protocol.accept(notification), response, callback);
            }
        } else {
            accept(client.protocol.accept((McpSchema.JSONRPCResponse) message), response, callback);
        }
    }

    private void accept(Mono<Void> taken, Response response, Callback callback) {
        taken.subscribe(
                nothing -> {},
                failure -> rpcError(
                        response, callback, 400, null, McpSchema.ErrorCodes.INVALID_REQUEST, "nobody waits for that"),
                () -> Answers.empty(response, callback, 202));
    }

    private void initialize(McpSchema.JSONRPCRequest asked, Response response, Callback callback) {
        McpSchema.InitializeRequest wish;
        try {
            wish = messages.convert(asked.params(), new TypeRef<McpSchema.InitializeRequest>() {});
        } catch (IllegalArgumentException wrong) {
            rpcError(
                    response,
                    callback,
                    400,
                    asked.id(),
                    McpSchema.ErrorCodes.INVALID_PARAMS,
                    "initialize: wrong parameters");
            return;
        }
        McpStreamableServerSession.Factory start = Objects.requireNonNull(factory, "not served yet");
        Session session;
        try {
            session = sessions.open(
                    "mcp", wish.clientInfo() == null ? "" : wish.clientInfo().name());
        } catch (ExaiException full) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "30");
            rpcError(response, callback, 503, asked.id(), McpSchema.ErrorCodes.INTERNAL_ERROR, full.getMessage());
            return;
        }
        McpStreamableServerSession.McpStreamableServerSessionInit begun = start.startSession(wish);
        begun.initResult()
                .subscribe(
                        result -> {
                            ClientSession client = new ClientSession(begun.session(), session, scheduler.nanoTime());
                            clients.put(begun.session().getId(), client);
                            response.getHeaders()
                                    .put(
                                            HttpHeaders.MCP_SESSION_ID,
                                            begun.session().getId());
                            Answers.text(
                                    response,
                                    callback,
                                    200,
                                    "application/json",
                                    messages.write(McpSchema.JSONRPCResponse.result(asked.id(), result)));
                        },
                        failure -> {
                            session.close();
                            rpcError(
                                    response,
                                    callback,
                                    400,
                                    asked.id(),
                                    McpSchema.ErrorCodes.INVALID_PARAMS,
                                    "initialize was refused");
                        });
    }

    private void ask(ClientSession client, McpSchema.JSONRPCRequest asked, Response response, Callback callback) {
        PendingCall call = client.begin(asked.id(), scheduler.nanoTime());
        if (call == null) {
            rpcError(
                    response,
                    callback,
                    400,
                    asked.id(),
                    McpSchema.ErrorCodes.INVALID_REQUEST,
                    "a request with this id is under way");
            return;
        }
        Runnable onEnd = () -> client.end(asked.id(), call, scheduler.nanoTime());
        RequestStream stream = McpSchema.METHOD_TOOLS_CALL.equals(asked.method())
                ? RequestStream.ofEvents(messages, response, callback, call, onEnd, executor, scheduler)
                : RequestStream.ofOneAnswer(messages, response, callback, call, onEnd, scheduler);
        client.protocol
                .responseStream(stream)
                .handle(asked)
                .contextWrite(context ->
                        context.put(McpTransportContext.KEY, McpTransportContext.create(Map.of(PendingCall.KEY, call))))
                .subscribe(nothing -> {}, failure -> {
                    log.error("A request could not be answered", failure);
                    stream.close();
                });
    }

    private void rpcError(
            Response response, Callback callback, int status, @Nullable Object id, int code, @Nullable String message) {
        Answers.text(
                response,
                callback,
                status,
                "application/json",
                messages.error(id, code, message == null ? "" : message));
    }
}
