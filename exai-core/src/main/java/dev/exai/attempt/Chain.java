package dev.exai.attempt;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AuthenticationException;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.ExaiException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RejectedException;
import dev.exai.resilience.HealthBoard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models that a series may ask, in order, and which one it asks now. Not safe for use by several threads. */
final class Chain {
    private final List<Leg> ahead;
    private final HealthBoard health;
    private Leg current;

    Chain(List<Leg> legs, HealthBoard health) {
        this.ahead = new ArrayList<>(legs);
        this.health = health;
        this.current = ahead.get(0);
    }

    Leg current() {
        return current;
    }

    /**
     * Begins with the first that may be asked; with the first of all if none may.
     *
     * @return why it does not begin with the first of all, or null if it does
     */
    @Nullable
    ExaiException begin() {
        ExaiException why = null;
        for (Leg leg : ahead) {
            Optional<? extends ExaiException> refusal = refusal(leg);
            if (refusal.isEmpty()) {
                current = leg;
                ahead.remove(leg);
                return why;
            }
            why = why == null ? refusal.get() : why;
        }
        ahead.remove(current);
        return null;
    }

    /** The model to go on with after a failure, of another provider if there is one; null if there is none. */
    @Nullable
    Leg after(ExaiException failure) {
        if (!isHelpedElsewhere(failure)) {
            return null;
        }
        for (Leg leg : ahead) {
            if (!leg.provider().equals(current.provider()) && mayBeAsked(leg)) {
                return leg;
            }
        }
        if (!isOfTheAccount(failure)) {
            for (Leg leg : ahead) {
                if (mayBeAsked(leg)) {
                    return leg;
                }
            }
        }
        return null;
    }

    void goTo(Leg leg) {
        ahead.remove(leg);
        current = leg;
    }

    private boolean mayBeAsked(Leg leg) {
        return refusal(leg).isEmpty();
    }

    private Optional<? extends ExaiException> refusal(Leg leg) {
        return health.refusal(leg.provider(), leg.model().id());
    }

    /** Whether another model may do better: what the caller did wrong is wrong everywhere. */
    private static boolean isHelpedElsewhere(ExaiException failure) {
        if (failure instanceof RejectedException) {
            return HealthBoard.isModelGone(failure);
        }
        return failure instanceof ProviderException
                || failure instanceof AttemptTimeoutException
                || failure instanceof CircuitOpenException;
    }

    /** Whether the provider's other models will do no better. */
    private static boolean isOfTheAccount(ExaiException failure) {
        return failure instanceof QuotaExhaustedException || failure instanceof AuthenticationException;
    }
}
