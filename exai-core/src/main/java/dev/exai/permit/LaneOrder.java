package dev.exai.permit;

import dev.exai.permit.LaneHeap.Order;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lanes of one group in the order in which their heads came, or are to be served. Those that come in order stand in a run,
 * as nearly all do: who was served just now is served last, and who comes now came last. Only one that belongs before the
 * last of the run goes to a heap. Guarded by the pool's lock.
 */
final class LaneOrder {
    private final Order order;
    private final LaneNumbers lanes;
    private final LaneHeap.Work work;
    private final LaneRun run = new LaneRun();
    private final LaneHeap heap;

    LaneOrder(Order order, LaneNumbers lanes, LaneHeap.Work work) {
        this.order = order;
        this.lanes = lanes;
        this.work = work;
        this.heap = new LaneHeap(order, lanes, work);
    }

    boolean contains(Lane lane) {
        return run.contains(lane.number) || heap.contains(lane);
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        return run.size() + heap.size();
    }

    void add(Lane lane) {
        long key = order.key(lane);
        if (isAfterRun(lane, key)) {
            run.append(lane.number, key);
        } else {
            heap.add(lane, key);
        }
    }

    private boolean isAfterRun(Lane lane, long key) {
        int last = run.last();
        if (last == LaneRun.NONE) {
            return true;
        }
        work.comparisons++;
        long difference = key - run.key(last);
        return difference > 0 || (difference == 0 && order.compareEqual(lane, lanes.lane(last)) >= 0);
    }

    /** Moves a lane to where it belongs, after what it is ordered by has changed. */
    void moved(Lane lane) {
        long known = run.contains(lane.number) ? run.key(lane.number) : heap.key(lane);
        if (order == Order.ARRIVAL && order.key(lane) == known) {
            return; // it has the same head, and no other lane has that
        }
        remove(lane);
        add(lane);
    }

    /** Takes a lane out; one that is not in it stays out. */
    void remove(Lane lane) {
        if (run.contains(lane.number)) {
            run.remove(lane.number);
        } else {
            heap.remove(lane);
        }
    }

    @Nullable
    Lane first() {
        int first = run.first();
        if (first == LaneRun.NONE || heap.isEmpty()) {
            return first == LaneRun.NONE ? heap.first() : lanes.lane(first);
        }
        work.comparisons++;
        Lane ofRun = lanes.lane(first);
        Lane ofHeap = heap.at(0);
        long difference = run.key(first) - heap.keyAt(0);
        boolean runIsFirst = difference < 0 || (difference == 0 && order.compareEqual(ofRun, ofHeap) <= 0);
        return runIsFirst ? ofRun : ofHeap;
    }

    /** {@return the first by what the whole session has in use} This looks at every lane. */
    @Nullable
    Lane firstWhereThePoolIsScarce() {
        Lane best = null;
        for (int number = run.first(); number != LaneRun.NONE; number = run.after(number)) {
            best = firstWhereThePoolIsScarce(best, lanes.lane(number));
        }
        for (int i = 0; i < heap.size(); i++) {
            best = firstWhereThePoolIsScarce(best, heap.at(i));
        }
        return best;
    }

    private static Lane firstWhereThePoolIsScarce(@Nullable Lane best, Lane other) {
        return best == null || other.isServedBeforeWhereThePoolIsScarce(best) ? other : best;
    }

    /** {@return whether, in order of arrival, a head came before this arrival} */
    boolean hasBefore(long arrival) {
        work.comparisons++;
        int first = run.first();
        return (first != LaneRun.NONE && run.key(first) < arrival) || (!heap.isEmpty() && heap.keyAt(0) < arrival);
    }

    /** Visits the lanes whose heads came before an arrival, in no order; looks at few others. */
    void forEachBefore(long arrival, Consumer<Lane> visitor) {
        for (int number = run.first(); number != LaneRun.NONE; number = run.after(number)) {
            work.comparisons++;
            if (run.key(number) >= arrival) {
                break;
            }
            visitor.accept(lanes.lane(number));
        }
        heap.forEachBefore(arrival, visitor);
    }
}
