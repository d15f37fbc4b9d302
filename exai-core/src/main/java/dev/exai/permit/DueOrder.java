package dev.exai.permit;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries by when something is due of them: of one that waits its deadline, of one that holds the next step towards
 * revoking it. Those that come in order stand in a run; only one that is due before the last of it goes to a heap. Guarded
 * by the pool's lock.
 */
final class DueOrder {
    private final DueRun run;
    private final DueHeap heap = new DueHeap();

    DueOrder(DueRun run) {
        this.run = run;
    }

    void add(Entry entry, long dueNanos) {
        if (run.takes(dueNanos)) {
            run.append(entry, dueNanos);
        } else {
            heap.add(entry, dueNanos);
        }
    }

    /** Takes an entry out; one that is not in it stays out. */
    void remove(Entry entry) {
        if (DueRun.has(entry)) {
            run.remove(entry);
        } else {
            heap.remove(entry);
        }
    }

    /** Moves an entry to where it belongs now that it is due at another time. */
    void moved(Entry entry, long dueNanos) {
        remove(entry);
        add(entry, dueNanos);
    }

    boolean isEmpty() {
        return run.isEmpty() && heap.isEmpty();
    }

    int size() {
        return run.size() + heap.size();
    }

    /** {@return when this entry is due} */
    long dueNanos(Entry entry) {
        return DueRun.has(entry) ? run.dueNanos(entry) : heap.dueNanos(entry);
    }

    /** {@return when the first is due, of those that are in it} */
    long firstDueNanos() {
        return isRunFirst() ? run.firstDueNanos() : heap.keyAt(0);
    }

    @Nullable
    Entry first() {
        return isEmpty() || !isRunFirst() ? heap.first() : run.first();
    }

    /** {@return the one that is due first, if it is due by now} */
    @Nullable
    Entry firstDueAt(long now) {
        return !isEmpty() && firstDueNanos() - now <= 0 ? first() : null;
    }

    /** {@return whether the run, and not the heap, has the first} Not to be asked where there is none. */
    private boolean isRunFirst() {
        return heap.isEmpty() || (!run.isEmpty() && run.firstDueNanos() - heap.keyAt(0) <= 0);
    }

    void forEach(Consumer<Entry> visitor) {
        run.forEach(visitor);
        heap.forEach(visitor);
    }
}
