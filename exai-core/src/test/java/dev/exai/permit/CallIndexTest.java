package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("I2: a call that has or awaits a permit is known, however many others do")
class CallIndexTest {
    private final FakeScheduler clock = new FakeScheduler();
    private final PermitPool pool =
            PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
    private final CallIndex index = new CallIndex();

    private Entry entry() {
        Deadline deadline = Deadline.after(Duration.ofHours(1), clock);
        return new Entry(pool, Desk.path("a", "glm"), CallContext.create(SessionId.of("a"), "x", deadline), null);
    }

    /** Of every so many calls only one asks for a permit: their numbers share buckets then, before and after it grows. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 32})
    void contains_manyCalls_findsEachUntilItIsRemoved(int oneOf) {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            for (int others = 1; others < oneOf; others++) {
                entry();
            }
            Entry entry = entry();
            all.add(entry);
            index.add(entry);
        }
        assertThat(all).allMatch(entry -> index.contains(entry.context));
        assertThat(index.contains(entry().context)).isFalse();

        for (int i = 0; i < all.size(); i += 3) {
            index.remove(all.get(i));
            index.remove(all.get(i));
        }

        for (int i = 0; i < all.size(); i++) {
            assertThat(index.contains(all.get(i).context)).isEqualTo(i % 3 != 0);
        }
        assertThat(index.size()).isEqualTo(333);
    }
}
