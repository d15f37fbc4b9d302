package dev.exai.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I8: a deadline is absolute, and only ever shortened")
class DeadlineTest {
    /** A clock that is set by hand; its origin is anywhere, as that of the real one is. */
    private static final class Clock implements Scheduler {
        long now;

        Clock(long now) {
            this.now = now;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            throw new AssertionError("no timers here");
        }
    }

    @Test
    void remaining_timePasses_shrinksToZero() {
        Clock clock = new Clock(5);
        Deadline deadline = Deadline.after(Duration.ofNanos(10), clock);

        clock.now += 9;
        assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(1));
        assertThat(deadline.isExpired()).isFalse();
        clock.now += 1;
        assertThat(deadline.isExpired()).isTrue();
        clock.now += 100;
        assertThat(deadline.remaining()).isZero();
        assertThat(deadline.remainingNanos()).isEqualTo(-100);
        assertThat(deadline.budget()).isEqualTo(Duration.ofNanos(10));
    }

    @Test
    void after_longerThanAnyClock_isCapped() {
        Deadline deadline = Deadline.after(ChronoUnit.FOREVER.getDuration(), new Clock(Long.MAX_VALUE - 3));

        assertThat(deadline.budget()).isEqualTo(Deadline.LONGEST);
        assertThat(deadline.isExpired()).isFalse();
    }

    @Property
    void atMost_anyOrigin_isTheEarlier(
            @ForAll long origin,
            @ForAll @LongRange(min = 0, max = 1L << 60) long one,
            @ForAll @LongRange(min = 0, max = 1L << 60) long other) {
        Clock clock = new Clock(origin);
        Deadline deadline = Deadline.after(Duration.ofNanos(one), clock);

        long earlier = Math.min(one, other);
        assertThat(deadline.atMost(Duration.ofNanos(other)).remainingNanos()).isEqualTo(earlier);
        assertThat(deadline.earlierOf(Deadline.after(Duration.ofNanos(other), clock))
                        .remainingNanos())
                .isEqualTo(earlier);
    }
}
