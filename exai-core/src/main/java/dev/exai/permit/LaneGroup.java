package dev.exai.permit;

import org.jspecify.annotations.Nullable;

/**
 * The lanes of one provider that compete for the same units: those of one model that has a limit, or those of all the
 * models that have none. Guarded by the pool's lock.
 *
 * <p>Its lanes are listed in three classes, by where their sessions hold something, because the units that are kept for
 * newcomers are kept from a whole class or from none of it: the first of a class fits, or nobody of it does.
 */
final class LaneGroup {
    /** The session holds nothing anywhere. */
    static final int NEW_TO_THE_POOL = 0;

    /** The session holds something, but nothing at this provider. */
    static final int NEW_TO_THE_PROVIDER = 1;

    /** The session holds something at this provider. */
    static final int IN_USE = 2;

    static final int CLASSES = 3;

    final ProviderState provider;

    /** The level of its model, or null if it is that of the models without limits. */
    final @Nullable Level level;

    final LaneNumbers numbers = new LaneNumbers();
    final LaneOrder byArrival;
    final LaneOrder overdue;
    private final LaneOrder[] classes = new LaneOrder[CLASSES];

    LaneGroup(ProviderState provider, @Nullable Level level, LaneHeap.Work work) {
        this.provider = provider;
        this.level = level;
        this.byArrival = new LaneOrder(LaneHeap.Order.ARRIVAL, numbers, work);
        this.overdue = new LaneOrder(LaneHeap.Order.ARRIVAL, numbers, work);
        for (int i = 0; i < CLASSES; i++) {
            LaneHeap.Order order = i == IN_USE ? LaneHeap.Order.TURN : LaneHeap.Order.TURN_OF_IDLE;
            classes[i] = new LaneOrder(order, numbers, work);
        }
    }

    LaneOrder ofClass(int number) {
        return classes[number];
    }

    /** {@return whether it is that of a model, and no more is known of it than of one that was never asked for} */
    boolean isAsNew() {
        return level != null && level.used == 0 && level.ceiling == null && numbers.size() == 0;
    }

    boolean hasRoom() {
        return level == null || level.free() >= 1;
    }

    /** Lists a lane where it belongs now: to be called after anything that it is listed or ordered by has changed. */
    void list(Lane lane, long bound) {
        int to = lane.isReady() ? classOf(lane) : -1;
        int from = lane.listedIn;
        lane.listedIn = to;
        if (from >= 0 && from == to) {
            byArrival.moved(lane);
            classes[to].moved(lane);
        } else {
            if (from >= 0) {
                classes[from].remove(lane);
            }
            if (to >= 0) {
                classes[to].add(lane);
            }
            if (from < 0 && to >= 0) {
                byArrival.add(lane);
            } else if (from >= 0 && to < 0) {
                byArrival.remove(lane);
            } else if (from >= 0) {
                byArrival.moved(lane);
            }
        }
        listOverdue(lane, bound);
    }

    /** Lists a lane as overdue if its head has been overtaken as often as the bound says. */
    void listOverdue(Lane lane, long bound) {
        if (lane.overtaken < bound && overdue.isEmpty()) {
            return; // as nearly always
        }
        boolean is = lane.listedIn >= 0 && lane.overtaken >= bound;
        boolean was = overdue.contains(lane);
        if (is && was) {
            overdue.moved(lane);
        } else if (is) {
            overdue.add(lane);
            provider.overdue++;
        } else if (was) {
            overdue.remove(lane);
            provider.overdue--;
        }
    }

    static int classOf(Lane lane) {
        if (lane.isInUseAtProvider()) {
            return IN_USE;
        }
        return lane.isSessionInUse() ? NEW_TO_THE_PROVIDER : NEW_TO_THE_POOL;
    }
}
