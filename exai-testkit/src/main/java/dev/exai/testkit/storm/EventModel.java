package dev.exai.testkit.storm;

import dev.exai.call.CallState;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows the library's events, each at the cost of a few counts, and finds what must not come after what.
 *
 * <p>Events tell in the order in which things happened, somewhat later; so what is found here is right, and found before
 * time moves on. It knows nothing but events: where it and the pool disagree, one of them has lost something.
 */
final class EventModel implements ExaiListener {
    /** With more lanes than this that wait at a provider it is not counted who overtakes whom, to be quick. */
    private static final int MOST_LANES_COUNTED = 32;

    private final Findings findings;
    private final Supplier<Bounds> bounds;
    private final Consumer<Fate> whenEnded;
    private final Map<CallId, Fate> fates = new HashMap<>();
    private final Map<String, Long> endings = new HashMap<>();
    private final List<Fate> touched = new ArrayList<>();
    final Tally tally = new Tally();

    private long arrivals;
    private long events;
    private int zombies;

    /** Which models were asked for, and whether they had limits of their own when this was last looked at. */
    private final Map<ProviderId, Map<String, Boolean>> hadLimits = new HashMap<>();

    EventModel(Findings findings, Supplier<Bounds> bounds, Consumer<Fate> whenEnded) {
        this.findings = findings;
        this.bounds = bounds;
        this.whenEnded = whenEnded;
    }

    long events() {
        return events;
    }

    int zombies() {
        return zombies;
    }

    long ended(CallState state) {
        return endings.getOrDefault(state.name(), 0L);
    }

    int callsUnderWay() {
        return fates.size();
    }

    /** {@return the calls of which events told since this was last asked} */
    List<Fate> takeTouched() {
        List<Fate> all = List.copyOf(touched);
        touched.clear();
        all.forEach(fate -> fate.touched = false);
        return all;
    }

    @Nullable
    Fate fate(CallId id) {
        return fates.get(id);
    }

    /** {@return the fate of a call whose events may still be on their way} */
    Fate expect(CallId id) {
        return fates.computeIfAbsent(id, Fate::new);
    }

    private CallId callOf(ExaiEvent event) {
        events++;
        CallId id = event.callId().orElseThrow();
        if (findings.hasSecrets()) {
            findings.checkText(id, "an event", event.detail());
            findings.checkText(id, "an event", event.label());
        }
        return id;
    }

    /** The call that an event is about, which must be under way. */
    private @Nullable Fate underWay(ExaiEvent event, String what) {
        CallId id = callOf(event);
        Fate fate = fates.get(id);
        if (fate == null || !fate.started) {
            findings.broken("I7", id, what + " though it is not under way");
            return null;
        }
        touch(fate);
        return fate;
    }

    private void touch(Fate fate) {
        if (!fate.touched) {
            fate.touched = true;
            touched.add(fate);
        }
    }

    private Tally.Lane lane(ExaiEvent event) {
        return tally.lane(event.sessionId().orElseThrow(), event.provider().orElseThrow());
    }

    @Override
    public void callStarted(ExaiEvent.CallStarted event) {
        CallId id = callOf(event);
        Fate fate = expect(id);
        if (fate.started) {
            findings.broken("I7", id, "it started twice");
        }
        fate.started = true;
    }

    @Override
    public void callEnded(ExaiEvent.CallEnded event) {
        Fate fate = underWay(event, "it ended");
        if (fate == null) {
            return;
        }
        if (fate.holdsIn != null) {
            findings.broken("I7", fate.id, "it ended, and its permit at " + fate.holdsIn.provider.id + " is still out");
        }
        if (fate.waitsIn != null) {
            findings.broken("I9", fate.id, "it ended, and is still in the queue of " + fate.waitsIn.provider.id);
        }
        if (fate.call != null && event.nanoTime() - fate.call.deadline().atNanos() > 0) {
            findings.broken("I8", fate.id, "it ended after its deadline");
        }
        if (fate.call != null
                && !event.detail().equals("refused")
                && !event.detail().equals(fate.call.state().name())) {
            findings.broken("I7", fate.id, "it ended as " + event.detail() + " and is " + fate.call.state());
        }
        fate.ended = true;
        endings.merge(event.detail(), 1L, Long::sum);
        fates.remove(fate.id);
        whenEnded.accept(fate);
    }

    @Override
    public void permitQueued(ExaiEvent.PermitQueued event) {
        Fate fate = underWay(event, "it asks for a permit");
        if (fate == null) {
            return;
        }
        if (fate.holdsIn != null || fate.waitsIn != null) {
            findings.broken("I2", fate.id, "it asks for a permit while it has or awaits one");
            return;
        }
        Tally.Lane lane = lane(event);
        fate.model = event.detail();
        hasLimit(lane.provider.id, fate.model);
        fate.arrival = ++arrivals;
        fate.grantsAtArrival = tally.granted;
        fate.overtaken = 0;
        tally.wait(fate, lane);
        // one more may be here for a moment, that is granted at once
        if (lane.session.waiting > bounds.get().limits().maxQueuedPerSession() + 1
                || tally.waiting > bounds.get().limits().maxQueued() + 1) {
            findings.broken(
                    "I12",
                    fate.id,
                    lane.session.waiting + " requests of its session wait, and " + tally.waiting + " in all");
        }
    }

    @Override
    public void permitLeft(ExaiEvent.PermitLeft event) {
        Fate fate = underWay(event, "it left a queue");
        Tally.Lane lane = fate == null ? null : fate.waitsIn;
        if (fate == null || lane == null) {
            findings.broken("I5", event.callId().orElse(null), "it left a queue that it was not in");
            return;
        }
        if (event.detail().equals("granted")) {
            checkTurn(fate, lane);
        }
        tally.leave(fate, lane);
    }

    /** I4, I3: who is granted before whom. */
    private void checkTurn(Fate fate, Tally.Lane lane) {
        if (lane.provider.paused) {
            findings.broken("I3", fate.id, "it was granted a permit of " + lane.provider.id + ", which is paused");
        }
        Fate first = headFor(lane, fate.model);
        if (first != null && first != fate) {
            findings.broken("I4", fate.id, "it was granted before " + first.id + ", which came first");
        }
        if (lane.provider.waitingLanes.size() > MOST_LANES_COUNTED) {
            return;
        }
        long bound = (long) bounds.get().limits().bypassFactor() * bounds.get().provider(lane.provider.id);
        for (Tally.Lane other : lane.provider.waitingLanes) {
            Fate head = headFor(other, fate.model);
            if (head != null && head.arrival < fate.arrival && couldGo(other) && ++head.overtaken > bound) {
                findings.broken("I4", head.id, "it was overtaken " + head.overtaken + " times at " + lane.provider.id);
            }
        }
    }

    /**
     * The first of those of a session at a provider that compete with one for a model: a model with a limit has a queue of
     * its own, those without one share theirs.
     */
    private @Nullable Fate headFor(Tally.Lane lane, String model) {
        Map<String, Boolean> limited = hadLimits.getOrDefault(lane.provider.id, Map.of());
        boolean ownQueue = limited.getOrDefault(model, false);
        for (Fate fate : lane.waiting) {
            if (ownQueue ? fate.model.equals(model) : !limited.getOrDefault(fate.model, false)) {
                return fate;
            }
        }
        return null;
    }

    /** Whether a model has a limit of its own. */
    private boolean hasLimit(ProviderId provider, String model) {
        return hadLimits
                .computeIfAbsent(provider, id -> new HashMap<>(4))
                .computeIfAbsent(model, name -> limitOf(provider, name));
    }

    private boolean limitOf(ProviderId provider, String model) {
        return !model.isEmpty() && bounds.get().limits().model(provider, model).isPresent();
    }

    /** Where other models have limits now, queues are made anew, and it is counted anew who overtakes whom. */
    @Override
    public void poolResized(ExaiEvent.PoolResized event) {
        boolean changed = false;
        for (Map.Entry<ProviderId, Map<String, Boolean>> at : hadLimits.entrySet()) {
            for (Map.Entry<String, Boolean> each : at.getValue().entrySet()) {
                boolean limited = limitOf(at.getKey(), each.getKey());
                changed |= limited != each.setValue(limited);
            }
        }
        if (changed) {
            tally.forEachWaiting(fate -> fate.overtaken = 0);
        }
    }

    private boolean couldGo(Tally.Lane lane) {
        return lane.session.held < bounds.get().limits().session(lane.session.id)
                && lane.held < bounds.get().limits().sessionAt(lane.provider.id);
    }

    @Override
    public void permitGranted(ExaiEvent.PermitGranted event) {
        Fate fate = underWay(event, "it was granted a permit");
        if (fate == null) {
            return;
        }
        if (fate.holdsIn != null || fate.waitsIn != null) {
            findings.broken("I2", fate.id, "it was granted a permit while it has or awaits another one");
            return;
        }
        Tally.Lane lane = lane(event);
        checkNewcomerUnits(fate, lane);
        tally.hold(fate, lane);
        checkLimit(
                fate,
                fate.model,
                lane.provider.held(fate.model),
                fate.model.isEmpty() ? Integer.MAX_VALUE : bounds.get().model(lane.provider.id, fate.model));
        checkLimit(fate, "the pool", tally.held, bounds.get().global());
        checkLimit(fate, lane.provider.id, lane.provider.held, bounds.get().provider(lane.provider.id));
        checkLimit(fate, "its session", lane.session.held, bounds.get().session(lane.session.id));
        checkLimit(
                fate,
                "its session at " + lane.provider.id,
                lane.held,
                bounds.get().sessionAt(lane.provider.id));
    }

    private void checkLimit(Fate fate, Object where, int held, int limit) {
        if (held > limit) {
            findings.broken("I1", fate.id, "its permit is number " + held + " of " + limit + " of " + where);
        }
    }

    /** I4: the last unit goes to a session that holds nothing there, unless somebody was overtaken too often. */
    private void checkNewcomerUnits(Fate fate, Tally.Lane lane) {
        boolean mayBeDue = tally.granted != fate.grantsAtArrival;
        if (mayBeDue || !bounds.get().limits().newcomerUnit() || !bounds.get().areSettled()) {
            return;
        }
        int limit = bounds.get().provider(lane.provider.id);
        if (limit >= 3 && lane.provider.held == limit - 1 && lane.held > 0) {
            findings.broken(
                    "I4", fate.id, "its session took the last unit of " + lane.provider.id + " and has others there");
        }
        int global = bounds.get().global();
        if (global >= 3 && tally.held == global - 1 && lane.session.held > 0) {
            findings.broken("I4", fate.id, "its session took the last unit of the pool and has others");
        }
    }

    @Override
    public void permitReturned(ExaiEvent.PermitReturned event) {
        Fate fate = underWay(event, "its permit came back");
        Tally.Lane lane = fate == null ? null : fate.holdsIn;
        if (fate == null || lane == null) {
            findings.broken("I5", event.callId().orElse(null), "a permit came back that is not out");
            return;
        }
        if (!event.detail().equals("closed")) {
            findings.broken("I6", fate.id, "its permit was " + event.detail() + ": it was not given back in time");
        }
        tally.giveBack(fate, lane);
    }

    @Override
    public void permitRefused(ExaiEvent.PermitRefused event) {
        callOf(event);
    }

    @Override
    public void permitSuspect(ExaiEvent.PermitSuspect event) {
        findings.broken("I6", callOf(event), "its permit is out for longer than it may be");
    }

    @Override
    public void permitReturnedLate(ExaiEvent.PermitReturnedLate event) {
        findings.broken("I6", callOf(event), "its permit came back after it was revoked");
    }

    @Override
    public void attemptStarted(ExaiEvent.AttemptStarted event) {
        Fate fate = underWay(event, "it opens an exchange");
        if (fate != null && fate.holdsIn == null) {
            findings.broken("I1", fate.id, "it opens an exchange without a permit");
        }
    }

    @Override
    public void attemptEnded(ExaiEvent.AttemptEnded event) {
        callOf(event);
    }

    @Override
    public void exchangeAborted(ExaiEvent.ExchangeAborted event) {
        callOf(event);
        zombies++;
    }

    @Override
    public void exchangeGone(ExaiEvent.ExchangeGone event) {
        zombies--;
        if (zombies < 0) {
            findings.broken("I9", callOf(event), "an aborted exchange was reported over twice");
        }
    }

    @Override
    public void providerPaused(ExaiEvent.ProviderPaused event) {
        setPaused(event, true);
    }

    @Override
    public void providerResumed(ExaiEvent.ProviderResumed event) {
        setPaused(event, false);
    }

    private void setPaused(ExaiEvent event, boolean paused) {
        ProviderId provider = event.provider().orElseThrow();
        tally.at(provider).paused = paused;
    }

    /**
     * I3, as far as it can be told at rest at little cost: a session that has nothing, at a provider where nothing is out,
     * in a pool with room for a unit more at each of the providers, does not wait.
     */
    void checkNobodyWaitsWhoCouldGo() {
        if (tally.waiting == 0 || bounds.get().global() - tally.held <= tally.providers.size()) {
            return;
        }
        for (Tally.At provider : tally.providers.values()) {
            if (provider.held > 0 || provider.paused || provider.waiting == 0 || hasRates(provider)) {
                continue;
            }
            for (Tally.Lane lane : provider.waitingLanes) {
                if (lane.session.held == 0) {
                    findings.broken("I3", lane.head().id, "it waits though nothing is in use at " + provider.id);
                }
            }
        }
    }

    private boolean hasRates(Tally.At provider) {
        return bounds.get().limits().rate(provider.id).isPresent();
    }
}
