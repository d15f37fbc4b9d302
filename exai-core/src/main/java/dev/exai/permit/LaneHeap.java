package dev.exai.permit;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lanes in the order in which their heads came, or are to be served. A binary heap in which each lane knows its place,
 * so that one that changes moves in a logarithmic number of steps. Guarded by the pool's lock.
 */
final class LaneHeap {
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
    private @Nullable Lane[] heap = new Lane[4];
    private int size;

    LaneHeap(Order order, Work work) {
        this.order = order;
        this.work = work;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    @Nullable
    Lane first() {
        return heap[0];
    }

    /** {@return the lane at a place} Places are from 0 to the size, in no order that means anything. */
    Lane at(int place) {
        Lane lane = heap[place];
        if (lane == null) {
            throw new IllegalStateException("no lane at " + place);
        }
        return lane;
    }

    boolean contains(Lane lane) {
        int place = lane.places[order.index];
        return place >= 0 && place < size && heap[place] == lane;
    }

    void add(Lane lane) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        put(lane, size++);
        up(size - 1);
    }

    void remove(Lane lane) {
        int place = lane.places[order.index];
        lane.places[order.index] = -1;
        Lane last = at(--size);
        heap[size] = null;
        if (last != lane) {
            put(last, place);
            up(place);
            down(last.places[order.index]);
        }
    }

    /** Moves a lane to where it belongs, after what it is ordered by has changed. */
    void moved(Lane lane) {
        up(lane.places[order.index]);
        down(lane.places[order.index]);
    }

    /** Visits the lanes whose heads came before an arrival, in no order; looks at no more than twice as many. */
    void forEachBefore(long arrival, Consumer<Lane> visitor) {
        visit(0, arrival, visitor);
    }

    private void visit(int place, long arrival, Consumer<Lane> visitor) { // as deep as the heap is: a logarithm
        if (place >= size) {
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

    private void up(int start) {
        int place = start;
        while (place > 0) {
            int parent = (place - 1) / 2;
            if (!isBefore(place, parent)) {
                return;
            }
            swap(place, parent);
            place = parent;
        }
    }

    private void down(int start) {
        int place = start;
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && isBefore(child + 1, child)) {
                child++;
            }
            if (!isBefore(child, place)) {
                return;
            }
            swap(place, child);
            place = child;
        }
    }

    private boolean isBefore(int a, int b) {
        work.comparisons++;
        Lane first = at(a);
        Lane second = at(b);
        return order == Order.TURN ? first.isServedBefore(second) : first.arrival() < second.arrival();
    }

    private void swap(int a, int b) {
        Lane first = at(a);
        put(at(b), a);
        put(first, b);
    }

    private void put(Lane lane, int place) {
        heap[place] = lane;
        lane.places[order.index] = place;
    }

    /** Counts what the pool does to find who is next, so that a test can say how much that is. */
    static final class Work {
        long comparisons;
    }
}
