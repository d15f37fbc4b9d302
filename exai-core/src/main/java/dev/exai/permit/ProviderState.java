package dev.exai.permit;

import dev.exai.context.ProviderId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the pool knows of a provider. Guarded by the pool's lock. */
final class ProviderState {
    final ProviderId id;
    final Level level;

    /** Its lanes: those of the models without limits first, then those of each model that has one. */
    final List<LaneGroup> groups = new ArrayList<>(1);

    final Rates rates = new Rates();

    /** How many requests wait here. */
    int waiting;

    /** In how many lanes the head has been overtaken as often as the bound says. */
    int overdue;

    /** Whether it was named in advance or has ever been queued for: only then are units of the pool kept for it. */
    boolean inPlay;

    /** Whether nothing is to be granted here for now. */
    boolean paused;

    /** When the pause ends, while there is one. */
    long pausedUntilNanos;

    ProviderState(ProviderId id, int limit, LaneHeap.Work work) {
        this.id = id;
        this.level = new Level(id.value(), limit);
        groups.add(new LaneGroup(this, null, work));
    }

    /** {@return the group of a model; of the models without limits if it has none, or is not named} */
    LaneGroup group(@Nullable String model) {
        for (int i = 1; i < groups.size(); i++) {
            LaneGroup group = groups.get(i);
            if (group.level != null && group.level.name.equals(model)) {
                return group;
            }
        }
        return groups.get(0);
    }

    /** {@return whether nothing can be granted here whoever asks, but for how much is in use} */
    boolean isShut(long now) {
        return paused || !rates.hasRoom(now);
    }
}
