package dev.exai.permit;

import java.util.function.Consumer;

/** Lanes in the order in which their heads came, or are to be served. Guarded by the pool's lock. */
final class LaneHeap extends IndexedHeap<Lane> {
    /** What the lanes are ordered by. A lane can be in one heap of each order. */
    enum Order {
        /** The number of the head's arrival. */
        ARRIVAL(0),
        /** Least in use for its weight, then least recently served, then first come. */
        TURN(1),
        /** As {@link #ARRIVAL}, of those lanes only that have been overtaken as often as the bound says. */
        OVERDUE(2);

        static final int COUNT = 3;

        /** Where a lane keeps its place in a heap of this order. */
        private final int index;

        Order(int index) {
            this.index = index;
        }
    }

    private final Order order;
    private final Work work;

    LaneHeap(Order order, Work work) {
        super(4);
        this.order = order;
        this.work = work;
    }

    boolean contains(Lane lane) {
        return placeOf(lane) >= 0;
    }

    /** Visits the lanes whose heads came before an arrival, in no order; looks at no more than twice as many. */
    void forEachBefore(long arrival, Consumer<Lane> visitor) {
        visit(0, arrival, visitor);
    }

    private void visit(int place, long arrival, Consumer<Lane> visitor) { // as deep as the heap is: a logarithm
        if (place >= size()) {
            return;
        }
        Lane lane = at(place);
        work.comparisons++;
        if (lane.arrival() < arrival) {
            visitor.accept(lane);
            visit(2 * place + 1, arrival, visitor);
            visit(2 * place + 2, arrival, visitor);
        }
    }

    @Override
    boolean isBefore(Lane a, Lane b) {
        work.comparisons++;
        return order == Order.TURN ? a.isServedBefore(b) : a.arrival() < b.arrival();
    }

    @Override
    int placeOf(Lane lane) {
        return lane.places[order.index];
    }

    @Override
    void placeAt(Lane lane, int place) {
        lane.places[order.index] = place;
    }

    /** Counts what the pool does to find who is next, so that a test can say how much that is. */
    static final class Work {
        long comparisons;
    }
}
