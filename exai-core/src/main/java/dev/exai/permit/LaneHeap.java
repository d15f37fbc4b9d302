package dev.exai.permit;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lanes of one group in the order in which their heads came, or are to be served, in whatever order they are added.
 * Guarded by the pool's lock.
 *
 * <p>Lanes are known here by their numbers in the group, so that to move one writes numbers and no references: those cost
 * a barrier of the collector each.
 */
final class LaneHeap extends KeyHeap {
    /** What the lanes are ordered by. */
    enum Order {
        /** The number of the head's arrival. */
        ARRIVAL,
        /** Least in use for its weight, then least recently served, then first come. */
        TURN,
        /** As {@link #TURN}, where no lane has anything in use. */
        TURN_OF_IDLE;

        /** {@return what a lane is ordered by: less is before, and where it is equal the lanes themselves say} */
        long key(Lane lane) {
            return switch (this) {
                case ARRIVAL -> lane.arrival();
                case TURN -> // grows with it, for it is not negative
                    Double.doubleToRawLongBits((double) lane.used / lane.weight);
                case TURN_OF_IDLE -> lane.lastServed;
            };
        }

        /** {@return of two lanes with equal keys, less than 0 if the first is before the second} */
        int compareEqual(Lane a, Lane b) {
            return this == ARRIVAL ? 0 : Lane.compareTurns(a, b); // no two heads have one arrival
        }
    }

    private static final int INITIAL_CAPACITY = 4;

    private final Order order;
    private final LaneNumbers lanes;
    private final Work work;
    private int[] numbers = new int[INITIAL_CAPACITY];

    /** Where each lane is, by its number, and 1 more: 0 if it is not in this heap. */
    private int[] places = new int[INITIAL_CAPACITY];

    /** The lane that is held aside. */
    private int held;

    LaneHeap(Order order, LaneNumbers lanes, Work work) {
        super(INITIAL_CAPACITY);
        this.order = order;
        this.lanes = lanes;
        this.work = work;
    }

    boolean contains(Lane lane) {
        return lane.number < places.length && places[lane.number] > 0;
    }

    void add(Lane lane, long key) {
        if (lane.number >= places.length) {
            places = Arrays.copyOf(places, Math.max(lane.number + 1, 2 * places.length));
        }
        held = lane.number;
        put(placeForNew(key));
    }

    /** {@return what a lane was ordered by when it was added} */
    long key(Lane lane) {
        return keyAt(places[lane.number] - 1);
    }

    /** Takes a lane out; one that is not in it stays out. */
    void remove(Lane lane) {
        if (!contains(lane)) {
            return;
        }
        int place = places[lane.number] - 1;
        places[lane.number] = 0;
        long key = takeLast();
        if (place != size()) {
            held = numbers[size()];
            put(placeForMoved(place, key));
        }
    }

    @Nullable
    Lane first() {
        return isEmpty() ? null : at(0);
    }

    Lane at(int place) {
        return lanes.lane(numbers[place]);
    }

    /** Visits the lanes whose heads came before an arrival, in no order; looks at few others. */
    void forEachBefore(long arrival, Consumer<Lane> visitor) {
        forEachFrom(0, place -> {
            work.comparisons++;
            boolean before = keyAt(place) < arrival;
            if (before) {
                visitor.accept(at(place));
            }
            return before;
        });
    }

    private void put(int place) {
        numbers[place] = held;
        places[held] = place + 1;
    }

    @Override
    void reserve(int capacity) {
        numbers = Arrays.copyOf(numbers, capacity);
    }

    @Override
    void move(int from, int to) {
        work.comparisons++;
        int number = numbers[from];
        numbers[to] = number;
        places[number] = to + 1;
    }

    @Override
    int compareHeld(int place) {
        return order.compareEqual(lanes.lane(held), at(place));
    }

    @Override
    boolean isBefore(int place, int other) {
        return order.compareEqual(at(place), at(other)) < 0;
    }

    /** Counts what the pool does to find who is next, so that a test can say how much that is. */
    static final class Work {
        long comparisons;
    }
}
