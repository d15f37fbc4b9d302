package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DueHeapTest {
    private final FakeScheduler clock;
    private final PermitPool pool;
    private final DueHeap heap = new DueHeap();

    DueHeapTest() {
        clock = new FakeScheduler(Long.MAX_VALUE - 5);
        pool = PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
    }

    private Entry request(long nanos) {
        Deadline deadline = Deadline.after(Duration.ofNanos(nanos), clock);
        return new Entry(pool, Desk.path("a", "glm"), CallContext.create(SessionId.of("a"), "x", deadline), null);
    }

    private void add(Entry entry) {
        heap.add(entry, entry.context.deadline().atNanos());
    }

    @Test
    void first_empty_isNull() {
        assertThat(heap.first()).isNull();
        assertThat(heap.size()).isZero();
    }

    @Test
    void first_clockWrapsAround_isTheSoonest() {
        Entry after = request(10);
        Entry before = request(1);
        assertThat(after.context.deadline().atNanos())
                .as("the clock has wrapped around by then")
                .isNegative();
        add(after);
        add(before);

        assertThat(heap.first()).isSameAs(before);
    }

    @Test
    void remove_lastOne_leavesItEmpty() {
        Entry only = request(1);
        add(only);

        heap.remove(only);
        heap.remove(only);

        assertThat(heap.size()).isZero();
        assertThat(heap.first()).isNull();
        assertThat(only.heapIndex).isEqualTo(-1);
    }

    @Test
    void remove_neverAdded_changesNothing() {
        Entry in = request(1);
        add(in);

        heap.remove(request(2));

        assertThat(heap.first()).isSameAs(in);
        assertThat(heap.size()).isEqualTo(1);
    }

    /**
     * The one that takes the place of the removed one, 3 that of 11 below 10, belongs above it: sinking alone would not do,
     * and 10 would be the first before 3.
     */
    @Test
    void remove_replacementIsSooner_rises() {
        List<Entry> all = Stream.of(1, 10, 2, 20, 21, 11, 12, 13, 14, 3)
                .map(this::request)
                .toList();
        all.forEach(this::add);

        heap.remove(all.get(5));
        for (int expected : new int[] {1, 2, 3, 10, 12, 13, 14, 20, 21}) {
            Entry first = heap.first();
            assertThat(first.context.deadline().budget()).isEqualTo(Duration.ofNanos(expected));
            heap.remove(first);
        }
        assertThat(heap.size()).isZero();
    }
}
