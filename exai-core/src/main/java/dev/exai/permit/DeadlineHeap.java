package dev.exai.permit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests by when something is due of them: of one that waits its deadline, of one that holds the next step towards
 * revoking it. A binary heap in which each request knows its place, so that one that ends leaves no garbage here.
 * Guarded by the pool's lock.
 */
final class DeadlineHeap {
    private final List<PermitRequest> heap = new ArrayList<>();

    @Nullable
    PermitRequest first() {
        return heap.isEmpty() ? null : heap.get(0);
    }

    int size() {
        return heap.size();
    }

    void add(PermitRequest request) {
        heap.add(request);
        request.heapIndex = heap.size() - 1;
        up(request.heapIndex);
    }

    void remove(PermitRequest request) {
        int index = request.heapIndex;
        if (index < 0) {
            return;
        }
        request.heapIndex = -1;
        PermitRequest last = heap.remove(heap.size() - 1);
        if (last != request) {
            place(last, index);
            up(index);
            down(last.heapIndex);
        }
    }

    private void up(int start) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) / 2;
            if (!sooner(index, parent)) {
                return;
            }
            swap(index, parent);
            index = parent;
        }
    }

    private void down(int start) {
        int index = start;
        while (true) {
            int left = 2 * index + 1;
            if (left >= heap.size()) {
                return;
            }
            int child = left + 1 < heap.size() && sooner(left + 1, left) ? left + 1 : left;
            if (!sooner(child, index)) {
                return;
            }
            swap(index, child);
            index = child;
        }
    }

    private boolean sooner(int a, int b) {
        return heap.get(a).dueNanos - heap.get(b).dueNanos < 0;
    }

    private void swap(int a, int b) {
        PermitRequest first = heap.get(a);
        place(heap.get(b), a);
        place(first, b);
    }

    private void place(PermitRequest request, int index) {
        heap.set(index, request);
        request.heapIndex = index;
    }
}
