package dev.exai.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SimulationTest {
    private final Simulation simulation = Simulation.withSeed(7);
    private final Scheduler clock = simulation.scheduler();
    private final List<String> ran = new ArrayList<>();

    @Test
    void run_sameSeed_sameOrderAndTrace() {
        Simulation one = Simulation.withSeed(99);
        Simulation two = Simulation.withSeed(99);

        List<String> first = playBusySystem(one);
        List<String> second = playBusySystem(two);

        assertThat(first).isEqualTo(second).hasSize(200);
        assertThat(one.trace()).isEqualTo(two.trace()).hasSizeGreaterThanOrEqualTo(200);
        assertThat(one.traceHash()).isEqualTo(two.traceHash());
    }

    @Test
    void run_differentSeeds_giveEveryOrderOfThreeTasks() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            Simulation each = Simulation.withSeed(seed);
            List<String> order = new ArrayList<>();
            each.executor().execute(() -> order.add("a"));
            each.executor().execute(() -> order.add("b"));
            each.scheduler().schedule(Duration.ZERO, () -> order.add("c"));
            each.run();
            orders.add(order);
        }

        assertThat(orders).hasSize(6);
    }

    @Test
    void run_tasksOfDifferentMoments_keepTheOrderOfTime() {
        for (int i = 9; i >= 0; i--) {
            int moment = i;
            clock.schedule(
                    Duration.ofMillis(i),
                    () -> ran.add(moment + " at " + simulation.now().toMillis()));
        }

        simulation.run();

        assertThat(ran)
                .containsExactly(
                        "0 at 0", "1 at 1", "2 at 2", "3 at 3", "4 at 4", "5 at 5", "6 at 6", "7 at 7", "8 at 8",
                        "9 at 9");
    }

    @Test
    void execute_insideATask_neverRunsInside() {
        Executor executor = simulation.executor();
        executor.execute(() -> {
            ran.add("begin");
            executor.execute(() -> ran.add("added"));
            clock.schedule(Duration.ZERO, () -> ran.add("scheduled"));
            ran.add("end");
        });
        assertThat(ran).isEmpty();

        simulation.run();

        assertThat(ran).hasSize(4).startsWith("begin", "end").contains("added", "scheduled");
    }

    @Test
    void run_anHourOfManyTimers_takesNoRealTime() {
        int[] ticks = new int[5];
        for (int i = 0; i < ticks.length; i++) {
            tickEverySecond(ticks, i);
        }

        long begun = System.nanoTime();
        simulation.runFor(Duration.ofHours(1));
        Duration real = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(ticks).containsOnly(3600);
        assertThat(simulation.now()).isEqualTo(Duration.ofHours(1));
        assertThat(real).isLessThan(Duration.ofSeconds(2));
    }

    private void tickEverySecond(int[] ticks, int index) {
        clock.schedule(Duration.ofSeconds(1), () -> {
            ticks[index]++;
            tickEverySecond(ticks, index);
        });
    }

    @Test
    void run_cancelledTask_doesNotEvenMoveTime() {
        Scheduler.Scheduled far = clock.schedule(Duration.ofHours(1), () -> ran.add("far"));
        Scheduler.Scheduled near = clock.schedule(Duration.ZERO, () -> ran.add("near"));
        clock.schedule(Duration.ofSeconds(1), () -> ran.add("kept"));

        assertThat(far.cancel()).isTrue();
        assertThat(near.cancel()).isTrue();
        assertThat(near.cancel()).isFalse();
        simulation.run();

        assertThat(ran).containsExactly("kept");
        assertThat(simulation.now()).isEqualTo(Duration.ofSeconds(1));
        assertThat(simulation.pendingTasks()).isZero();
    }

    @Test
    void run_taskThrows_failsNamingTheSeedAndTheMoment() {
        IllegalStateException bug = new IllegalStateException("bug");
        clock.schedule(Duration.ofSeconds(3), () -> {
            throw bug;
        });

        assertThatThrownBy(simulation::run)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 7")
                .hasMessageContaining("at PT3S")
                .hasMessageContaining("SimulationTest(lambda)")
                .hasCause(bug);
    }

    @Test
    void run_systemThatNeverRests_failsAtTheCap() {
        simulation.maxSteps(1000);
        spin();

        assertThatThrownBy(simulation::run)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("does not come to rest")
                .hasMessageContaining("1000 tasks have run")
                .hasMessageContaining("seed 7");
    }

    private void spin() {
        simulation.executor().execute(this::spin);
    }

    @Test
    void runUntil_conditionMet_stopsThere() {
        for (int i = 1; i <= 10; i++) {
            clock.schedule(Duration.ofSeconds(i), () -> ran.add("x"));
        }

        simulation.runUntil(() -> ran.size() == 4);

        assertThat(simulation.now()).isEqualTo(Duration.ofSeconds(4));
        assertThat(simulation.pendingTasks()).isEqualTo(6);
        assertThat(simulation.pending()).hasSize(6);
    }

    @Test
    void runUntil_nothingLeft_fails() {
        assertThatThrownBy(() -> simulation.runUntil(() -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nothing is left");
    }

    @Test
    void runFor_nothingDue_letsTheTimePass() {
        long start = clock.nanoTime();
        clock.schedule(Duration.ofSeconds(10), () -> ran.add("ten"));

        simulation.runFor(Duration.ofSeconds(9));
        assertThat(ran).isEmpty();
        assertThat(clock.nanoTime() - start).isEqualTo(9_000_000_000L);
        simulation.runFor(Duration.ofSeconds(1));

        assertThat(ran).containsExactly("ten");
    }

    @Test
    void run_insideATask_isMisuse() {
        simulation.executor().execute(simulation::run);

        assertThatThrownBy(simulation::run).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void mayBlock_ownThread_isFalse() throws Exception {
        assertThat(clock.mayBlock()).isFalse();

        FutureTask<Boolean> elsewhere = new FutureTask<>(clock::mayBlock);
        Thread other = new Thread(elsewhere, "other");
        other.start();

        assertThat(elsewhere.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void schedule_foreignThread_isRefusedAndFailsTheRun() throws Exception {
        FutureTask<Throwable> elsewhere = new FutureTask<>(() -> {
            try {
                clock.schedule(Duration.ZERO, () -> ran.add("foreign"));
                return null;
            } catch (IllegalStateException e) {
                return e;
            }
        });
        new Thread(elsewhere, "intruder").start();

        assertThat(elsewhere.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThatThrownBy(simulation::run).isInstanceOf(AssertionError.class).hasMessageContaining("intruder");
        simulation.run();
        assertThat(ran).isEmpty();
    }

    @Test
    void random_sameSeed_sameNumbersWhateverRan() {
        Simulation other = Simulation.withSeed(7);
        playBusySystem(other);

        assertThat(other.random().nextLong()).isEqualTo(simulation.random().nextLong());
    }

    @Test
    void note_inATask_standsInTheTraceWithItsMoment() {
        clock.schedule(Duration.ofSeconds(1), () -> simulation.note("call 3 done"));

        simulation.run();

        assertThat(simulation.trace()).hasSize(2).last().isEqualTo("PT1S call 3 done");
    }

    @Test
    void trace_manyLines_keepsTheLastOnesAndHashesAll() {
        Simulation other = Simulation.withSeed(7);
        other.note("one more at the start");
        for (int i = 0; i < 12_000; i++) {
            simulation.note("line " + i);
            other.note("line " + i);
        }

        assertThat(simulation.trace()).hasSize(10_000).isEqualTo(other.trace());
        assertThat(simulation.traceHash()).isNotEqualTo(other.traceHash());
    }

    /** Two hundred tasks, some at the same moment, some added by others. */
    private static List<String> playBusySystem(Simulation simulation) {
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            simulation.scheduler().schedule(Duration.ofMillis(i % 5), () -> {
                order.add("timer " + number);
                simulation.executor().execute(() -> order.add("task " + number));
            });
        }
        simulation.run();
        return order;
    }
}
