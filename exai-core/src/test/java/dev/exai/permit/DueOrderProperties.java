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

class DueOrderProperties {
    /** The clock wraps around on the way, and so do the places of a run. */
    private final FakeScheduler clock = new FakeScheduler(Long.MAX_VALUE - 2_000);

    private final PermitPool pool =
            PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
    private DueRun run = DueRun.ofWaiting(0);
    private DueOrder order = new DueOrder(run);
    private final List<Entry> model = new ArrayList<>();
    private long latest;

    /** Zero and more adds a deadline so far away, in any order; less removes one of those that are in, or moves it. */
    @Property(tries = 1_000)
    void first_anyOrderOfSteps_isTheSoonest(
            @ForAll boolean ofWaiting, @ForAll @Size(max = 100) List<@IntRange(min = -20, max = 40) Integer> steps) {
        begin(ofWaiting);
        for (int step : steps) {
            if (step >= 0) {
                add(step);
            } else if (!model.isEmpty()) {
                takeOutOrMove(model.get(-step % model.size()), step % 3 == 0 ? -step : -1);
            }
            check();
        }
    }

    /** As nearly always: each is due after all others or just before the last; most are taken out from the front. */
    @Property(tries = 300)
    void first_nearlyInOrder_isTheSoonest(
            @ForAll boolean ofWaiting,
            @ForAll @Size(min = 100, max = 400) List<@IntRange(min = -60, max = 100) Integer> steps) {
        begin(ofWaiting);
        for (int step : steps) {
            if (step >= 0) {
                add(Math.max(0, latest + (step < 10 ? -step : step % 3)));
            } else if (!model.isEmpty()) {
                int which = step > -20 ? -step % model.size() : 0;
                takeOutOrMove(model.get(which), step > -3 ? latest : -1);
            }
            check();
        }
    }

    private void begin(boolean ofWaiting) {
        int lastPlaces = (1 << 30) - 30;
        run = ofWaiting ? DueRun.ofWaiting(lastPlaces) : DueRun.ofHolding(lastPlaces);
        order = new DueOrder(run);
        model.clear();
        latest = 0;
    }

    private void add(long nanos) {
        Entry added = request(nanos);
        model.add(added);
        order.add(added, added.context.deadline().atNanos());
        latest = Math.max(latest, nanos);
    }

    private void takeOutOrMove(Entry entry, long nanos) {
        model.remove(entry);
        if (nanos < 0) {
            order.remove(entry);
            assertThat(entry.heapIndex).isEqualTo(-1);
            order.remove(entry); // changes nothing
        } else {
            Entry moved = request(nanos);
            order.remove(entry);
            order.add(moved, clock.nanoTime());
            order.moved(moved, moved.context.deadline().atNanos());
            model.add(moved);
        }
    }

    private void check() {
        long now = clock.nanoTime();
        assertThat(order.size()).isEqualTo(model.size());
        assertThat(order.isEmpty()).isEqualTo(model.isEmpty());
        Entry first = order.first();
        assertThat(first == null ? Long.MIN_VALUE : nanos(first)).isEqualTo(soonest());
        if (first != null) {
            assertThat(order.firstDueNanos() - now).isEqualTo(soonest());
            assertThat(order.firstDueAt(now + soonest())).isSameAs(first);
            assertThat(order.firstDueAt(now + soonest() - 1)).isNull();
        }
        List<Entry> visited = new ArrayList<>();
        order.forEach(visited::add);
        assertThat(visited).containsExactlyInAnyOrderElementsOf(model);
        assertThat(model).extracting(request -> request.heapIndex).doesNotHaveDuplicates();
        assertThat(model)
                .allSatisfy(entry -> assertThat(order.dueNanos(entry))
                        .isEqualTo(entry.context.deadline().atNanos()));
        assertThat(run.span()).as("places that are passed over").isLessThanOrEqualTo(2 * run.size() + 16);
    }

    private long soonest() {
        return model.stream().mapToLong(DueOrderProperties::nanos).min().orElse(Long.MIN_VALUE);
    }

    private static long nanos(Entry request) {
        return request.context.deadline().budget().toNanos();
    }

    private Entry request(long nanos) {
        Deadline deadline = Deadline.after(Duration.ofNanos(nanos), clock);
        return new Entry(pool, Desk.path("a", "glm"), CallContext.create(SessionId.of("a"), "x", deadline), null);
    }
}
