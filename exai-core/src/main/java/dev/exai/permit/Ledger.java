package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.PermitRequest.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds and who waits: the state of the pool, and the moves that change it.
 *
 * <p>The ledger keeps the permits that are out, not a count of them, so a count can always be checked against its
 * holders. It knows no threads, no clock and no callbacks.
 */
final class Ledger {
    /*
     * Owner      The pool's lock guards everything here and in Entry, Level, Lane, LaneGroup, LaneHeap, Share,
     *            SessionState, ProviderState, Presence, Rates, Ceiling, CallIndex, LaneNumbers and KeyHeap.
     * Invariant  For each level, used = the number of HELD entries that cross it.
     *            A QUEUED entry is in its lane's queue, in `waits` and in `live`; a HELD one is in `holds` and in
     *            `live`; a REVOKED one that its owner has not given back is in `zombies`;
     *            others are nowhere.
     *            granted = returned + revoked + reclaimed + held.
     *            A lane is listed where its counts say: every move that changes them ends in list().
     * Moves      enqueue: NEW -> QUEUED.  grant: QUEUED -> HELD.  admit: NEW -> HELD.  leave: QUEUED -> LEFT.
     *            giveBack: HELD -> RETURNED.  revoke: HELD -> REVOKED.  reclaim: HELD -> RECLAIMED.
     *            All levels change in the same move, so a permit is never half taken.
     */

    /** How long an idle open session counts as present for the newcomer rule at a limit of two. */
    static final long PRESENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** So many lanes of a session at a provider, one a model, are kept though they are idle. */
    private static final int MOST_LANES_OF_A_SHARE = 64;

    /** The limits in force; read without the lock too. */
    volatile PermitLimits limits;

    final Level global;
    final Map<SessionId, SessionState> sessions = new HashMap<>();
    final List<ProviderState> providers = new ArrayList<>();
    private final Map<ProviderId, ProviderState> providersById = new HashMap<>();
    final Presence presence = new Presence();
    /** Those that wait, by their deadlines. */
    final DueOrder waits = new DueOrder(DueRun.ofWaiting(0));

    /** Those that hold, by when they are to be looked at. Apart from those that wait, which may be many more. */
    final DueOrder holds = new DueOrder(DueRun.ofHolding(0));

    final LaneHeap.Work work = new LaneHeap.Work();

    /** Whose ledger it is: for who has an entry only. */
    final PermitPool pool;

    /** The one live request of each call: a call that has or awaits a permit may not ask for another. */
    final CallIndex live = new CallIndex();

    /** Revoked permits whose owners have not given them back yet. */
    final Set<Entry> zombies = new LinkedHashSet<>();

    private long arrivals;
    long granted;
    long returned;
    long revoked;
    long reclaimed;
    int waiting;

    /** Whether the pool has fewer units than its providers together. */
    boolean keepsUnits;

    /** The latest time that it was told. */
    long latestNanos;

    private long graceNanos;
    private long idleNanos;

    /** A moving average of how long permits are held while others wait, for the estimates of refusals. */
    private double averageHoldNanos = TimeUnit.SECONDS.toNanos(5);

    Ledger(PermitPool pool, PermitLimits limits) {
        this.pool = pool;
        this.global = new Level("global", limits.global());
        this.limits = limits;
        take(limits);
    }

    private void take(PermitLimits newLimits) {
        limits = newLimits;
        graceNanos = newLimits.grace().toNanos();
        idleNanos = newLimits.idleLease().map(lease -> lease.toNanos()).orElse(0L);
    }

    /** Puts other limits in force. Where less is allowed than is out, permits stay out until their holders close them. */
    void resize(PermitLimits newLimits) {
        boolean drawAnew = !limits.limitedModels().equals(newLimits.limitedModels());
        take(newLimits);
        global.configure(newLimits.global());
        for (ProviderState provider : providers) {
            provider.level.configure(newLimits.provider(provider.id));
            provider.rates.configure(newLimits.rate(provider.id).orElse(null));
            for (LaneGroup group : provider.groups) {
                if (group.level != null) {
                    group.level.configure(
                            newLimits.model(provider.id, group.level.name).orElse(Integer.MAX_VALUE));
                }
            }
        }
        for (SessionState session : sessions.values()) {
            session.level.configure(session.limitBy(newLimits));
            session.shares.forEach(share -> share.level.configure(newLimits.sessionAt(share.provider.id)));
        }
        if (drawAnew) {
            drawLanesAnew();
        }
        limitsChanged();
    }

    /** To be called after the limit of a provider or of the pool has changed, or who is in play. */
    void limitsChanged() {
        long sum = 0;
        for (ProviderState provider : providers) {
            sum += provider.inPlay ? provider.level.limit : 0;
        }
        keepsUnits = global.limit < sum;
        boolean presenceMatters = limits.newcomerUnit()
                && (global.limit == 2 || providers.stream().anyMatch(provider -> provider.level.limit == 2));
        presence.matters(presenceMatters, sessions.values());
        sessions.values().forEach(this::list);
    }

    /** Draws the lanes anew, because other models have limits now: whoever waits or holds goes on in its new lane. */
    private void drawLanesAnew() {
        List<Entry> waitingOnes = new ArrayList<>();
        for (SessionState session : sessions.values()) {
            for (Share share : session.shares) {
                for (Lane lane : share.lanes) {
                    while (lane.head != null) {
                        Entry entry = lane.head;
                        lane.remove(entry);
                        waitingOnes.add(entry);
                    }
                    lane.live = false;
                    list(lane);
                    lane.group.numbers.giveBack(lane);
                }
                share.lanes.clear();
            }
        }
        for (ProviderState provider : providers) {
            provider.groups.subList(1, provider.groups.size()).clear();
        }
        forEachHolder(holder -> {
            Lane old = holder.lane();
            Lane lane = lane(holder.path);
            holder.lane(lane);
            lane.used++;
            lane.lastServed = Math.max(lane.lastServed, old.lastServed);
            if (lane.group.level != null) {
                lane.group.level.used++;
            }
        });
        waitingOnes.sort((a, b) -> Long.compare(a.sequence, b.sequence));
        for (Entry entry : waitingOnes) {
            Lane old = entry.lane();
            Lane lane = lane(entry.path);
            entry.lane(lane);
            lane.lastServed = Math.max(lane.lastServed, old.lastServed);
            lane.append(entry);
        }
    }

    ProviderState provider(ProviderId id) {
        ProviderState known = providersById.get(id);
        if (known == null) {
            known = new ProviderState(id, limits.provider(id), work);
            known.rates.configure(limits.rate(id).orElse(null));
            providersById.put(id, known);
            providers.add(known);
        }
        return known;
    }

    @Nullable
    ProviderState knownProvider(ProviderId id) {
        return providersById.get(id);
    }

    void bringIntoPlay(ProviderState provider) {
        if (!provider.inPlay) {
            provider.inPlay = true;
            limitsChanged();
        }
    }

    SessionState session(SessionId id) {
        SessionState known = sessions.get(id);
        if (known == null) {
            known = new SessionState(this, id, limits.session(id));
            sessions.put(id, known);
        }
        return known;
    }

    /** The lane that a path leads to; a path that is used again remembers it. */
    Lane lane(PermitPath path) {
        Lane last = path.lane;
        if (last != null && last.live && last.share.session.ledger == this) {
            return last;
        }
        SessionState session = session(path.session());
        ProviderState provider = provider(path.provider());
        Share share = session.share(provider);
        if (share == null) {
            share = new Share(session, provider, limits.sessionAt(provider.id));
            session.shares.add(share);
        }
        LaneGroup group = group(provider, path.model().orElse(null));
        Lane lane = share.lane(group);
        if (lane == null) {
            if (share.lanes.size() >= MOST_LANES_OF_A_SHARE) {
                forgetIdleLanes(share);
            }
            lane = new Lane(share, group);
            share.lanes.add(lane);
        }
        path.lane = lane;
        return lane;
    }

    /**
     * Forgets the lanes in which nothing is held or waits, and then the models that nobody has a lane of: their names may
     * come from anybody. All that is lost with a lane is when it was last served.
     */
    private void forgetIdleLanes(Share share) {
        for (Lane lane : List.copyOf(share.lanes)) {
            if (lane.used == 0 && lane.waiting == 0) {
                share.lanes.remove(lane);
                forget(lane);
            }
        }
    }

    private void forget(Lane lane) {
        lane.live = false;
        LaneGroup group = lane.group;
        group.numbers.giveBack(lane);
        if (group.level != null && group.isAsNew() && !limits.names(group.provider.id, group.level.name)) {
            group.provider.groups.remove(group);
        }
    }

    private LaneGroup group(ProviderState provider, @Nullable String model) {
        LaneGroup known = provider.group(model);
        if (model == null || known.level != null) {
            return known;
        }
        return limits.model(provider.id, model)
                .map(limit -> {
                    LaneGroup group = new LaneGroup(provider, new Level(model, limit), work);
                    provider.groups.add(group);
                    return group;
                })
                .orElse(known);
    }

    /** How often a waiting head of a provider may be overtaken before it goes next. */
    long bypassBound(ProviderState provider) {
        return (long) limits.bypassFactor() * provider.level.limit;
    }

    /** The call that already has or awaits a permit: this one, or one that waits for it. */
    @Nullable
    CallId liveAncestor(CallContext context) {
        CallContext current = context;
        while (current != null) {
            if (live.contains(current)) {
                return current.callId();
            }
            current = current.parent().orElse(null);
        }
        return null;
    }

    // Moves

    void enqueue(Entry entry, Lane lane, long now) {
        entry.state(State.QUEUED);
        entry.lane(lane);
        entry.sequence = ++arrivals;
        entry.sinceNanos = now;
        lane.append(entry);
        waiting++;
        entry.deadlineNanos(entry.context.deadline().atNanos());
        waits.add(entry, entry.deadlineNanos());
        live.add(entry);
        presence.active(lane.session(), now);
        presence.changed(lane.session());
        bringIntoPlay(lane.provider());
        if (entry.previous == null) { // it is the head
            list(lane);
        }
    }

    void grant(Entry entry, long now) {
        entry.lane().remove(entry);
        waiting--;
        waits.remove(entry);
        hold(entry, entry.lane(), entry.deadlineNanos(), now);
        list(entry.lane()); // also if nothing waits in it any more
        listOthers(entry.lane());
    }

    /** Grants a request beside which nobody waits. */
    void admit(Entry entry, Lane lane, long now) {
        entry.lane(lane);
        hold(entry, lane, entry.context.deadline().atNanos(), now);
        live.add(entry);
        presence.active(lane.session(), now);
        presence.changed(lane.session());
        bringIntoPlay(lane.provider());
    }

    private void hold(Entry entry, Lane lane, long deadlineNanos, long now) {
        latestNanos = now;
        entry.state(State.HELD);
        count(lane, 1);
        lane.lastServed = ++granted;
        entry.sequence = granted;
        entry.sinceNanos = now;
        entry.touchedNanos(now);
        holds.add(entry, overdueAt(deadlineNanos, now));
        if (!lane.provider().rates.isEmpty()) {
            lane.provider().rates.take(entry, now);
            entry.charged();
        }
    }

    /** Counts a unit of a lane as out, or as back, at all levels in this one step. */
    private void count(Lane lane, int units) {
        lane.count(units);
        global.used += units;
    }

    void leave(Entry entry) {
        Lane lane = entry.lane();
        lane.remove(entry);
        waiting--;
        waits.remove(entry);
        live.remove(entry);
        entry.state(State.LEFT);
        entry.forgetHandle();
        presence.changed(lane.session());
        list(lane);
        dropIfIdle(lane.session());
    }

    void giveBack(Entry entry, long now) {
        entry.state(State.RETURNED);
        returned++;
        free(entry, now);
        entry.forgetHandle();
    }

    void revoke(Entry entry, long now) {
        entry.state(State.REVOKED);
        revoked++;
        zombies.add(entry);
        free(entry, now);
    }

    void reclaim(Entry entry, long now) {
        entry.state(State.RECLAIMED);
        reclaimed++;
        free(entry, now);
        entry.forgetHandle();
    }

    private void free(Entry entry, long now) {
        Lane lane = entry.lane();
        if (entry.isRefundable()) {
            lane.provider().rates.refund(entry);
        }
        holds.remove(entry);
        live.remove(entry);
        count(lane, -1);
        if (waiting > 0) {
            averageHoldNanos += 0.1 * (now - entry.sinceNanos - averageHoldNanos);
        }
        presence.active(lane.session(), now);
        presence.changed(lane.session());
        if (lane.session().waiting > 0) {
            list(lane);
            listOthers(lane);
        }
        dropIfIdle(lane.session());
    }

    /** Lists the lanes of a session where they belong now. */
    void list(SessionState session) {
        if (session.waiting == 0) {
            return;
        }
        for (int s = 0; s < session.shares.size(); s++) {
            Share share = session.shares.get(s);
            for (int l = 0; l < share.lanes.size(); l++) {
                Lane lane = share.lanes.get(l);
                list(lane);
            }
        }
    }

    /** Lists the other lanes of a session, in one of whose lanes what is in use has changed. */
    @SuppressWarnings("ReferenceEquality") // a lane is itself only
    private void listOthers(Lane changed) {
        SessionState session = changed.session();
        if (session.waiting == changed.waiting) {
            return; // nothing waits in them
        }
        for (int s = 0; s < session.shares.size(); s++) {
            Share share = session.shares.get(s);
            for (int l = 0; l < share.lanes.size(); l++) {
                Lane lane = share.lanes.get(l);
                if (lane != changed) {
                    list(lane);
                }
            }
        }
    }

    private void list(Lane lane) {
        lane.group.list(lane, bypassBound(lane.provider()));
    }

    // Leases

    /** When a permit that is out is overdue, as far as is known now. */
    long overdueAt(Entry entry) {
        return overdueAt(entry.context.deadline().atNanos(), entry.touchedNanos());
    }

    private long overdueAt(long deadlineNanos, long touchedNanos) {
        long byDeadline = deadlineNanos + graceNanos / 6;
        if (idleNanos == 0) {
            return byDeadline;
        }
        long byIdleness = touchedNanos + idleNanos;
        return byIdleness - byDeadline < 0 ? byIdleness : byDeadline;
    }

    /** Notes that a permit is overdue; it will be revoked if that does not help. */
    void suspect(Entry entry, long now) {
        entry.suspect(true);
        holds.moved(entry, now + graceNanos / 6 * 5);
    }

    /** Looks at a permit again when it could be overdue. */
    void lookAgain(Entry entry) {
        entry.suspect(false);
        holds.moved(entry, overdueAt(entry));
    }

    // Sessions

    void open(SessionId id, int weight, int ownLimit, long now) {
        SessionState session = session(id);
        session.open = true;
        session.closed = false;
        session.weigh(weight);
        session.ownLimit = ownLimit;
        session.level.configure(session.limitBy(limits));
        presence.active(session, now);
        presence.changed(session);
        list(session);
    }

    void close(SessionState session) {
        session.open = false;
        session.closed = true;
        presence.remove(session);
        presence.changed(session);
    }

    /** {@return what waits of a session, by provider} */
    List<Entry> waitingOf(SessionState session) {
        List<Entry> all = new ArrayList<>(session.waiting);
        for (Share share : session.shares) {
            for (Lane lane : share.lanes) {
                for (Entry entry = lane.head; entry != null; entry = entry.next) {
                    all.add(entry);
                }
            }
        }
        return all;
    }

    void dropIfIdle(SessionState session) {
        if (!session.open && !session.isInUse() && sessions.remove(session.id, session)) {
            presence.remove(session);
            for (Share share : session.shares) {
                share.lanes.forEach(this::forget);
            }
        }
    }

    void forEachHolder(Consumer<Entry> visitor) {
        holds.forEach(visitor);
    }

    /**
     * When the last request of a lane might have its turn: as many turns as there are lanes that wait beside it for each
     * one in it, at the average hold time, once a pause is over.
     */
    long estimatedWaitNanos(Lane lane, long now) {
        ProviderState provider = lane.provider();
        long lanes = 0;
        for (LaneGroup group : provider.groups) {
            lanes += group.byArrival.size();
        }
        long ahead = Math.min(provider.waiting, Math.max(1, lanes) * lane.waiting);
        long nanos = (long) (averageHoldNanos * ahead / provider.level.limit);
        return nanos + (provider.paused ? Math.max(0, provider.pausedUntilNanos - now) : 0);
    }
}
