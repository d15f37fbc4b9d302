package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.error.ExaiException;
import dev.exai.error.NestedPermitException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Says why a request may not be made, may not wait, or has waited too long. Called under the pool's lock. */
final class Refusals {
    private static final Duration SOONEST_HINT = Duration.ofSeconds(1);
    private static final Duration LATEST_HINT = Duration.ofMinutes(5);

    private final Ledger ledger;

    Refusals(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Why a request may not be made, or null if it may. */
    @Nullable
    ExaiException ofNew(Entry entry, Lane lane, boolean nowOrNever, long now) {
        CallContext context = entry.context;
        if (lane.session().closed) {
            return new SessionClosedException("session " + lane.session().id);
        }
        CallId ancestor = ledger.liveAncestor(context);
        if (ancestor != null) {
            return new NestedPermitException(ancestor.value());
        }
        if (!nowOrNever && context.deadline().atNanos() - now <= 0) {
            return timeout(entry, lane, Duration.ZERO, now);
        }
        return null;
    }

    /** Why the last request of a lane may not wait, or null if it may. */
    @Nullable
    ExaiException ofWaiting(Entry entry, Lane lane, long now) {
        PermitLimits limits = ledger.limits;
        int ofSession = lane.session().waiting - 1;
        int inAll = ledger.waiting - 1;
        String full;
        if (ofSession >= limits.maxQueuedPerSession()) {
            full = "The queue of session " + lane.session().id + " is full: " + ofSession + " wait";
        } else if (inAll >= limits.maxQueued()) {
            full = "The queue of the pool is full: " + inAll + " wait";
        } else if (limits.refuseHopeless()) {
            return hopeless(entry, lane, now);
        } else {
            return null;
        }
        return new OverloadedException(full, hint(ledger.estimatedWaitNanos(lane, now)));
    }

    /** A refusal for a request whose turn is estimated to come after its deadline. */
    private @Nullable ExaiException hopeless(Entry entry, Lane lane, long now) {
        long wait = ledger.estimatedWaitNanos(lane, now);
        long left = entry.context.deadline().atNanos() - now;
        if (wait <= left) {
            return null;
        }
        return new OverloadedException(
                "Its turn would come in about " + TimeUnit.NANOSECONDS.toMillis(wait) + " ms, and its deadline is in "
                        + TimeUnit.NANOSECONDS.toMillis(left) + " ms",
                hint(wait - left));
    }

    private static Duration hint(long nanos) {
        Duration estimate = Duration.ofNanos(nanos);
        if (estimate.compareTo(SOONEST_HINT) < 0) {
            return SOONEST_HINT;
        }
        return estimate.compareTo(LATEST_HINT) > 0 ? LATEST_HINT : estimate;
    }

    /** What a request fails with whose deadline has passed: it names the level that stands in its way. */
    PermitTimeoutException timeout(Entry entry, Lane lane, Duration waited, long now) {
        ProviderState provider = lane.provider();
        Level full = provider.level;
        Level ofModel = lane.group.level;
        if (ofModel != null && ofModel.free() <= 0) {
            full = ofModel;
        } else if (full.free() > 0 && ledger.global.free() <= 0) {
            full = ledger.global;
        }
        if (lane.share.level.free() <= 0) {
            full = lane.share.level;
        }
        if (lane.session().level.free() <= 0) {
            full = lane.session().level;
        }
        String name = full.name;
        if (full == provider.level && provider.paused) {
            name += " (paused)";
        } else if (full == provider.level && !provider.rates.fits(entry, now)) {
            name += provider.rates.hasRoom(now)
                    ? " (its rate budget has too few tokens left)"
                    : " (its rate budget is spent)";
        }
        return new PermitTimeoutException(name, waited, full.used, full.limit);
    }
}
