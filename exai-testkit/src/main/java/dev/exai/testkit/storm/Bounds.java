package dev.exai.testkit.storm;

import dev.exai.Exai;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.PermitLimits;
import org.jspecify.annotations.Nullable;

/**
 * The limits that may bound what is out: those in force, and those that were at the beginning of this moment, since what
 * was granted under them may be on its way.
 */
final class Bounds {
    private final Exai exai;
    private PermitLimits now;
    private @Nullable PermitLimits before;

    Bounds(Exai exai) {
        this.exai = exai;
        this.now = exai.limits();
    }

    /** Sees whether the limits have changed. To be called after each step. */
    void look() {
        PermitLimits current = exai.limits();
        if (current != now) {
            before = now;
            now = current;
        }
    }

    /** Forgets what was before. To be called at rest. */
    void settle() {
        before = null;
    }

    /** Whether they have not changed in this moment. */
    boolean areSettled() {
        look();
        return before == null;
    }

    PermitLimits limits() {
        look();
        return now;
    }

    int global() {
        look();
        return before == null ? now.global() : Math.max(now.global(), before.global());
    }

    int provider(ProviderId id) {
        look();
        return before == null ? now.provider(id) : Math.max(now.provider(id), before.provider(id));
    }

    int session(SessionId id) {
        look();
        return before == null ? now.session(id) : Math.max(now.session(id), before.session(id));
    }

    int sessionAt(ProviderId id) {
        look();
        return before == null ? now.sessionAt(id) : Math.max(now.sessionAt(id), before.sessionAt(id));
    }

    /** The most for a model; the largest number if it has no limit. */
    int model(ProviderId id, String model) {
        int most = limits().model(id, model).orElse(Integer.MAX_VALUE);
        return before == null ? most : Math.max(most, before.model(id, model).orElse(Integer.MAX_VALUE));
    }
}
