package dev.exai.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ManualSchedulerTest {
    private final ManualScheduler clock = ManualScheduler.create();
    private final List<String> ran = new ArrayList<>();

    @Test
    void schedule_zeroDelay_neverRunsInside() {
        clock.schedule(Duration.ZERO, () -> ran.add("now"));
        clock.schedule(Duration.ofSeconds(-1), () -> ran.add("past"));
        assertThat(ran).isEmpty();

        clock.runDue();

        assertThat(ran).containsExactly("now", "past");
    }

    @Test
    void advance_severalDue_runsInOrderOfTimeThenOfAsking() {
        clock.schedule(Duration.ofSeconds(2), () -> ran.add("b1"));
        clock.schedule(Duration.ofSeconds(1), () -> ran.add("a"));
        clock.schedule(Duration.ofSeconds(2), () -> ran.add("b2"));
        clock.schedule(Duration.ofSeconds(3).plusNanos(1), () -> ran.add("c"));

        clock.advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("a", "b1", "b2");
        assertThat(clock.pendingTasks()).isEqualTo(1);
        assertThat(clock.pending().get(0)).contains("ManualSchedulerTest", "in PT0.000000001S");
    }

    @Test
    void advance_taskReadsClock_seesItsOwnMoment() {
        long start = clock.nanoTime();
        List<Long> seen = new ArrayList<>();
        clock.schedule(Duration.ofMillis(5), () -> seen.add(clock.nanoTime() - start));
        clock.schedule(Duration.ofMillis(7), () -> seen.add(clock.nanoTime() - start));

        clock.advance(Duration.ofMillis(10));

        assertThat(seen).containsExactly(5_000_000L, 7_000_000L);
        assertThat(clock.nanoTime() - start).isEqualTo(10_000_000L);
        assertThat(clock.elapsed()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void advance_taskAddsTasks_runsThoseThatBecomeDueOnTheWay() {
        clock.schedule(Duration.ofSeconds(1), () -> {
            ran.add("first");
            clock.schedule(Duration.ZERO, () -> ran.add("at once"));
            clock.schedule(Duration.ofSeconds(1), () -> ran.add("in time"));
            clock.schedule(Duration.ofSeconds(2), () -> ran.add("too late"));
            ran.add("first is over");
        });

        clock.advance(Duration.ofSeconds(2));

        assertThat(ran).containsExactly("first", "first is over", "at once", "in time");
    }

    @Test
    void cancel_twiceOrAfterRun_saysWhetherItTookTheTaskBack() {
        Scheduler.Scheduled cancelled = clock.schedule(Duration.ofSeconds(1), () -> ran.add("cancelled"));
        Scheduler.Scheduled run = clock.schedule(Duration.ofSeconds(1), () -> ran.add("run"));

        assertThat(cancelled.cancel()).isTrue();
        assertThat(cancelled.cancel()).isFalse();
        clock.advance(Duration.ofSeconds(1));

        assertThat(run.cancel()).isFalse();
        assertThat(ran).containsExactly("run");
        assertThat(clock.pendingTasks()).isZero();
    }

    @Test
    void advance_taskThrows_runsTheRestAndThrowsTheFirstFailure() {
        clock.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("one");
        });
        clock.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("two");
        });
        clock.schedule(Duration.ofSeconds(1), () -> ran.add("after"));

        assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(1)))
                .hasMessage("one")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(ran).containsExactly("after");
    }

    @Test
    void advance_calledByATaskOrBackwards_isMisuse() {
        clock.schedule(Duration.ZERO, () -> clock.advance(Duration.ZERO));

        assertThatThrownBy(clock::runDue).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nanoTime_wrapsAround_keepsOrderAndDeadlines() {
        ManualScheduler wrapping = ManualScheduler.startingAt(Long.MAX_VALUE - 500_000_000L);
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), wrapping);
        wrapping.schedule(Duration.ofMillis(900), () -> ran.add("after the wrap"));
        wrapping.schedule(Duration.ofMillis(100), () -> ran.add("before the wrap"));

        wrapping.advance(Duration.ofMillis(999));
        assertThat(wrapping.nanoTime()).isNegative();
        assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(1));
        wrapping.advance(Duration.ofMillis(1));

        assertThat(deadline.isExpired()).isTrue();
        assertThat(ran).containsExactly("before the wrap", "after the wrap");
    }

    @Test
    void schedule_delayBeyondAllTime_staysPending() {
        clock.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> ran.add("never"));

        clock.advance(Duration.ofDays(365));

        assertThat(ran).isEmpty();
        assertThat(clock.pendingTasks()).isEqualTo(1);
    }

    @Test
    void mayBlock_anyThread_isTrue() {
        assertThat(clock.mayBlock()).isTrue();
    }

    // schedule, cancel | advance
    @Test
    void schedule_whileAnotherThreadAdvances_eachTaskRunsOnceOrIsCancelled() throws Exception {
        int tasks = 20_000;
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger cancels = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch start = new CountDownLatch(2);
            Future<?> adder = threads.submit(() -> {
                start.countDown();
                start.await(10, TimeUnit.SECONDS);
                for (int i = 0; i < tasks; i++) {
                    Scheduler.Scheduled scheduled = clock.schedule(Duration.ofNanos(i % 7), runs::incrementAndGet);
                    if (i % 3 == 0 && scheduled.cancel()) {
                        cancels.incrementAndGet();
                    }
                }
                return null;
            });
            Future<?> mover = threads.submit(() -> {
                start.countDown();
                start.await(10, TimeUnit.SECONDS);
                while (!adder.isDone()) {
                    clock.advance(Duration.ofNanos(1));
                }
                return null;
            });
            adder.get(15, TimeUnit.SECONDS);
            mover.get(15, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        clock.advance(Duration.ofSeconds(1));

        assertThat(runs.get() + cancels.get()).isEqualTo(tasks);
        assertThat(clock.pendingTasks()).isZero();
    }
}
