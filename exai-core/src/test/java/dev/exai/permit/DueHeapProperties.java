package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DueHeapProperties {
    private final FakeScheduler clock = new FakeScheduler(Long.MAX_VALUE - 20);
    private final PermitPool pool =
            PermitPool.builder(PermitLimits.forDevelopment(), clock).build();

    /** Zero and more adds a deadline so far away; less removes one of those that are in. */
    @Property(tries = 1_000)
    void first_anyOrderOfAddAndRemove_isTheSoonest(
            @ForAll @Size(max = 100) List<@IntRange(min = -20, max = 40) Integer> steps) {
        DueHeap heap = new DueHeap();
        List<Entry> model = new ArrayList<>();
        for (int step : steps) {
            if (step >= 0) {
                Entry added = request(step);
                model.add(added);
                heap.add(added, added.context.deadline().atNanos());
            } else if (!model.isEmpty()) {
                Entry removed = model.remove(-step % model.size());
                heap.remove(removed);
                assertThat(removed.heapIndex).isEqualTo(-1);
            }

            assertThat(heap.size()).isEqualTo(model.size());
            assertThat(soonest(model)).isEqualTo(heap.first() == null ? Long.MIN_VALUE : nanos(heap.first()));
            assertThat(model).extracting(request -> request.heapIndex).doesNotHaveDuplicates();
        }
    }

    private static long soonest(List<Entry> model) {
        return model.stream().mapToLong(DueHeapProperties::nanos).min().orElse(Long.MIN_VALUE);
    }

    private static long nanos(Entry request) {
        return request.context.deadline().budget().toNanos();
    }

    private Entry request(long nanos) {
        Deadline deadline = Deadline.after(Duration.ofNanos(nanos), clock);
        return new Entry(pool, Desk.path("a", "glm"), CallContext.create(SessionId.of("a"), "x", deadline), null);
    }
}
