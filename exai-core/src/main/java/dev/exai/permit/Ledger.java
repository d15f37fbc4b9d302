package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds and who waits: the state of the pool, and the four moves that change it.
 *
 * <p>The ledger keeps the permits that are out, not a count of them, so a count can always be checked against its
 * holders. It knows no threads, no clock and no callbacks.
 */
final class Ledger {
    /*
     * Owner      The pool's lock guards everything here and in Level, Lane, SessionState, ProviderState, DeadlineHeap
     *            and PermitRequest.
     * Invariant  For each level, used = the number of HELD requests that cross it.
     *            A QUEUED request is in its lane's queue, in the heap and in `live`; a HELD one is in the list of
     *            holders, in the heap and in `live`; others are nowhere.
     *            granted = returned + revoked + held.
     * Moves      enqueue: NEW -> QUEUED.  grant: QUEUED -> HELD.  leave: QUEUED -> LEFT.  giveBack: HELD -> RETURNED.
     *            revoke: HELD -> REVOKED, the same as giveBack but for who wanted it.
     *            All levels change in the same move, so a permit is never half taken.
     */

    /** How long an idle open session counts as present for the newcomer rule at a limit of two. */
    static final long PRESENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** The limits in force. */
    PermitLimits limits;

    final Level global;
    final Map<SessionId, SessionState> sessions = new HashMap<>();
    final Map<ProviderId, ProviderState> providers = new LinkedHashMap<>();
    final DeadlineHeap deadlines = new DeadlineHeap();

    /** The one live request of each call: a call that has or awaits a permit may not ask for another. */
    private final Map<CallId, PermitRequest> live = new HashMap<>();

    private @Nullable PermitRequest firstHolder;

    private long arrivals;
    long granted;
    long returned;
    long revoked;

    /** Revoked permits whose owners have not given them back yet. */
    int zombies;

    int waiting;

    /** A moving average of how long permits are held, for the estimates of refusals. */
    private double averageHoldNanos = TimeUnit.SECONDS.toNanos(5);

    Ledger(PermitLimits limits) {
        this.limits = limits;
        this.global = new Level("global", limits.global());
    }

    /** Puts other limits in force. Where less is allowed than is out, permits stay out until their holders close them. */
    void resize(PermitLimits newLimits) {
        limits = newLimits;
        global.limit = newLimits.global();
        providers.forEach((id, provider) -> provider.level.limit = newLimits.provider(id));
        sessions.values().forEach(session -> session.level.limit = newLimits.session());
    }

    ProviderState provider(ProviderId id) {
        ProviderState known = providers.get(id);
        if (known == null) {
            known = new ProviderState(id, limits.provider(id));
            providers.put(id, known);
        }
        return known;
    }

    SessionState session(SessionId id) {
        SessionState known = sessions.get(id);
        if (known == null) {
            known = new SessionState(id, limits.session());
            sessions.put(id, known);
        }
        return known;
    }

    Lane lane(PermitPath path) {
        SessionState session = session(path.session());
        Lane known = session.lanes.get(path.provider());
        if (known == null) {
            known = new Lane(path, session, provider(path.provider()));
            session.lanes.put(path.provider(), known);
        }
        return known;
    }

    /** The call that already has or awaits a permit: this one, or one that waits for it. */
    @Nullable
    CallId liveAncestor(CallContext context) {
        CallContext current = context;
        while (current != null) {
            if (live.containsKey(current.callId())) {
                return current.callId();
            }
            current = current.parent().orElse(null);
        }
        return null;
    }

    void enqueue(PermitRequest request, Lane lane, long now) {
        request.state = State.QUEUED;
        request.lane = lane;
        request.arrival = ++arrivals;
        request.queuedAtNanos = now;
        lane.session.lastActiveNanos = now;
        lane.provider.inPlay = true;
        lane.append(request);
        request.dueNanos = request.context.deadline().atNanos();
        deadlines.add(request);
        live.put(request.context.callId(), request);
        waiting++;
    }

    void grant(PermitRequest request, long now) {
        Lane lane = request.lane();
        unqueue(request);
        request.state = State.HELD;
        request.heldSinceNanos = now;
        lane.used++;
        lane.session.level.used++;
        lane.provider.level.used++;
        global.used++;
        lane.lastServed = ++granted;
        request.fence = granted;
        request.touchedNanos = now;
        request.dueNanos = overdueAt(request);
        deadlines.add(request);
        request.next = firstHolder;
        if (firstHolder != null) {
            firstHolder.previous = request;
        }
        firstHolder = request;
    }

    void leave(PermitRequest request) {
        unqueue(request);
        request.state = State.LEFT;
        live.remove(request.context.callId());
        dropIfIdle(request.lane().session);
    }

    /** When a permit that is out is overdue, as far as is known now. */
    long overdueAt(PermitRequest request) {
        long byDeadline = request.context.deadline().atNanos() + limits.grace().toNanos() / 6;
        Duration idle = limits.idleLease().orElse(null);
        if (idle == null) {
            return byDeadline;
        }
        long byIdleness = request.touchedNanos + idle.toNanos();
        return byIdleness - byDeadline < 0 ? byIdleness : byDeadline;
    }

    /** Notes that the owner of a permit is told that it is overdue; the permit will be revoked if that does not help. */
    void suspect(PermitRequest request, long now) {
        deadlines.remove(request);
        request.suspect = true;
        request.dueNanos = now + limits.grace().toNanos() / 6 * 5;
        deadlines.add(request);
    }

    /** Looks at a permit again when it could be overdue. */
    void lookAgain(PermitRequest request) {
        deadlines.remove(request);
        request.suspect = false;
        request.dueNanos = overdueAt(request);
        deadlines.add(request);
    }

    void giveBack(PermitRequest request, long now) {
        request.state = State.RETURNED;
        returned++;
        free(request, now);
    }

    void revoke(PermitRequest request, long now) {
        request.state = State.REVOKED;
        revoked++;
        zombies++;
        free(request, now);
    }

    private void free(PermitRequest request, long now) {
        Lane lane = request.lane();
        deadlines.remove(request);
        lane.used--;
        lane.session.level.used--;
        lane.provider.level.used--;
        global.used--;
        if (request.previous == null) {
            firstHolder = request.next;
        } else {
            request.previous.next = request.next;
        }
        if (request.next != null) {
            request.next.previous = request.previous;
        }
        request.previous = null;
        request.next = null;
        live.remove(request.context.callId());
        lane.session.lastActiveNanos = now;
        averageHoldNanos += 0.1 * (now - request.heldSinceNanos - averageHoldNanos);
        dropIfIdle(lane.session);
    }

    private void unqueue(PermitRequest request) {
        request.lane().remove(request);
        deadlines.remove(request);
        waiting--;
    }

    void dropIfIdle(SessionState session) {
        if (!session.open && !session.isInUse()) {
            sessions.remove(session.id, session);
        }
    }

    void forEachHolder(Consumer<PermitRequest> visitor) {
        for (PermitRequest holder = firstHolder; holder != null; holder = holder.next) {
            visitor.accept(holder);
        }
    }

    /** When a request that is refused now might find room: the backlog at the average hold time. */
    long estimatedWaitNanos(ProviderState provider) {
        int ahead = 1;
        for (Lane lane : provider.backlog) {
            ahead += lane.waiting;
        }
        long nanos = (long) (averageHoldNanos * ahead / provider.level.limit);
        return Math.min(Math.max(nanos, TimeUnit.SECONDS.toNanos(1)), TimeUnit.MINUTES.toNanos(5));
    }
}
