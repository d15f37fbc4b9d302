package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.HashMap;
import java.util.Map;

/**
 * What the pool knows of a session. Guarded by the pool's lock.
 *
 * <p>Dropped only when nothing of it is held or waits and it is not open: a session that is in use never loses its
 * count.
 */
final class SessionState {
    final SessionId id;
    final Level level;
    final Map<ProviderId, Lane> lanes = new HashMap<>(4);

    int weight = 1;
    int waiting;

    /** Whether it was opened by name and not closed since; others live as long as they have requests. */
    boolean open;

    boolean closed;
    long lastActiveNanos;

    SessionState(SessionId id, int limit) {
        this.id = id;
        this.level = new Level(id.value(), limit);
    }

    boolean isInUse() {
        return level.used > 0 || waiting > 0;
    }
}
