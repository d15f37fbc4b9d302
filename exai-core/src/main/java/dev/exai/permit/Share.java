package dev.exai.permit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one session has at one provider. Guarded by the pool's lock. */
final class Share {
    final SessionState session;
    final ProviderState provider;

    /** Its limit is the cap of a session at a provider; where there is none, no limit. */
    final Level level;

    /** One lane, or where the provider's models have limits one for each of those too. */
    final List<Lane> lanes = new ArrayList<>(1);

    Share(SessionState session, ProviderState provider, int limit) {
        this.session = session;
        this.provider = provider;
        this.level = new Level(session.id + " at " + provider.id, limit);
    }

    @Nullable
    Lane lane(LaneGroup group) {
        for (Lane lane : lanes) {
            if (lane.group == group) {
                return lane;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return level.name;
    }
}
