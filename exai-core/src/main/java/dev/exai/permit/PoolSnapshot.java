package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was in use and what waited in a pool, at every level, at one moment. Immutable. */
public final class PoolSnapshot {
    /** One level. Immutable. */
    public static final class Usage {
        private final int limit;
        private final int configured;
        private final int inUse;
        private final int waiting;
        private final boolean paused;

        private Usage(Level level, int waiting, boolean paused) {
            this.limit = level.limit;
            this.configured = level.configured;
            this.inUse = level.used;
            this.waiting = waiting;
            this.paused = paused;
        }

        /** {@return how many permits may be out now: what was configured, or less if the provider was found to refuse} */
        public int limit() {
            return limit;
        }

        /** {@return how many permits may be out as far as the limits say} */
        public int configured() {
            return configured;
        }

        /** {@return how many are out} */
        public int inUse() {
            return inUse;
        }

        /** {@return how many requests wait} */
        public int waiting() {
            return waiting;
        }

        /** {@return whether nothing is granted here for now; only a provider can be paused} */
        public boolean isPaused() {
            return paused;
        }

        @Override
        public String toString() {
            return inUse + "/" + limit + (limit < configured ? " of " + configured : "")
                    + (waiting == 0 ? "" : " +" + waiting + " waiting") + (paused ? " paused" : "");
        }
    }

    private final Usage global;
    private final Map<ProviderId, Usage> providers;
    private final Map<ProviderId, Map<String, Usage>> models;
    private final Map<SessionId, Usage> sessions;
    private final long granted;
    private final long returned;
    private final long revoked;
    private final long reclaimed;
    private final int zombies;

    PoolSnapshot(Ledger ledger) {
        this.global = new Usage(ledger.global, ledger.waiting, false);
        this.providers = new LinkedHashMap<>();
        this.models = new LinkedHashMap<>();
        for (ProviderState provider : ledger.providers) {
            providers.put(provider.id, new Usage(provider.level, provider.waiting, provider.paused));
        }
        this.sessions = new LinkedHashMap<>();
        Map<LaneGroup, Integer> waiting = new HashMap<>();
        for (SessionState session : ledger.sessions.values()) {
            sessions.put(session.id, new Usage(session.level, session.waiting, false));
            session.shares.forEach(
                    share -> share.lanes.forEach(lane -> waiting.merge(lane.group, lane.waiting, Integer::sum)));
        }
        for (ProviderState provider : ledger.providers) {
            for (LaneGroup group : provider.groups) {
                if (group.level != null) {
                    models.computeIfAbsent(provider.id, id -> new LinkedHashMap<>())
                            .put(
                                    group.level.name,
                                    new Usage(group.level, waiting.getOrDefault(group, 0), provider.paused));
                }
            }
        }
        this.granted = ledger.granted;
        this.returned = ledger.returned;
        this.revoked = ledger.revoked;
        this.reclaimed = ledger.reclaimed;
        this.zombies = ledger.zombies.size();
    }

    /** {@return the whole pool} */
    public Usage global() {
        return global;
    }

    /**
     * {@return a provider, if the pool knows it}
     *
     * @param provider the provider
     */
    public Optional<Usage> provider(ProviderId provider) {
        return Optional.ofNullable(providers.get(provider));
    }

    /**
     * {@return a model that has a limit, if the pool knows it}
     *
     * @param provider its provider
     * @param model the model's id
     */
    public Optional<Usage> model(ProviderId provider, String model) {
        return Optional.ofNullable(models.getOrDefault(provider, Map.of()).get(model));
    }

    /**
     * {@return a session, if the pool knows it}
     *
     * @param session the session
     */
    public Optional<Usage> session(SessionId session) {
        return Optional.ofNullable(sessions.get(session));
    }

    /** {@return how many permits have ever gone out} */
    public long granted() {
        return granted;
    }

    /** {@return how many of them have come back} */
    public long returned() {
        return returned;
    }

    /** {@return how many were revoked, because they were out for too long} */
    public long revoked() {
        return revoked;
    }

    /** {@return how many were reclaimed, because nobody could give them back any more} */
    public long reclaimed() {
        return reclaimed;
    }

    /** {@return how many of the revoked ones their owners have not given back yet} They hold no unit. */
    public int zombies() {
        return zombies;
    }

    /** {@return whether nothing is out and nothing waits} */
    public boolean isIdle() {
        return global.inUse == 0 && global.waiting == 0;
    }

    @Override
    public String toString() {
        return "PoolSnapshot[global " + global + ", " + providers + (models.isEmpty() ? "" : ", models " + models)
                + ", sessions " + sessions + "]";
    }
}
