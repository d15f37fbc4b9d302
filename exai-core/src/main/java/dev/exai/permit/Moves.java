package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.error.SessionClosedException;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to a pool, each as one change of the ledger with what follows from it. Called under the pool's lock.
 *
 * <p>Invariant: when a move is done and {@link #grantAll} was called, no head of a lane could be granted (I3). So every
 * move that frees a unit or changes a head ends in it; where nobody waits there is nothing to do.
 */
final class Moves {
    final Ledger ledger;
    private final GrantOrder order;
    private final Refusals refusals;
    private final Deliveries deliveries;
    private final Alarm alarm;
    private final Scheduler scheduler;
    private boolean closed;

    /** Up to when all was granted that could be: what time alone has freed since is granted as the alarm rings. */
    private long grantedAsOfNanos;

    Moves(PermitPool pool, PermitLimits limits, Scheduler scheduler, Deliveries deliveries, Runnable ring) {
        this.ledger = new Ledger(pool, limits);
        this.order = new GrantOrder(ledger);
        this.refusals = new Refusals(ledger);
        this.deliveries = deliveries;
        this.scheduler = scheduler;
        this.alarm = new Alarm(scheduler, ring);
    }

    // Sessions, limits, pauses

    void openSession(SessionId id, int weight, int ownLimit, long now) {
        ledger.open(id, weight, ownLimit, now);
    }

    void closeSession(SessionId id, long now) {
        SessionState session = ledger.sessions.get(id);
        if (session != null) {
            ledger.close(session);
            failAll(session, "session " + id, "session closed", now);
            ledger.dropIfIdle(session);
        }
    }

    private void failAll(SessionState session, String closedOne, String how, long now) {
        for (Entry waiting : ledger.waitingOf(session)) {
            fail(waiting, new SessionClosedException(closedOne), how, now);
        }
    }

    void resize(PermitLimits limits, long now) {
        ledger.resize(limits);
        deliveries.resized(limits, now);
    }

    void pause(ProviderId id, Duration length, long now) {
        ProviderState provider = ledger.provider(id);
        long until = now + length.toNanos();
        if (!provider.paused || until - provider.pausedUntilNanos > 0) {
            if (!provider.paused) {
                deliveries.paused(id, length, now);
            }
            provider.paused = true;
            provider.pausedUntilNanos = until;
        }
    }

    void resume(ProviderId id, long now) {
        ProviderState provider = ledger.knownProvider(id);
        if (provider != null && provider.paused) {
            provider.paused = false;
            deliveries.resumed(id, "told to", now);
        }
    }

    void stopGranting() {
        closed = true;
    }

    void close(long now) {
        closed = true;
        for (SessionState session : List.copyOf(ledger.sessions.values())) {
            failAll(session, "the permit pool", "pool closed", now);
        }
        alarm.cancel();
    }

    // A request, from when it is made

    /** Takes in a new request, or says why not; one that was cancelled before this stays out. */
    @Nullable
    ExaiException submit(Entry entry, boolean nowOrNever, long now) {
        if (!entry.isIn(State.NEW)) {
            return null;
        }
        CallContext context = entry.context;
        Lane lane = ledger.lane(entry.path);
        ExaiException refusal =
                closed ? new SessionClosedException("the permit pool") : refusals.ofNew(entry, lane, nowOrNever, now);
        if (refusal != null) {
            refuse(entry, lane);
        } else if (ledger.waiting == 0 && order.admits(entry, lane, now)) {
            admit(entry, lane, now);
        } else {
            refusal = enqueue(entry, lane, nowOrNever, now);
        }
        if (refusal != null) {
            deliveries.refused(context, entry.path, refusal, now);
        }
        return refusal;
    }

    private void refuse(Entry entry, Lane lane) {
        entry.state(State.LEFT);
        entry.forgetHandle();
        ledger.dropIfIdle(lane.session());
    }

    /** Grants a request beside which nobody waits, as if it had waited for no time. */
    private void admit(Entry entry, Lane lane, long now) {
        deliveries.queued(entry, deliveries.events(), now);
        ledger.admit(entry, lane, now);
        deliveries.granted(entry, now);
        alarm.by(ledger.holds.dueNanos(entry), now);
    }

    /** Queues a request and grants it if it can be; one that has to wait where the queue is full is taken out again. */
    private @Nullable ExaiException enqueue(Entry entry, Lane lane, boolean nowOrNever, long now) {
        int place = deliveries.events(); // before the grants that follow, though it may never have been in the queue
        ledger.enqueue(entry, lane, now);
        grantAll(now);
        boolean waits = entry.isIn(State.QUEUED);
        ExaiException refusal = waits && !nowOrNever ? refusals.ofWaiting(entry, lane, now) : null;
        if (refusal == null) {
            deliveries.queued(entry, place, now);
        } else {
            ledger.leave(entry);
        }
        if (waits && nowOrNever) {
            left(entry, "not at once", now);
        }
        if (waits && entry.isIn(State.LEFT)) {
            grantAll(now);
        }
        return refusal;
    }

    /**
     * The time, which is read only where it changes something: where somebody waits, is told, or is to be remembered as
     * present. Else the time of the last grant will do.
     */
    private long timeOfReturn() {
        boolean matters = ledger.waiting > 0 || ledger.presence.matters() || deliveries.tellsEvents();
        return matters ? scheduler.nanoTime() : ledger.latestNanos;
    }

    /** Ends a request from whatever state it is in. */
    void end(Entry entry) {
        long now = timeOfReturn();
        switch (entry.state()) {
            case NEW -> {
                entry.state(State.LEFT);
                entry.forgetHandle();
            }
            case QUEUED -> left(entry, "cancelled", now);
            case HELD -> {
                ledger.giveBack(entry, now);
                deliveries.returned(entry, now);
            }
            case REVOKED -> returnLate(entry, now);
            default -> {
                return; // it has ended
            }
        }
        if (ledger.waiting > 0) {
            grantAll(now);
        }
    }

    private void returnLate(Entry entry, long now) {
        if (ledger.zombies.remove(entry)) {
            entry.forgetHandle();
            deliveries.returnedLate(entry, now);
        }
    }

    void onOverdue(Entry entry, Runnable action) {
        if (entry.isIn(State.HELD) || entry.isIn(State.REVOKED)) {
            entry.owner(action);
            if (entry.isIn(State.REVOKED) || entry.isSuspect()) {
                deliveries.tellOverdue(entry);
            }
        }
    }

    /** Lowers the ceiling of the model or the provider of a permit that is out. */
    void congested(Entry entry, long now) {
        if (!entry.isIn(State.HELD)) {
            return;
        }
        Level ofModel = entry.lane().group.level;
        Level level = ofModel == null ? entry.lane().provider().level : ofModel;
        if (Ceiling.cut(level, entry.sequence, ledger.granted, ledger.limits, now)) {
            deliveries.adapted(level, entry.path.provider(), now);
            ledger.limitsChanged();
        }
    }

    void settle(Entry entry, long tokens, long now) {
        if (entry.hasLane()) {
            entry.lane().provider().rates.settle(entry, tokens, now);
        }
    }

    /** Takes back a permit that nobody can give back. */
    void reclaim(Entry entry, long now) {
        if (entry.isIn(State.HELD)) {
            ledger.reclaim(entry, now);
            deliveries.reclaimed(entry, now);
        } else if (entry.isIn(State.REVOKED)) {
            ledger.zombies.remove(entry); // nobody will give it back any more
        }
    }

    // What time does

    /** What the alarm rings for: a deadline, the end of a lease, of a pause, of a quiet while. */
    void ring(long now) {
        alarm.rings();
        expire(now);
    }

    void expire(long now) {
        for (Entry late = ledger.waits.firstDueAt(now); late != null; late = ledger.waits.firstDueAt(now)) {
            Duration waited = Duration.ofNanos(now - late.sinceNanos);
            fail(late, refusals.timeout(late, late.lane(), waited, now), "timed out", now);
        }
        for (Entry holder = ledger.holds.firstDueAt(now); holder != null; holder = ledger.holds.firstDueAt(now)) {
            overdue(holder, now);
        }
        for (int p = 0; p < ledger.providers.size(); p++) {
            ProviderState provider = ledger.providers.get(p);
            if (provider.paused && provider.pausedUntilNanos - now <= 0) {
                provider.paused = false;
                deliveries.resumed(provider.id, "its time was over", now);
            }
            raise(provider, provider.level, now);
            for (int g = 0; g < provider.groups.size(); g++) {
                LaneGroup group = provider.groups.get(g);
                if (group.level != null) {
                    raise(provider, group.level, now);
                }
            }
        }
    }

    private void raise(ProviderState provider, Level level, long now) {
        if (Ceiling.raise(level, ledger.limits, now)) {
            deliveries.adapted(level, provider.id, now);
            ledger.limitsChanged();
        }
    }

    /** The ladder: a permit is suspect, and its owner told; then it is revoked. */
    private void overdue(Entry holder, long now) {
        if (ledger.overdueAt(holder) - now > 0) {
            deliveries.touched(holder, now); // since it was last looked at
            ledger.lookAgain(holder);
        } else if (holder.isSuspect()) {
            ledger.revoke(holder, now);
            deliveries.revoked(holder, now);
        } else {
            ledger.suspect(holder, now);
            deliveries.suspect(holder, now);
        }
    }

    // What several of them do

    private void left(Entry entry, String how, long now) {
        ledger.leave(entry);
        deliveries.left(entry, how, now);
    }

    private void fail(Entry entry, ExaiException why, String how, long now) {
        ExaiException failure = why.in(
                entry.context.errorContext().withProvider(entry.path.provider().value()));
        Object owner = entry.owner();
        entry.owner(
                failure); // before its state says that it has left: a thread that waits reads the one, then the other
        ledger.leave(entry);
        deliveries.failed(entry, owner, failure, how, now);
    }

    /** Grants whatever can be granted, then sets the alarm. Every change ends here. */
    void grantAll(long now) {
        Entry next = closed ? null : order.next(now);
        while (next != null) {
            order.countOvertaken(next, now);
            ledger.grant(next, now);
            deliveries.granted(next, now);
            next = order.next(now);
        }
        grantedAsOfNanos = now;
        setAlarm(now);
    }

    private void setAlarm(long now) {
        if (!closed || ledger.waiting > 0) {
            setAlarm(ledger.waits, now);
            setAlarm(ledger.holds, now);
        }
        if (closed) {
            return;
        }
        for (int p = 0; p < ledger.providers.size(); p++) {
            ProviderState provider = ledger.providers.get(p);
            if (provider.paused) {
                alarm.by(provider.pausedUntilNanos, now);
            }
            setAlarm(provider.level, now);
            for (int g = 0; g < provider.groups.size(); g++) {
                LaneGroup group = provider.groups.get(g);
                setAlarm(group.level, now);
            }
        }
        if (ledger.waiting > 0 && order.waitsForTime) {
            alarm.by(order.readyAtNanos, now);
        }
    }

    private void setAlarm(DueOrder order, long now) {
        if (!order.isEmpty()) {
            alarm.by(order.firstDueNanos(), now);
        }
    }

    private void setAlarm(@Nullable Level level, long now) {
        if (level != null && level.ceiling != null) {
            alarm.by(level.ceiling.raiseAtNanos, now);
        }
    }

    // Looking

    /** What a waiting request would fail with now; what it has failed with if that came first. */
    Optional<ExaiException> describeWait(Entry entry, long now) {
        if (!entry.isIn(State.QUEUED)) {
            return Optional.ofNullable(entry.failure());
        }
        return Optional.of(refusals.timeout(entry, entry.lane(), Duration.ofNanos(now - entry.sinceNanos), now));
    }

    PoolAudit audit(long now) {
        return PoolAudit.of(ledger, !closed && order.next(grantedAsOfNanos) != null, now);
    }
}
