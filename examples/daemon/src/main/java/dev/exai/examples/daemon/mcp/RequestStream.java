package dev.exai.examples.daemon.mcp;

import dev.exai.context.Scheduler;
import dev.exai.examples.daemon.http.Answers;
import dev.exai.examples.daemon.http.Outbox;
import dev.exai.examples.daemon.http.Ticks;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The answer to one request: one JSON object, or a stream of events where a tool runs. A stream has a sign of life every
 * two seconds; that is how a client that has gone is found out, for a socket tells it to who writes only.
 */
final class RequestStream implements McpStreamableServerTransport {
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);
    private static final int MOST_WAITING = 32 * 1024 * 1024;

    private final Messages messages;
    private final Response response;
    private final Callback callback;
    private final PendingCall call;
    private final Runnable onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final @Nullable Outbox outbox;
    private final @Nullable Ticks life;

    private RequestStream(
            Messages messages,
            Response response,
            Callback callback,
            PendingCall call,
            Runnable onEnd,
            @Nullable Executor executor,
            Scheduler scheduler) {
        this.messages = messages;
        this.response = response;
        this.callback = callback;
        this.call = call;
        this.onEnd = onEnd;
        if (executor == null) {
            outbox = null;
            life = null;
        } else {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
            Outbox out = new Outbox(this::write, executor, scheduler, MOST_WAITING, this::clientGone);
            outbox = out;
            life = Ticks.every(scheduler, SIGN_OF_LIFE, () -> {
                out.sendIfIdle(": still here\n\n");
                if (out.isStalled(LONGEST_WRITE)) {
                    out.fail();
                }
            });
        }
    }

    static RequestStream ofEvents(
            Messages messages,
            Response response,
            Callback callback,
            PendingCall call,
            Runnable onEnd,
            Executor executor,
            Scheduler scheduler) {
        return new RequestStream(messages, response, callback, call, onEnd, executor, scheduler);
    }

    static RequestStream ofOneAnswer(
            Messages messages,
            Response response,
            Callback callback,
            PendingCall call,
            Runnable onEnd,
            Scheduler scheduler) {
        return new RequestStream(messages, response, callback, call, onEnd, null, scheduler);
    }

    private void write(String piece, boolean last, Callback written) {
        if (last) {
            response.write(true, BufferUtil.EMPTY_BUFFER, Callback.from(this::succeed, this::failed));
            written.succeeded();
        } else {
            response.write(false, BufferUtil.toBuffer(piece, StandardCharsets.UTF_8), written);
        }
    }

    private void succeed() {
        if (ended.compareAndSet(false, true)) {
            callback.succeeded();
        }
    }

    private void failed(Throwable cause) {
        if (ended.compareAndSet(false, true)) {
            callback.failed(cause);
        }
    }

    private void clientGone() {
        if (life != null) {
            life.close();
        }
        call.cancel("its client has gone");
        onEnd.run();
        failed(new EofException("the client has gone"));
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
        return Mono.fromRunnable(() -> deliver(message));
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message, @Nullable String messageId) {
        return sendMessage(message);
    }

    private void deliver(McpSchema.JSONRPCMessage message) {
        boolean isAnswer = message instanceof McpSchema.JSONRPCResponse;
        if (isAnswer ? !call.answer() : !call.isOpen()) {
            return; // it was cancelled: its client does not expect an answer
        }
        if (outbox != null) {
            outbox.send("event: message\ndata: " + messages.write(message) + "\n\n");
        } else if (isAnswer && ended.compareAndSet(false, true)) {
            Answers.text(response, callback, 200, "application/json", messages.write(message));
        }
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return messages.convert(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    @Override
    public void close() {
        onEnd.run();
        if (life != null) {
            life.close();
        }
        if (outbox != null) {
            outbox.end();
        } else if (ended.compareAndSet(false, true)) {
            Answers.empty(response, callback, 202);
        }
    }
}
