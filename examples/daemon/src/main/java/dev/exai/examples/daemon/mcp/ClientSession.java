package dev.exai.examples.daemon.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.session.Session;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One client of the HTTP endpoint: the SDK's session, ours, and the requests that have no answer yet. */
final class ClientSession {
    final McpStreamableServerSession protocol;
    final Session session;

    @GuardedBy("this")
    private final Map<Object, PendingCall> pending = new HashMap<>();

    @GuardedBy("this")
    private long lastUsedNanos;

    @GuardedBy("this")
    private boolean closing;

    ClientSession(McpStreamableServerSession protocol, Session session, long nowNanos) {
        this.protocol = protocol;
        this.session = session;
        this.lastUsedNanos = nowNanos;
    }

    /** Notes a request; null if one with this id is under way. */
    synchronized @Nullable PendingCall begin(Object id, long nowNanos) {
        lastUsedNanos = nowNanos;
        PendingCall call = new PendingCall(session);
        return pending.putIfAbsent(id, call) == null ? call : null;
    }

    void end(Object id, PendingCall call, long nowNanos) {
        boolean last;
        synchronized (this) {
            lastUsedNanos = nowNanos;
            last = pending.remove(id, call) && pending.isEmpty() && closing;
        }
        if (last) {
            protocol.close();
        }
    }

    void cancel(Object id, String reason) {
        PendingCall call;
        synchronized (this) {
            call = pending.get(id);
        }
        if (call != null) {
            call.cancel(reason);
        }
    }

    synchronized void touch(long nowNanos) {
        lastUsedNanos = nowNanos;
    }

    synchronized boolean isIdleFor(long nanos, long nowNanos) {
        return pending.isEmpty() && nowNanos - lastUsedNanos > nanos;
    }

    /** Cancels what is left and holds nothing when it returns; the answers still go out. */
    void close() {
        List<PendingCall> left;
        synchronized (this) {
            left = List.copyOf(pending.values());
        }
        left.forEach(call -> call.end("its session has ended")); // a run would only be suspended by the next line
        session.close();
        boolean idle;
        synchronized (this) {
            closing = true;
            idle = pending.isEmpty();
        }
        if (idle) {
            protocol.close();
        }
    }
}
