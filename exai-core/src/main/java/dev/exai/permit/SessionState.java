package dev.exai.permit;

import dev.exai.context.SessionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the pool knows of a session. Guarded by the pool's lock.
 *
 * <p>Dropped only when nothing of it is held or waits and it is not open: a session that is in use never loses its
 * count.
 */
final class SessionState {
    static final int NO_LIMIT_OF_ITS_OWN = 0;

    /** The ledger that it is in: a path that was used with another pool leads to another one. */
    final Ledger ledger;

    final SessionId id;
    final Level level;

    /** What it has at each provider that it ever asked for. */
    final List<Share> shares = new ArrayList<>(2);

    int weight = 1;

    /** The limit that it was opened with, if it was with one. */
    int ownLimit = NO_LIMIT_OF_ITS_OWN;

    int waiting;

    /** Whether it was opened by name and not closed since; others live as long as they have requests. */
    boolean open;

    boolean closed;
    long lastActiveNanos;

    /** Whether it is counted among the sessions that are in use. */
    boolean countedInUse;

    /** Its neighbours among the open sessions, by when they were last active. */
    @Nullable
    SessionState lessRecent;

    @Nullable
    SessionState moreRecent;

    SessionState(Ledger ledger, SessionId id, int limit) {
        this.ledger = ledger;
        this.id = id;
        this.level = new Level(id.value(), limit);
    }

    /** {@return how many permits it may have} */
    int limitBy(PermitLimits limits) {
        return ownLimit == NO_LIMIT_OF_ITS_OWN ? limits.session(id) : ownLimit;
    }

    /** Gives it, and each of its lanes, a weight. */
    void weigh(int value) {
        weight = value;
        for (Share share : shares) {
            share.lanes.forEach(lane -> lane.weight = value);
        }
    }

    boolean isInUse() {
        return level.used > 0 || waiting > 0;
    }

    @Nullable
    Share share(ProviderState provider) {
        for (Share share : shares) {
            if (share.provider == provider) {
                return share;
            }
        }
        return null;
    }
}
