package dev.exai.permit;

import org.jspecify.annotations.Nullable;

/**
 * Decides which waiting request goes next: the rules of fairness, as a function of the ledger. Called under the pool's
 * lock.
 *
 * <ol>
 *   <li>At a provider that is paused nothing is granted, and nobody there is overtaken or holds anybody up.
 *   <li>Only heads of lanes are looked at: within a lane, first come first served.
 *   <li>A head fits if its session, its provider and the pool each have a free unit beyond those that are kept back.
 *   <li>Kept back is the last unit of a provider, and of the pool, from sessions that already hold something there
 *       (the newcomer unit); and, where the pool has fewer units than its providers together, one unit of the pool
 *       for each other provider that has nothing in use.
 *   <li>Among the heads that fit: least in use in the lane for the session's weight, then least recently served. While
 *       units of the pool are scarcer than those of the providers: least in use in the whole session first.
 *   <li>A head that later arrivals have overtaken as often as the bound says goes next: newcomer units are not kept
 *       from it, and until it goes nothing is granted that could be granted to it.
 * </ol>
 *
 * <p>A head whose own session is at its limit is not ready: its session stands in its way, so nobody overtakes it and
 * it holds up nobody.
 */
final class GrantOrder {
    private final Ledger ledger;

    /** Whether the newcomer rule at a limit of two kept something back that time alone will free, and when. */
    boolean keptForPresence;

    long presenceEndsNanos;

    GrantOrder(Ledger ledger) {
        this.ledger = ledger;
    }

    /** The request to grant now, or null if nothing can be granted. */
    @Nullable
    PermitRequest next(long now) {
        keptForPresence = false;
        PermitRequest dueNow = null;
        boolean dueAtGlobal = false;
        for (ProviderState provider : ledger.providers.values()) {
            PermitRequest due = due(provider);
            if (due == null || provider.paused || provider.level.free() < 1) {
                continue;
            }
            if (poolHasRoom(due.lane(), false, now)) {
                dueNow = older(dueNow, due);
            } else {
                dueAtGlobal = true;
            }
        }
        if (dueNow != null) {
            return dueNow;
        }
        boolean scarce = poolIsScarce();
        Lane best = null;
        for (ProviderState provider : ledger.providers.values()) {
            boolean usesKeptUnit = keepsUnits() && provider.level.used == 0;
            if (provider.paused || (dueAtGlobal && !usesKeptUnit) || due(provider) != null) {
                continue;
            }
            for (Lane lane : provider.backlog) {
                if (fits(lane, now) && (best == null || isBefore(lane, best, scarce))) {
                    best = lane;
                }
            }
        }
        return best == null ? null : best.head;
    }

    /** Counts a grant against every waiting head that it overtakes. To be called before the grant. */
    void countOvertaken(PermitRequest granted, long now) {
        for (ProviderState provider : ledger.providers.values()) {
            boolean same = provider == granted.lane().provider;
            for (Lane lane : provider.backlog) {
                PermitRequest head = lane.head;
                if (head != null
                        && head != granted
                        && head.arrival < granted.arrival
                        && isReady(lane)
                        && (same
                                || (!provider.paused && provider.level.free() >= 1 && poolHasRoom(lane, false, now)))) {
                    head.overtaken++;
                }
            }
        }
    }

    private @Nullable PermitRequest due(ProviderState provider) {
        long bound = (long) ledger.limits.bypassFactor() * provider.level.limit;
        PermitRequest oldest = null;
        for (Lane lane : provider.backlog) {
            PermitRequest head = lane.head;
            if (head != null && head.overtaken >= bound && isReady(lane)) {
                oldest = older(oldest, head);
            }
        }
        return oldest;
    }

    private static PermitRequest older(@Nullable PermitRequest a, PermitRequest b) {
        return a != null && a.arrival < b.arrival ? a : b;
    }

    private static boolean isReady(Lane lane) {
        return lane.session.level.free() >= 1;
    }

    boolean fits(Lane lane, long now) {
        if (!isReady(lane)) {
            return false;
        }
        Level level = lane.provider.level;
        int kept = lane.used > 0 && keepsForNewcomer(level, lane.session, now) ? 1 : 0;
        return level.free() > kept && poolHasRoom(lane, true, now);
    }

    private boolean poolHasRoom(Lane lane, boolean keepForNewcomer, long now) {
        Level global = ledger.global;
        int kept = 0;
        if (keepsUnits() && lane.provider.level.used > 0) {
            for (ProviderState other : ledger.providers.values()) {
                kept += other.inPlay && other.level.used == 0 ? 1 : 0;
            }
        }
        if (keepForNewcomer
                && lane.session.level.used > 0
                && global.free() <= kept + 1
                && keepsForNewcomer(global, lane.session, now)) {
            kept++;
        }
        return global.free() > kept;
    }

    /** Whether a level keeps its last unit from this session while it holds something there. */
    private boolean keepsForNewcomer(Level level, SessionState session, long now) {
        if (!ledger.limits.newcomerUnit() || level.limit < 2) {
            return false;
        }
        if (level.limit >= 3) {
            return true;
        }
        return keepsForPresent(session, now);
    }

    /** At a limit of two the unit is kept only while another open session is present: in use, or active lately. */
    private boolean keepsForPresent(SessionState session, long now) {
        boolean present = false;
        long ends = now;
        for (SessionState other : ledger.sessions.values()) {
            if (other == session || other.closed) {
                continue;
            }
            if (other.isInUse()) {
                return true;
            }
            long otherEnds = other.lastActiveNanos + Ledger.PRESENCE_NANOS;
            if (other.open && otherEnds - now > 0) {
                present = true;
                ends = otherEnds - ends > 0 ? otherEnds : ends;
            }
        }
        if (present && (!keptForPresence || ends - presenceEndsNanos < 0)) {
            keptForPresence = true;
            presenceEndsNanos = ends;
        }
        return present;
    }

    /** Whether the pool has fewer units than its providers together, so that one could take them all. */
    private boolean keepsUnits() {
        int sum = 0;
        for (ProviderState provider : ledger.providers.values()) {
            sum += provider.inPlay ? provider.level.limit : 0;
        }
        return ledger.global.limit < sum;
    }

    /** Whether units of the pool, not of the providers, are what the waiting heads compete for. */
    private boolean poolIsScarce() {
        int free = 0;
        for (ProviderState provider : ledger.providers.values()) {
            if (!provider.paused && !provider.backlog.isEmpty()) {
                free += Math.max(0, provider.level.free());
            }
        }
        return ledger.global.free() < free;
    }

    private static boolean isBefore(Lane a, Lane b, boolean scarce) {
        if (scarce) {
            int order = compareShares(a.session.level.used, a.session.weight, b.session.level.used, b.session.weight);
            if (order != 0) {
                return order < 0;
            }
        }
        int order = compareShares(a.used, a.session.weight, b.used, b.session.weight);
        if (order != 0) {
            return order < 0;
        }
        if (a.lastServed != b.lastServed) {
            return a.lastServed < b.lastServed;
        }
        return arrival(a) < arrival(b);
    }

    private static int compareShares(long usedA, long weightA, long usedB, long weightB) {
        return Long.compare(usedA * weightB, usedB * weightA);
    }

    private static long arrival(Lane lane) {
        return lane.head == null ? Long.MAX_VALUE : lane.head.arrival;
    }
}
