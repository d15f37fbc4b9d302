package dev.exai.examples.daemon.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.session.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests of a client that have no answer yet, by their ids. Safe for use by many threads. */
final class PendingCalls {
    private final Session session;

    @GuardedBy("this")
    private final Map<Object, PendingCall> calls = new HashMap<>();

    PendingCalls(Session session) {
        this.session = session;
    }

    /** Notes a request; null if one with this id is under way. */
    synchronized @Nullable PendingCall begin(Object id) {
        PendingCall call = new PendingCall(session);
        return calls.putIfAbsent(id, call) == null ? call : null;
    }

    /** {@return the request with this id, which is no longer noted; null if there is none} */
    synchronized @Nullable PendingCall remove(Object id) {
        return calls.remove(id);
    }

    /** {@return whether this very request was still noted under the id} */
    synchronized boolean remove(Object id, PendingCall call) {
        return calls.remove(id, call);
    }

    synchronized boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Cancels a request, if there is one with this id; no answer will be sent. */
    void cancel(Object id, String reason) {
        PendingCall call;
        synchronized (this) {
            call = calls.get(id);
        }
        if (call != null) {
            call.cancel(reason);
        }
    }

    /** Cancels what is left, closes the session, and holds nothing when it returns; answers may still go out. */
    void endAll(String reason) {
        List<PendingCall> left;
        synchronized (this) {
            left = List.copyOf(calls.values());
        }
        left.forEach(call -> call.end(reason)); // a run would only be suspended by the next line
        session.close();
    }
}
