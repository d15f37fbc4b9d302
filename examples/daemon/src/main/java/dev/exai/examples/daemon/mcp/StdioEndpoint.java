package dev.exai.examples.daemon.mcp;

import dev.exai.context.Scheduler;
import dev.exai.examples.daemon.http.Outbox;
import dev.exai.session.Session;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** MCP over stdin and stdout, one client, in front of the SDK as {@link McpEndpoint} is; the end of input ends it. */
public final class StdioEndpoint implements McpServerTransportProvider {
    private static final Logger log = LoggerFactory.getLogger(StdioEndpoint.class);
    private static final int MOST_WAITING = 64 * 1024 * 1024;
    /** For what was said last, to a client that may not read any more. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Messages messages = new Messages();
    private final OutputStream output;
    private final int maxChars;
    private final Outbox outbox;
    private final ExecutorService writer;

    private final PendingCalls pending;

    private volatile @Nullable McpServerSession protocol;

    /**
     * Creates the endpoint.
     *
     * @param session the client's session, which stays the caller's to close
     * @param output where answers go
     * @param scheduler the clock
     * @param maxChars the most characters of a line
     */
    public StdioEndpoint(Session session, OutputStream output, Scheduler scheduler, int maxChars) {
        this.pending = new PendingCalls(Objects.requireNonNull(session, "session"));
        this.output = Objects.requireNonNull(output, "output");
        this.maxChars = maxChars;
        this.writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "exai-stdout");
            thread.setDaemon(true);
            return thread;
        });
        this.outbox = new Outbox(this::write, writer, scheduler, MOST_WAITING, this::gone);
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory sessionFactory) {
        protocol = sessionFactory.create(new Transport());
    }

    @Override
    public Mono<Void> notifyClients(String method, @Nullable Object params) {
        return Objects.requireNonNull(protocol).sendNotification(method, params);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty();
    }

    /**
     * Serves until the input ends, on this thread.
     *
     * @param input what the client sends, a message a line
     * @throws IOException if reading fails
     */
    public void run(InputStream input) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        try {
            for (String line = readLine(reader); line != null && !outbox.isOver(); line = readLine(reader)) {
                if (!line.isBlank()) {
                    received(line);
                }
            }
        } finally {
            gone(); // what is under way has nobody to answer to
            outbox.end();
            writer.shutdown();
            awaitWriter();
        }
    }

    private void awaitWriter() {
        try {
            writer.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable String readLine(BufferedReader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        boolean tooLong = false;
        for (int next = reader.read(); next != -1; next = reader.read()) {
            if (next == '\n') {
                if (!tooLong) {
                    return line.toString();
                }
                outbox.send(messages.error(
                                null, McpSchema.ErrorCodes.INVALID_REQUEST, "the most is " + maxChars + " characters")
                        + "\n");
                tooLong = false;
            } else if (line.length() >= maxChars) {
                tooLong = true;
                line.setLength(0);
            } else if (!tooLong) {
                line.append((char) next);
            }
        }
        return line.isEmpty() ? null : line.toString();
    }

    private void received(String line) {
        McpSchema.JSONRPCMessage message;
        try {
            message = messages.read(line);
        } catch (IllegalArgumentException wrong) {
            outbox.send(
                    messages.error(null, McpSchema.ErrorCodes.PARSE_ERROR, String.valueOf(wrong.getMessage())) + "\n");
            return;
        }
        McpTransportContext context = McpTransportContext.EMPTY;
        if (message instanceof McpSchema.JSONRPCNotification notification) {
            Messages.Cancel cancel = Messages.cancel(notification);
            if (cancel != null) {
                pending.cancel(cancel.requestId(), "its client cancelled it: " + cancel.reason());
                return;
            }
        } else if (message instanceof McpSchema.JSONRPCRequest asked) {
            PendingCall call = pending.begin(asked.id());
            if (call == null) {
                outbox.send(messages.error(
                                asked.id(), McpSchema.ErrorCodes.INVALID_REQUEST, "a request with this id is under way")
                        + "\n");
                return;
            }
            context = McpTransportContext.create(Map.of(PendingCall.KEY, call));
        }
        McpTransportContext handed = context;
        Objects.requireNonNull(protocol)
                .handle(message)
                .contextWrite(each -> each.put(McpTransportContext.KEY, handed))
                .subscribe(nothing -> {}, failure -> log.warn("A message could not be served: {}", failure.toString()));
    }

    private void write(String piece, boolean last, Callback written) {
        try {
            output.write(piece.getBytes(StandardCharsets.UTF_8));
            output.flush();
            written.succeeded();
        } catch (IOException e) {
            written.failed(e);
        }
    }

    private void gone() {
        pending.endAll("its client has gone");
    }

    private final class Transport implements McpServerTransport {
        @Override
        public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
            return Mono.fromRunnable(() -> {
                if (message instanceof McpSchema.JSONRPCResponse answer && !mayAnswer(answer.id())) {
                    return;
                }
                outbox.send(messages.write(message) + "\n");
            });
        }

        private boolean mayAnswer(Object id) {
            PendingCall call = pending.remove(id);
            return call == null || call.answer();
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return messages.convert(data, type);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }
}
