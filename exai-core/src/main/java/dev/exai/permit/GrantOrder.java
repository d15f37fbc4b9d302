package dev.exai.permit;

import org.jspecify.annotations.Nullable;

/**
 * Decides which waiting request goes next: the rules of fairness, as a function of the ledger. Called under the pool's
 * lock.
 *
 * <ol>
 *   <li>At a provider that is paused, or whose budget for a span of time is spent, nothing is granted, and nobody there
 *       is overtaken or holds anybody up. Where the budget is too short for the tokens of the one whose turn it is,
 *       nobody there passes it, and it holds up nobody elsewhere.
 *   <li>Only heads of lanes are looked at: within a lane, first come first served.
 *   <li>A head fits if its session, its session's cap at the provider, its model, its provider and the pool each have a
 *       free unit beyond those that are kept back.
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
 * it holds up nobody. A head whose model is full is overtaken by those only who take a unit of that model, and once it
 * is overdue it holds up only those.
 *
 * <p>Cost: with n lanes that wait, a grant looks at the first lane of each class of each group, and moves a lane in
 * three heaps, each in log n steps; counting whom it overtakes takes a step for each of them, and nobody is overtaken
 * more often than the bound. While the pool is scarce the lanes of sessions that hold something are looked at one by
 * one: they are no more than the pool has units. Lists are walked by index, here and in the ledger: an iterator for each
 * of these short ones costs more than the walk.
 */
final class GrantOrder {
    private final Ledger ledger;

    /** Whether time alone will free something that was kept back or spent, and when. */
    boolean waitsForTime;

    long readyAtNanos;

    GrantOrder(Ledger ledger) {
        this.ledger = ledger;
    }

    /** The request to grant now, or null if nothing can be granted. */
    @Nullable
    Entry next(long now) {
        waitsForTime = false;
        if (ledger.waiting == 0 || ledger.global.free() < 1) {
            return null;
        }
        long wanted = unitsWanted(now);
        if (wanted == 0) {
            return null;
        }
        Lane dueNow = null;
        boolean dueAtGlobal = false;
        for (int p = 0; p < ledger.providers.size(); p++) {
            ProviderState provider = ledger.providers.get(p);
            Lane due = hasUnitsAndWaiters(provider) ? due(provider) : null;
            if (due == null || isShut(provider, now) || !isAffordable(due, now)) {
                continue;
            }
            if (!poolHasRoom(provider, null, now)) {
                dueAtGlobal = true;
            } else {
                dueNow = dueNow == null || due.arrival() < dueNow.arrival() ? due : dueNow;
            }
        }
        if (dueNow != null) {
            return dueNow.head;
        }
        boolean scarce = ledger.global.free() < wanted; // units of the pool are scarcer than those of the providers
        Lane best = null;
        for (int p = 0; p < ledger.providers.size(); p++) {
            ProviderState provider = ledger.providers.get(p);
            boolean usesKeptUnit = ledger.keepsUnits && provider.level.used == 0;
            if (!hasUnitsAndWaiters(provider)
                    || isShut(provider, now)
                    || (dueAtGlobal && !usesKeptUnit)
                    || due(provider) != null) {
                continue;
            }
            Lane first = first(provider, scarce, now);
            if (first != null && isAffordable(first, now) && (best == null || isBefore(first, best, scarce))) {
                best = first;
            }
        }
        return best == null ? null : best.head;
    }

    /** How many units of the providers somebody waits for: mostly the first to grant takes the last of them. */
    private long unitsWanted(long now) {
        long units = 0;
        for (int p = 0; p < ledger.providers.size(); p++) {
            ProviderState provider = ledger.providers.get(p);
            if (hasUnitsAndWaiters(provider) && !isShut(provider, now)) {
                units += provider.level.free();
            }
        }
        return units;
    }

    private static boolean hasUnitsAndWaiters(ProviderState provider) {
        return provider.waiting > 0 && provider.level.free() >= 1;
    }

    /** The lane of a provider whose turn it is, or null if none fits. */
    private @Nullable Lane first(ProviderState provider, boolean scarce, long now) {
        Lane best = null;
        for (int g = 0; g < provider.groups.size(); g++) {
            LaneGroup group = provider.groups.get(g);
            if (!group.hasRoom() || !group.overdue.isEmpty()) {
                continue;
            }
            for (int number = 0; number < LaneGroup.CLASSES; number++) {
                LaneOrder lanes = group.ofClass(number);
                Lane first = scarce && number != LaneGroup.NEW_TO_THE_POOL
                        ? lanes.firstWhereThePoolIsScarce()
                        : lanes.first();
                if (first != null && fits(first, now) && (best == null || isBefore(first, best, scarce))) {
                    best = first;
                }
            }
        }
        return best;
    }

    private static boolean isBefore(Lane a, Lane b, boolean scarce) {
        return scarce ? a.isServedBeforeWhereThePoolIsScarce(b) : a.isServedBefore(b);
    }

    /** Counts a grant against every waiting head that it overtakes. To be called before the grant. */
    void countOvertaken(Entry granted, long now) {
        Lane lane = granted.lane();
        for (int p = 0; p < ledger.providers.size(); p++) {
            ProviderState provider = ledger.providers.get(p);
            boolean same = provider == lane.provider();
            if (provider.waiting == 0 || (!same && !couldGoOn(provider, now))) {
                continue;
            }
            long bound = ledger.bypassBound(provider);
            for (int g = 0; g < provider.groups.size(); g++) {
                LaneGroup group = provider.groups.get(g);
                if ((group == lane.group || group.hasRoom()) && group.byArrival.hasBefore(granted.sequence)) {
                    group.byArrival.forEachBefore(granted.sequence, older -> {
                        if (same || isAffordable(older, now)) {
                            older.overtaken++;
                            group.listOverdue(older, bound);
                        }
                    });
                }
            }
        }
    }

    /** Whether a unit of the pool is all that stands in the way of those who wait at a provider. */
    private boolean couldGoOn(ProviderState provider, long now) {
        return !isShut(provider, now)
                && provider.level.free() >= 1
                && poolHasRoom(provider, null, now)
                && !waitsForTokens(provider, now);
    }

    /** Whether the one whose turn it is at a provider lacks tokens, so that nobody there goes. */
    private boolean waitsForTokens(ProviderState provider, long now) {
        if (provider.rates.isEmpty()) {
            return false;
        }
        Lane due = due(provider);
        Lane turn = due == null ? first(provider, ledger.global.free() < unitsWanted(now), now) : due;
        return turn != null && !isAffordable(turn, now);
    }

    /** The oldest head of a provider that has been overtaken too often, and lacks nothing of its model. */
    private static @Nullable Lane due(ProviderState provider) {
        if (provider.overdue == 0) {
            return null; // as nearly always
        }
        Lane oldest = null;
        for (int g = 0; g < provider.groups.size(); g++) {
            LaneGroup group = provider.groups.get(g);
            Lane due = group.hasRoom() ? group.overdue.first() : null;
            if (due != null && (oldest == null || due.arrival() < oldest.arrival())) {
                oldest = due;
            }
        }
        return oldest;
    }

    private boolean isShut(ProviderState provider, long now) {
        if (!provider.isShut(now)) {
            return false;
        }
        if (!provider.paused) {
            wakeAt(provider.rates.roomAtNanos(now));
        }
        return true;
    }

    /** Whether the provider's budget is enough for a head; if it is not, when it will be is noted. */
    private boolean isAffordable(Lane lane, long now) {
        Rates rates = lane.provider().rates;
        Entry head = lane.head;
        if (head == null || rates.fits(head, now)) {
            return true;
        }
        wakeAt(rates.readyAtNanos(head, now));
        return false;
    }

    private void wakeAt(long nanos) {
        if (!waitsForTime || nanos - readyAtNanos < 0) {
            waitsForTime = true;
            readyAtNanos = nanos;
        }
    }

    /** Whether a request that nobody waits beside could be granted at once. */
    boolean admits(Entry entry, Lane lane, long now) {
        return lane.session().level.free() >= 1
                && lane.share.level.free() >= 1
                && lane.group.hasRoom()
                && !lane.provider().isShut(now)
                && fits(lane, now)
                && lane.provider().rates.fits(entry, now);
    }

    /** Whether a lane whose session and model have room fits at its provider and in the pool. */
    private boolean fits(Lane lane, long now) {
        Level level = lane.provider().level;
        int free = level.free();
        if (free < 1 || (free == 1 && lane.isInUseAtProvider() && keepsForNewcomer(level, lane.session(), now))) {
            return false;
        }
        return poolHasRoom(lane.provider(), lane.session(), now);
    }

    /** Whether the pool has a unit for a provider; and for a session, if one is given, that may be no newcomer. */
    private boolean poolHasRoom(ProviderState provider, @Nullable SessionState session, long now) {
        Level global = ledger.global;
        int free = global.free();
        if (ledger.keepsUnits && provider.level.used > 0) {
            for (int o = 0; o < ledger.providers.size(); o++) {
                ProviderState other = ledger.providers.get(o);
                free -= other.inPlay && other.level.used == 0 ? 1 : 0;
            }
        }
        if (free == 1 && session != null && session.level.used > 0 && keepsForNewcomer(global, session, now)) {
            free--;
        }
        return free > 0;
    }

    /** Whether a level keeps its last unit from this session while it holds something there. */
    private boolean keepsForNewcomer(Level level, SessionState session, long now) {
        if (!ledger.limits.newcomerUnit() || level.limit < 2) {
            return false;
        }
        return level.limit >= 3 || keepsForPresent(session, now);
    }

    /** At a limit of two the unit is kept only while another session is present: in use, or open and active lately. */
    private boolean keepsForPresent(SessionState session, long now) {
        if (ledger.presence.isAnotherInUse(session)) {
            return true;
        }
        SessionState other = ledger.presence.latestBut(session);
        if (other == null) {
            return false;
        }
        long ends = other.lastActiveNanos + Ledger.PRESENCE_NANOS;
        if (ends - now <= 0) {
            return false;
        }
        wakeAt(ends);
        return true;
    }
}
