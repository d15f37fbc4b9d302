package dev.exai.examples.daemon.ws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.error.OverloadedException;
import dev.exai.error.SessionClosedException;
import dev.exai.examples.daemon.http.Outbox;
import dev.exai.examples.daemon.http.Ticks;
import dev.exai.examples.daemon.tool.Job;
import dev.exai.examples.daemon.tool.ToolError;
import dev.exai.examples.daemon.tool.ToolResult;
import dev.exai.session.Session;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One client over WebSocket. Each frame is dealt with at once and waits for nothing, so a cancel is read while calls run;
 * when the connection ends, so does all that it began.
 */
public final class WsConnection implements org.eclipse.jetty.websocket.api.Session.Listener.AutoDemanding {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WAITING = 8 * 1024 * 1024;
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);
    private static final int INVALID_HELLO = 4000;
    private static final int MISSING_HELLO = 4001;
    private static final int HELLO_TIMEOUT = 4002;
    private static final int UNAUTHORIZED = 4003;

    private final WsEndpoint endpoint;

    @GuardedBy("this")
    private final Map<String, WsCall> calls = new HashMap<>();

    @GuardedBy("this")
    private @Nullable Session session;

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private int closeCode = StatusCode.NORMAL;

    private volatile @Nullable Outbox outbox;
    private volatile @Nullable Ticks ticks;

    WsConnection(WsEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void onWebSocketOpen(org.eclipse.jetty.websocket.api.Session wire) {
        wire.setMaxTextMessageSize(endpoint.options().maxBytes());
        wire.setIdleTimeout(endpoint.options().idle());
        Outbox out = new Outbox(
                (piece, last, callback) -> {
                    Callback written = Callback.from(callback::succeeded, callback::failed);
                    if (last) {
                        wire.close(code(), null, written);
                    } else {
                        wire.sendText(piece, written);
                    }
                },
                endpoint.executor(),
                endpoint.scheduler(),
                MOST_WAITING,
                () -> {
                    wire.disconnect();
                    ended();
                });
        outbox = out;
        endpoint.opened(this);
        endpoint.scheduler().schedule(endpoint.options().hello(), this::checkHello);
        ticks = Ticks.every(endpoint.scheduler(), endpoint.options().progress(), () -> tick(out));
    }

    private void tick(Outbox out) {
        if (out.isStalled(LONGEST_WRITE)) {
            endpoint.executor().execute(out::fail);
            return;
        }
        List<WsCall> all;
        synchronized (this) {
            all = List.copyOf(calls.values());
        }
        all.forEach(WsCall::signOfLife);
    }

    private void checkHello() {
        boolean silent;
        synchronized (this) {
            silent = session == null && !closed;
        }
        if (silent) {
            close(HELLO_TIMEOUT);
        }
    }

    private synchronized int code() {
        return closeCode;
    }

    /** Says what was said so far, then closes. */
    void close(int code) {
        synchronized (this) {
            closeCode = code;
        }
        Outbox out = outbox;
        if (out != null) {
            out.end();
        }
    }

    private void say(ObjectNode frame) {
        Outbox out = outbox;
        if (out != null) {
            out.send(frame.toString());
        }
    }

    @Override
    public void onWebSocketText(String text) {
        JsonNode frame = read(text);
        Session known;
        synchronized (this) {
            if (closed) {
                return;
            }
            known = session;
        }
        if (known == null) {
            hello(frame);
        } else if (frame == null || !frame.path("op").isTextual()) {
            say(WsFrames.error("INVALID_REQUEST", "a frame is a JSON object with an op", null));
        } else {
            dispatch(known, frame);
        }
    }

    private static @Nullable JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    private void hello(@Nullable JsonNode frame) {
        if (frame == null || !frame.isObject()) {
            refuse("invalid_hello", INVALID_HELLO);
        } else if (!"hello".equals(frame.path("op").asText())) {
            refuse("missing_hello", MISSING_HELLO);
        } else if (!endpoint.mayEnter(frame.path("token").asText(""))) {
            refuse("unauthorized", UNAUTHORIZED);
        } else {
            try {
                Session opened =
                        endpoint.sessions().open("ws", frame.path("session_id").asText(""));
                boolean late;
                synchronized (this) {
                    late = closed;
                    session = opened;
                }
                if (late) {
                    opened.close();
                } else {
                    say(WsFrames.welcome(opened.id().value()));
                }
            } catch (OverloadedException | SessionClosedException full) {
                refuse("over_capacity", StatusCode.POLICY_VIOLATION);
            }
        }
    }

    private void refuse(String error, int code) {
        say(WsFrames.refused(error));
        close(code);
    }

    private void dispatch(Session known, JsonNode frame) {
        String requestId = requestId(frame).orElse(null);
        switch (frame.path("op").asText()) {
            case "hello" -> say(WsFrames.welcome(known.id().value()));
            case "list_tools" -> say(WsFrames.tools(endpoint.toolbox().tools(), requestId));
            case "call_tool", "tool_call" -> call(known, frame, requestId);
            case "cancel" -> cancel(requestId);
            case "ping" -> say(WsFrames.pong(requestId));
            case "health" -> say(WsFrames.health(endpoint.health(), requestId));
            case "rotate_token" -> say(WsFrames.rotationRefused());
            default -> say(WsFrames.error("INVALID_REQUEST", "this op is not known", requestId));
        }
    }

    /** Some of the old clients call it "id". */
    private static Optional<String> requestId(JsonNode frame) {
        for (String name : List.of("request_id", "id")) {
            if (frame.path(name).isValueNode() && !frame.path(name).isNull()) {
                return Optional.of(frame.path(name).asText());
            }
        }
        return Optional.empty();
    }

    private void call(Session known, JsonNode frame, @Nullable String givenId) {
        String requestId = givenId == null ? UUID.randomUUID().toString() : givenId;
        String name = WsEndpoint.plainName(
                frame.path("name").isTextual()
                        ? frame.path("name").asText()
                        : frame.path("tool").path("name").asText());
        WsCall call = new WsCall(requestId, name, endpoint.options().callTimeout(), this::say);
        WsCall before;
        synchronized (this) {
            before = calls.putIfAbsent(requestId, call);
        }
        if (before != null) {
            before.duplicate();
            return;
        }
        say(WsFrames.progress(requestId, name, "accepted, awaiting provider/session capacity"));
        JsonNode arguments = frame.has("arguments")
                ? frame.path("arguments")
                : frame.path("tool").path("arguments");
        Job job = endpoint.toolbox().start(known, name, arguments, call);
        call.attach(job);
        job.result().whenComplete((result, never) -> {
            synchronized (this) {
                calls.remove(requestId, call);
            }
            call.answer(result != null ? result : ToolResult.failed(ToolError.of(never)));
        });
    }

    private void cancel(@Nullable String requestId) {
        if (requestId == null) {
            say(WsFrames.error("INVALID_REQUEST", "cancel needs a request_id", null));
            return;
        }
        WsCall call;
        synchronized (this) {
            call = calls.get(requestId);
        }
        say(WsFrames.cancelled(requestId, call != null));
        if (call != null) {
            call.cancel("its client cancelled it");
        }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        ended();
    }

    @Override
    public void onWebSocketClose(int statusCode, @Nullable String reason, Callback callback) {
        ended();
        callback.succeed();
    }

    /** The connection has ended, and with it everything that it began. */
    private void ended() {
        Session left;
        List<WsCall> all;
        synchronized (this) {
            closed = true;
            left = session;
            all = List.copyOf(calls.values());
        }
        Ticks begun = ticks;
        if (begun != null) {
            begun.close();
        }
        endpoint.closed(this);
        all.forEach(call -> call.cancel("its client has gone")); // a run would only be suspended by the session's end
        if (left != null) {
            left.close();
        }
    }
}
