package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.LaneHeap.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("I4: lanes are in order, whichever came in order and whichever did not")
class LaneOrderTest {
    private final FakeScheduler clock = new FakeScheduler();
    private final PermitPool pool =
            PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
    private final Ledger ledger = new Ledger(pool, Desk.limits().build());
    private final ProviderState glm = ledger.provider(ProviderId.of("glm"));
    private final LaneGroup group = glm.groups.get(0);
    private final LaneHeap.Work work = new LaneHeap.Work();

    private Lane lane(int number) {
        SessionState session = new SessionState(ledger, SessionId.of("s" + number), 10);
        return new Lane(new Share(session, glm, 10), group);
    }

    private List<Lane> lanes(int count) {
        return IntStream.range(0, count).mapToObj(this::lane).toList();
    }

    /** Gives a lane a head that came then. */
    private void head(Lane lane, long arrival) {
        Deadline deadline = Deadline.after(Duration.ofMinutes(1), clock);
        SessionId session = lane.session().id;
        Entry entry = new Entry(
                pool, PermitPath.of(session, ProviderId.of("glm")), CallContext.create(session, "x", deadline), null);
        entry.sequence = arrival;
        lane.head = entry;
    }

    @Test
    void first_eachServedInTurn_takesNoMoreThanOneComparison() {
        LaneOrder order = new LaneOrder(Order.TURN_OF_IDLE, group.numbers, work);
        List<Lane> lanes = lanes(1_000);
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(i).lastServed = i;
            order.add(lanes.get(i));
        }
        work.comparisons = 0;

        for (int i = 0; i < 10_000; i++) {
            Lane first = order.first();
            assertThat(first).isSameAs(lanes.get(i % lanes.size()));
            order.remove(first);
            first.lastServed = lanes.size() + i;
            order.add(first);
        }

        assertThat(work.comparisons).isEqualTo(10_000);
    }

    @Test
    void first_oneComesOutOfOrder_isItIfItIsBefore() {
        LaneOrder order = new LaneOrder(Order.TURN_OF_IDLE, group.numbers, work);
        List<Lane> lanes = lanes(4);
        long[] served = {10, 20, 5, 15};
        for (int i = 0; i < served.length; i++) {
            lanes.get(i).lastServed = served[i];
            order.add(lanes.get(i));
        }

        for (int expected : new int[] {2, 0, 3, 1}) {
            assertThat(order.first()).isSameAs(lanes.get(expected));
            order.remove(lanes.get(expected));
            order.remove(lanes.get(expected)); // changes nothing
        }
        assertThat(order.isEmpty()).isTrue();
        assertThat(order.first()).isNull();
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void first_anySteps_isTheLeast(Order of) {
        Random random = new Random(of.ordinal() + 7);
        LaneOrder order = new LaneOrder(of, group.numbers, work);
        Comparator<Lane> least = Comparator.<Lane>comparingLong(of::key).thenComparing((a, b) -> of.compareEqual(a, b));
        List<Lane> out = new ArrayList<>(lanes(60));
        List<Lane> in = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(4);
            if (in.isEmpty() || (what == 0 && !out.isEmpty())) {
                Lane added = out.remove(random.nextInt(out.size()));
                change(added, of, step, random);
                order.add(added);
                in.add(added);
            } else if (what == 1) {
                Lane removed = random.nextBoolean() ? order.first() : in.get(random.nextInt(in.size()));
                order.remove(removed);
                in.remove(removed);
                out.add(removed);
            } else {
                Lane changed = random.nextBoolean() ? order.first() : in.get(random.nextInt(in.size()));
                change(changed, of, step, random);
                order.moved(changed);
            }

            assertThat(order.size()).isEqualTo(in.size());
            assertThat(in).allMatch(order::contains);
            assertThat(out).noneMatch(order::contains);
            Lane first = order.first();
            assertThat(first == null).isEqualTo(in.isEmpty());
            assertThat(in).noneMatch(lane -> first != null && least.compare(lane, first) < 0);
            if (of == Order.ARRIVAL) {
                long arrival = random.nextInt(2 * step + 2);
                List<Lane> before = new ArrayList<>();
                order.forEachBefore(arrival, before::add);
                assertThat(before)
                        .containsExactlyInAnyOrderElementsOf(in.stream()
                                .filter(lane -> lane.arrival() < arrival)
                                .toList());
                assertThat(order.hasBefore(arrival)).isEqualTo(!before.isEmpty());
            } else {
                Lane scarce = order.firstWhereThePoolIsScarce();
                assertThat(in)
                        .noneMatch(lane ->
                                scarce != null && lane != scarce && lane.isServedBeforeWhereThePoolIsScarce(scarce));
            }
        }
    }

    /** Mostly it is the latest now; sometimes something else. */
    private void change(Lane lane, Order of, int step, Random random) {
        long number = random.nextInt(4) == 0 ? 2L * random.nextInt(step + 1) : 2L * step;
        head(lane, number + 1 + (number < 2L * step ? step % 2 : 0));
        lane.lastServed = number;
        lane.used = of == Order.TURN ? random.nextInt(3) : 0;
        lane.share.session.level.used = lane.used + random.nextInt(2);
    }
}
