package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was in use and what waited in a pool, at every level, at one moment. Immutable. */
public final class PoolSnapshot {
    /** One level. Immutable. */
    public static final class Usage {
        private final int limit;
        private final int inUse;
        private final int waiting;
        private final boolean paused;

        private Usage(int limit, int inUse, int waiting, boolean paused) {
            this.limit = limit;
            this.inUse = inUse;
            this.waiting = waiting;
            this.paused = paused;
        }

        /** {@return how many permits may be out} */
        public int limit() {
            return limit;
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
            return inUse + "/" + limit + (waiting == 0 ? "" : " +" + waiting + " waiting") + (paused ? " paused" : "");
        }
    }

    private final Usage global;
    private final Map<ProviderId, Usage> providers;
    private final Map<SessionId, Usage> sessions;
    private final long granted;
    private final long returned;
    private final long revoked;
    private final int zombies;

    private PoolSnapshot(
            Usage global, Map<ProviderId, Usage> providers, Map<SessionId, Usage> sessions, Ledger ledger) {
        this.global = global;
        this.providers = providers;
        this.sessions = sessions;
        this.granted = ledger.granted;
        this.returned = ledger.returned;
        this.revoked = ledger.revoked;
        this.zombies = ledger.zombies;
    }

    static PoolSnapshot of(Ledger ledger) {
        Map<ProviderId, Usage> providers = new LinkedHashMap<>();
        ledger.providers.forEach((id, state) -> {
            int waiting = state.backlog.stream().mapToInt(lane -> lane.waiting).sum();
            providers.put(id, new Usage(state.level.limit, state.level.used, waiting, state.paused));
        });
        Map<SessionId, Usage> sessions = new LinkedHashMap<>();
        ledger.sessions.forEach(
                (id, state) -> sessions.put(id, new Usage(state.level.limit, state.level.used, state.waiting, false)));
        Usage global = new Usage(ledger.global.limit, ledger.global.used, ledger.waiting, false);
        return new PoolSnapshot(global, providers, sessions, ledger);
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

    /** {@return how many of those their owners have not given back yet} They hold no unit. */
    public int zombies() {
        return zombies;
    }

    /** {@return whether nothing is out and nothing waits} */
    public boolean isIdle() {
        return global.inUse == 0 && global.waiting == 0;
    }

    @Override
    public String toString() {
        return "PoolSnapshot[global " + global + ", " + providers + ", sessions " + sessions + "]";
    }
}
