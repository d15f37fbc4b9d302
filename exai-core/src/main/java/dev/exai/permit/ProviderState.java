package dev.exai.permit;

import dev.exai.context.ProviderId;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the pool knows of a provider. Guarded by the pool's lock. */
final class ProviderState {
    final ProviderId id;
    final Level level;

    /** The lanes of this provider that have a waiting head. */
    final Set<Lane> backlog = new LinkedHashSet<>();

    /** Whether it was named in advance or has ever been queued for: only then are units of the pool kept for it. */
    boolean inPlay;

    /** Whether nothing is to be granted here for now. */
    boolean paused;

    /** When the pause ends, while there is one. */
    long pausedUntilNanos;

    ProviderState(ProviderId id, int limit) {
        this.id = id;
        this.level = new Level(id.value(), limit);
    }
}
