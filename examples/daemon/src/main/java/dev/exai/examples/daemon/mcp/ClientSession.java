package dev.exai.examples.daemon.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.session.Session;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import org.jspecify.annotations.Nullable;

/** One client of the HTTP endpoint: the SDK's session, ours, and the requests that have no answer yet. */
final class ClientSession {
    final McpStreamableServerSession protocol;
    final Session session;

    private final PendingCalls pending;

    @GuardedBy("this")
    private long lastUsedNanos;

    @GuardedBy("this")
    private boolean closing;

    ClientSession(McpStreamableServerSession protocol, Session session, long nowNanos) {
        this.protocol = protocol;
        this.session = session;
        this.pending = new PendingCalls(session);
        this.lastUsedNanos = nowNanos;
    }

    /** Notes a request; null if one with this id is under way. */
    synchronized @Nullable PendingCall begin(Object id, long nowNanos) {
        lastUsedNanos = nowNanos;
        return pending.begin(id);
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
        pending.cancel(id, reason);
    }

    synchronized void touch(long nowNanos) {
        lastUsedNanos = nowNanos;
    }

    synchronized boolean isIdleFor(long nanos, long nowNanos) {
        return pending.isEmpty() && nowNanos - lastUsedNanos > nanos;
    }

    /** Cancels what is left and holds nothing when it returns; the answers still go out. */
    void close() {
        pending.endAll("its session has ended");
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
