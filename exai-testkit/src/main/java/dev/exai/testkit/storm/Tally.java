package dev.exai.testkit.storm;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Who holds and who waits, counted from events alone: by provider, by session, and by both. */
final class Tally {
    /** A provider. */
    static final class At {
        final ProviderId id;
        int held;
        int waiting;
        boolean paused;

        /** How many permits are out, by model. */
        private final Map<String, Integer> ofModels = new HashMap<>(4);

        /** The lanes in which somebody waits. */
        final Set<Lane> waitingLanes = new LinkedHashSet<>();

        At(ProviderId id) {
            this.id = id;
        }

        int held(String model) {
            return ofModels.getOrDefault(model, 0);
        }
    }

    /** A session. */
    static final class Of {
        final SessionId id;
        int held;
        int waiting;
        private final List<Lane> lanes = new ArrayList<>(2);

        Of(SessionId id) {
            this.id = id;
        }
    }

    /** A session at a provider. */
    static final class Lane {
        final Of session;
        final At provider;
        int held;
        final Set<Fate> waiting = new LinkedHashSet<>();

        Lane(Of session, At provider) {
            this.session = session;
            this.provider = provider;
        }

        Fate head() {
            return waiting.iterator().next();
        }
    }

    final Map<ProviderId, At> providers = new LinkedHashMap<>();
    private final Map<SessionId, Of> sessions = new HashMap<>();
    int held;
    int waiting;
    long granted;
    long returned;

    At at(ProviderId id) {
        return providers.computeIfAbsent(id, At::new);
    }

    Lane lane(SessionId session, ProviderId provider) {
        Of of = sessions.computeIfAbsent(session, Of::new);
        for (Lane lane : of.lanes) {
            if (lane.provider.id.equals(provider)) {
                return lane;
            }
        }
        Lane made = new Lane(of, at(provider));
        of.lanes.add(made);
        return made;
    }

    void wait(Fate fate, Lane lane) {
        fate.waitsIn = lane;
        if (lane.waiting.isEmpty()) {
            lane.provider.waitingLanes.add(lane);
        }
        lane.waiting.add(fate);
        lane.provider.waiting++;
        lane.session.waiting++;
        waiting++;
    }

    void leave(Fate fate, Lane lane) {
        fate.waitsIn = null;
        lane.waiting.remove(fate);
        if (lane.waiting.isEmpty()) {
            lane.provider.waitingLanes.remove(lane);
        }
        lane.provider.waiting--;
        lane.session.waiting--;
        waiting--;
    }

    void hold(Fate fate, Lane lane) {
        fate.holdsIn = lane;
        count(fate, lane, 1);
        granted++;
    }

    void giveBack(Fate fate, Lane lane) {
        fate.holdsIn = null;
        count(fate, lane, -1);
        fate.model = "";
        returned++;
    }

    private void count(Fate fate, Lane lane, int units) {
        lane.held += units;
        lane.provider.ofModels.merge(fate.model, units, Integer::sum);
        lane.provider.held += units;
        lane.session.held += units;
        held += units;
    }

    void forEachWaiting(Consumer<Fate> action) {
        for (At provider : providers.values()) {
            provider.waitingLanes.forEach(lane -> lane.waiting.forEach(action));
        }
    }

    /** Forgets sessions that hold nothing and wait for nothing. */
    void forgetIdle() {
        sessions.values().removeIf(session -> session.held == 0 && session.waiting == 0);
    }
}
