package dev.exai.permit;

import org.jspecify.annotations.Nullable;

/**
 * The requests of one session at one provider: those that hold, as a count, and those that wait, first come first
 * served. Guarded by the pool's lock.
 */
final class Lane {
    final PermitPath path;
    final SessionState session;
    final ProviderState provider;

    int used;
    int waiting;

    /** When this lane was last granted something, in grants of the whole pool; the least is the least recent. */
    long lastServed;

    @Nullable
    PermitRequest head;

    private @Nullable PermitRequest tail;

    Lane(PermitPath path, SessionState session, ProviderState provider) {
        this.path = path;
        this.session = session;
        this.provider = provider;
    }

    void append(PermitRequest request) {
        request.previous = tail;
        request.next = null;
        if (tail == null) {
            head = request;
            provider.backlog.add(this);
        } else {
            tail.next = request;
        }
        tail = request;
        waiting++;
        session.waiting++;
    }

    /** Takes a waiting request out, wherever it stands: no garbage is left behind. */
    void remove(PermitRequest request) {
        if (request.previous == null) {
            head = request.next;
        } else {
            request.previous.next = request.next;
        }
        if (request.next == null) {
            tail = request.previous;
        } else {
            request.next.previous = request.previous;
        }
        request.previous = null;
        request.next = null;
        waiting--;
        session.waiting--;
        if (head == null) {
            provider.backlog.remove(this);
        }
    }
}
