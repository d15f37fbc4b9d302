package dev.exai.examples.daemon.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.examples.daemon.tool.Job;
import dev.exai.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client that has no answer yet: what {@code notifications/cancelled} names by its id. The SDK hands it
 * from the transport to the tool in the transport context, and does not know what it is.
 */
final class PendingCall {
    /** Under this name it stands in the transport context. */
    static final String KEY = "exai.call";

    private final Session session;

    @GuardedBy("this")
    private @Nullable Job job;

    @GuardedBy("this")
    private @Nullable String cancelled;

    @GuardedBy("this")
    private boolean answered;

    PendingCall(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    /** Notes the job; one that was cancelled before it began is cancelled now. */
    void attach(Job begun) {
        String reason;
        synchronized (this) {
            job = begun;
            reason = cancelled;
        }
        if (reason != null) {
            begun.cancel(reason);
        }
    }

    /** Cancels the job, which holds nothing when this returns; no answer will be sent. */
    void cancel(String reason) {
        Job begun;
        synchronized (this) {
            if (cancelled != null || answered) {
                return;
            }
            cancelled = reason;
            begun = job;
        }
        if (begun != null) {
            begun.cancel(reason);
        }
    }

    /** {@return whether the answer may be sent: once, and not after a cancel} */
    synchronized boolean answer() {
        if (answered || cancelled != null) {
            return false;
        }
        answered = true;
        return true;
    }

    /** {@return whether something may still be said about it} */
    synchronized boolean isOpen() {
        return !answered && cancelled == null;
    }
}
