package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.LaneHeap.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I4: the first of the lanes is the one whose turn it is, whatever was added, taken out or changed")
class LaneHeapTest {
    private final Ledger ledger = new Ledger(Desk.glm(1).pool, Desk.limits().build());
    private final ProviderState glm = ledger.provider(ProviderId.of("glm"));
    private final LaneHeap heap = new LaneHeap(Order.TURN, glm.groups.get(0).numbers, new LaneHeap.Work());

    private Lane lane(int number, long lastServed) {
        SessionState session = new SessionState(ledger, SessionId.of("s" + number), 10);
        Lane lane = new Lane(new Share(session, glm, 10), glm.groups.get(0));
        lane.lastServed = lastServed;
        return lane;
    }

    private void add(Lane lane) {
        heap.add(lane, Order.TURN.key(lane));
    }

    private static long firstOf(LaneHeap heap) {
        Lane first = heap.first();
        return first == null ? -1 : first.lastServed;
    }

    /** The one that takes the place of the removed one belongs above it: sinking alone would not do. */
    @Test
    void remove_replacementIsBefore_rises() {
        List<Lane> lanes = new ArrayList<>();
        for (long served : new long[] {1, 10, 2, 11, 12, 3, 4, 13, 14, 15, 16, 17, 18, 5}) {
            lanes.add(lane(lanes.size(), served));
            add(lanes.get(lanes.size() - 1));
        }

        heap.remove(lanes.get(3));

        for (long expected : new long[] {1, 2, 3, 4, 5, 10, 12, 13, 14, 15, 16, 17, 18}) {
            assertThat(firstOf(heap)).isEqualTo(expected);
            heap.remove(heap.at(0));
        }
        assertThat(heap.isEmpty()).isTrue();
    }

    @Test
    void first_anySteps_isTheLeast() {
        Random random = new Random(11);
        List<Lane> in = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int what = random.nextInt(5);
            if (in.isEmpty() || what < 2) {
                Lane added = lane(i, random.nextInt(1_000_000));
                in.add(added);
                add(added);
            } else if (what < 4) {
                int which = what == 2 ? random.nextInt(in.size()) : in.indexOf(heap.at(0));
                Lane removed = in.remove(which);
                heap.remove(removed);
                assertThat(heap.contains(removed)).isFalse();
            } else {
                Lane changed = in.get(random.nextInt(in.size()));
                heap.remove(changed);
                changed.used = random.nextInt(3);
                changed.lastServed = random.nextInt(1_000_000);
                add(changed);
            }

            assertThat(heap.size()).isEqualTo(in.size());
            if (!in.isEmpty()) {
                Lane least = in.stream()
                        .min(Comparator.comparingInt((Lane lane) -> lane.used)
                                .thenComparingLong(lane -> lane.lastServed))
                        .orElseThrow();
                Lane first = heap.at(0);
                assertThat(first.used).isEqualTo(least.used);
                assertThat(first.lastServed).isEqualTo(least.lastServed);
            }
        }
    }
}
