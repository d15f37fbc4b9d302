package dev.exai.examples.daemon.mcp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.examples.daemon.tool.Job;
import dev.exai.examples.daemon.tool.JobSlot;
import dev.exai.session.Session;

/**
 * A request of a client that has no answer yet: what {@code notifications/cancelled} names by its id. The SDK hands it
 * from the transport to the tool in the transport context, and does not know what it is.
 */
final class PendingCall {
    /** Under this name it stands in the transport context. */
    static final String KEY = "exai.call";

    private final Session session;

    private final JobSlot job = new JobSlot();

    /** Neither cancelled nor answered. */
    @GuardedBy("this")
    private boolean open = true;

    PendingCall(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    /** Notes the job; one that was cancelled before it began is cancelled now. */
    void attach(Job begun) {
        job.attach(begun);
    }

    /** Cancels the job, which holds nothing when this returns; no answer will be sent. */
    void cancel(String reason) {
        if (close()) {
            job.cancel(reason);
        }
    }

    /** Cancels the job, which holds nothing when this returns; its answer may still be sent. */
    void end(String reason) {
        job.cancel(reason);
    }

    /** {@return whether the answer may be sent: once, and not after a cancel} */
    boolean answer() {
        return close();
    }

    private synchronized boolean close() {
        boolean was = open;
        open = false;
        return was;
    }

    /** {@return whether something may still be said about it} */
    synchronized boolean isOpen() {
        return open;
    }
}
