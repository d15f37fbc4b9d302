package dev.exai.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** I8: what is due is run, in order and not before; and the thread is woken for little else. */
class SystemSchedulerProperties {
    /** The thread, on a clock that the test moves on. */
    private static final class Sleeper {
        private final ScheduledExecutorService thread = mock(ScheduledExecutorService.class);
        private final List<Alarm> alarms = new ArrayList<>();
        private int set;
        private long now = Long.MAX_VALUE - 300; // the clock wraps around on the way

        Sleeper() {
            when(thread.schedule(any(Runnable.class), anyLong(), eq(TimeUnit.NANOSECONDS)))
                    .thenAnswer(call -> {
                        set++;
                        Alarm alarm = new Alarm(now + Math.max(0, call.<Long>getArgument(1)), call.getArgument(0));
                        alarms.add(alarm);
                        return alarm.future;
                    });
        }

        private final class Alarm {
            private final long at;
            private final Runnable wake;
            private final ScheduledFuture<?> future = mock(ScheduledFuture.class);

            Alarm(long at, Runnable wake) {
                this.at = at;
                this.wake = wake;
                when(future.cancel(false)).thenAnswer(call -> alarms.remove(this));
            }
        }

        /** Time goes on up to then; the thread wakes when it is to. */
        void until(long then) {
            while (!alarms.isEmpty()) {
                Alarm first = alarms.stream()
                        .min(Comparator.comparingLong(alarm -> alarm.at - then))
                        .orElseThrow();
                if (first.at - then > 0) {
                    break;
                }
                now = first.at - now > 0 ? first.at : now;
                alarms.remove(first);
                first.wake.run();
            }
            now = then;
        }
    }

    private record Planned(long at, Scheduler.Scheduled handle, int number) {}

    /** Up to 60 schedules a task so far away; above, time goes on; below zero one is cancelled. */
    @Property(tries = 500)
    void wake_anySteps_runsWhatIsDueAndNothingElse(
            @ForAll @Size(max = 120) List<@IntRange(min = -40, max = 100) Integer> steps) {
        Sleeper sleeper = new Sleeper();
        SystemScheduler scheduler = new SystemScheduler(sleeper.thread, () -> sleeper.now);
        List<Planned> waiting = new ArrayList<>();
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        int number = 0;
        for (int step : steps) {
            if (step > 60) {
                long then = sleeper.now + step - 60;
                sleeper.until(then);
                waiting.stream()
                        .filter(task -> task.at - then <= 0)
                        .sorted((a, b) -> a.at == b.at ? a.number - b.number : Long.signum(a.at - b.at))
                        .forEach(task -> expected.add(task.number));
                waiting.removeIf(task -> task.at - then <= 0);
            } else if (step >= 0) {
                int its = number++;
                Scheduler.Scheduled handle = scheduler.schedule(Duration.ofNanos(step), () -> {
                    ran.add(its);
                    if (its % 7 == 0) {
                        scheduler.schedule(Duration.ofDays(1), () -> {}); // the thread is awake, and looks again
                        throw new IllegalStateException("its own");
                    }
                });
                waiting.add(new Planned(sleeper.now + step, handle, its));
            } else if (!waiting.isEmpty()) {
                Planned taken = waiting.remove(-step % waiting.size());
                assertThat(taken.handle.cancel()).isTrue();
                assertThat(taken.handle.cancel()).isFalse();
            }

            assertThat(ran).isEqualTo(expected);
            assertThat(sleeper.alarms).hasSizeLessThanOrEqualTo(1);
            assertThat(waiting)
                    .allSatisfy(task ->
                            assertThat(sleeper.alarms.get(0).at - task.at).isNotPositive());
        }
    }

    @Example
    void schedule_callsThatEndInTime_setOneAlarm() {
        Sleeper sleeper = new Sleeper();
        SystemScheduler scheduler = new SystemScheduler(sleeper.thread, () -> sleeper.now);
        for (int call = 0; call < 1_000; call++) {
            Scheduler.Scheduled silence = scheduler.schedule(Duration.ofSeconds(10), () -> {});
            Scheduler.Scheduled deadline = scheduler.schedule(Duration.ofSeconds(60), () -> {});
            sleeper.until(sleeper.now + 1_000);
            silence.cancel();
            deadline.cancel();
        }

        assertThat(sleeper.set).isEqualTo(1);
    }

    /** A thread that cannot be had is an error of who asked, and no task waits for it unseen. */
    @Example
    void schedule_noThread_throwsAndKeepsNothing() {
        ScheduledExecutorService none = mock(ScheduledExecutorService.class);
        FutureTask<?> ran = new FutureTask<>(() -> null);
        when(none.schedule(any(Runnable.class), anyLong(), any()))
                .thenThrow(new OutOfMemoryError("unable to create native thread"))
                .thenAnswer(call -> {
                    call.<Runnable>getArgument(0).run();
                    return mock(ScheduledFuture.class);
                });
        SystemScheduler scheduler = new SystemScheduler(none, () -> 0);

        assertThatThrownBy(() -> scheduler.schedule(Duration.ZERO, () -> ran.cancel(false)))
                .isInstanceOf(OutOfMemoryError.class);
        scheduler.schedule(Duration.ofSeconds(1), () -> {});

        assertThat(ran).isNotCancelled();
    }
}
