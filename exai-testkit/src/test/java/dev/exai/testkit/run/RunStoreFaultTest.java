package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunListener;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import dev.exai.run.RunRequest;
import dev.exai.run.RunSettings;
import dev.exai.run.RunSettings.WhenStoreFails;
import dev.exai.run.StoreState;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.TaskFilter;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that are slow, down or full: what runs do then, and what they say. */
class RunStoreFaultTest {
    private static final RunStoreException DOWN =
            new RunStoreException(RunStoreException.Kind.DOWN, "connection refused", null);
    private static final RunStoreException FULL =
            new RunStoreException(RunStoreException.Kind.FULL, "no space left on device", null);
    private static final RunSettings GO_ON =
            RunSettings.builder().whenStoreFails(WhenStoreFails.GO_ON).build();

    private final Simulation simulation = Simulation.withSeed(33);
    private final FaultyStore store = new FaultyStore(simulation.scheduler());
    private final AtomicInteger ran = new AtomicInteger();
    private final List<StoreState.Health> told = new ArrayList<>();
    private final Workflow workflow = Workflow.model("m")
            .function(RunWorld.function("f", arguments -> "r" + ran.incrementAndGet()))
            .build();
    private RunWorld world;

    private Run start(RunSettings settings, Answer... answers) {
        world = new RunWorld(simulation, RunWorld.inOrder(answers), store, settings);
        return world.runs.start(
                world.session, RunRequest.of(workflow, "go", Budget.unlimited()).listener(new RunListener() {
                    @Override
                    public void storeChanged(RunProgress progress, StoreState state) {
                        told.add(state.health());
                    }
                }));
    }

    @AfterEach
    void close() {
        world.close();
        simulation.run();
        assertThat(simulation.pendingTasks()).isZero();
        assertThat(world.exai.snapshot().isIdle()).isTrue();
        assertThat(store.mostUnderWay).as("writes of one run under way at once").isLessThanOrEqualTo(1);
    }

    @Test
    void down_suspend_endsWithAClearErrorAfterItsPatience() {
        store.failure = DOWN;
        Run run = start(RunSettings.defaults(), Answer.asks("f", "1"), Answer.text("ok"));

        RunOutcome outcome = world.outcome(run);

        assertThat(outcome).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(outcome.explain()).contains("its store failed", "30000 ms", "connection refused");
        assertThat(simulation.now()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
        assertThat(ran).hasValue(0);
        simulation.run();
        assertThat(told).containsExactly(StoreState.Health.DOWN, StoreState.Health.LOST);
    }

    @Test
    void down_goOn_finishesAndSaysThatNothingIsKept() {
        store.failure = FULL;
        Run run = start(GO_ON, Answer.asks("f", "1"), Answer.asks("f", "2"), Answer.text("ok"));

        assertThat(world.outcome(run).answer()).contains("ok");
        assertThat(run.progress().store().health()).isEqualTo(StoreState.Health.LOST);
        assertThat(run.explain()).contains("no space left on device");
        assertThat(ran).hasValue(2);
    }

    @Test
    void down_forAWhile_isTriedAgainAndNothingIsLost() {
        store.failure = DOWN;
        Run run = start(RunSettings.defaults(), Answer.asks("f", "1"), Answer.text("ok"));
        simulation.runFor(Duration.ofSeconds(20));
        assertThat(run.progress().store().health()).isEqualTo(StoreState.Health.DOWN);
        assertThat(run.progress().store().why()).contains("connection refused");
        assertThat(run.progress().waiting()).isEqualTo(RunProgress.Waiting.STORE);
        assertThat(world.exai.snapshot().isIdle())
                .as("nothing is held while the store is waited for")
                .isTrue();

        store.failure = null;

        assertThat(world.outcome(run).answer()).contains("ok");
        simulation.run();
        assertThat(told).containsExactly(StoreState.Health.DOWN, StoreState.Health.GOOD);
        assertThat(store.read(run.id())
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .records())
                .hasSize((int)
                        store.written.stream().map(r -> r.number()).distinct().count());
    }

    @Test
    void refused_isNotTriedAgain() {
        store.failure = new RunStoreException(RunStoreException.Kind.REFUSED, "no such table", null);
        Run run = start(RunSettings.defaults(), Answer.text("ok"));

        assertThat(world.outcome(run).explain()).contains("no such table");
        assertThat(store.writes).isEqualTo(1);
        assertThat(simulation.now()).isLessThan(Duration.ofSeconds(2));
    }

    // A store that throws instead of failing its stage is no better than one that fails, and is given up as late
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void write_thatThrowsAtOnce_countsAsDown(boolean error) {
        store.writeThrows = error
                ? new NoClassDefFoundError("the driver is gone")
                : new IllegalStateException("the driver is gone");
        Run run = start(RunSettings.defaults(), Answer.asks("f", "1"), Answer.text("ok"));

        RunOutcome outcome = world.outcome(run);

        assertThat(outcome.explain()).contains("its store failed", "30000 ms", "the driver is gone");
        assertThat(simulation.now()).isEqualTo(Duration.ofSeconds(30));
        assertThat(ran).hasValue(0);
        store.writeThrows = null;
    }

    // Continuations of users run on no thread of the store, which may have one only: who waited there would wait for
    // himself
    @Test
    void tasks_areToldOnTheExecutorForUserCode() {
        List<Runnable> thread = new ArrayList<>();
        store.answers = thread::add;
        Run run = start(RunSettings.defaults(), Answer.text("ok"));
        world.outcome(run);
        List<Integer> told = new ArrayList<>();
        world.runs.tasks(TaskFilter.all()).thenAccept(tasks -> told.add(tasks.size()));

        thread.get(0).run();

        assertThat(told).as("on the thread of the store").isEmpty();
        simulation.run();
        assertThat(told).containsExactly(1);
    }

    @Test
    void hung_countsAsDown() {
        store.hangs = true;
        Run run = start(RunSettings.defaults(), Answer.asks("f", "1"));

        assertThat(world.outcome(run).explain()).contains("it has not answered");
        simulation.run();
        assertThat(told).containsExactly(StoreState.Health.BEHIND, StoreState.Health.LOST);
        store.underWay = 0;
    }

    // X2: the hot path is not blocked by what is written behind; what must be awaited is, and it is told
    @Test
    void slow_writeBehind_delaysNoTurnOfTheModel() {
        store.latency = Duration.ofSeconds(8);
        Workflow insists = Workflow.model("m")
                .acceptWhen(answer -> answer.equals("5") ? Optional.empty() : Optional.of("no, not " + answer))
                .build();
        AtomicInteger n = new AtomicInteger();
        world = new RunWorld(
                simulation, request -> Answer.text("" + n.incrementAndGet()), store, RunSettings.defaults());
        Run run = world.start(insists);
        simulation.runUntil(() -> world.provider.asked() == 5);

        assertThat(simulation.now()).as("five turns of a second").isEqualTo(Duration.ofSeconds(4));
        assertThat(world.outcome(run).answer()).contains("5");
        assertThat(simulation.now()).as("the end is kept before it is seen").isGreaterThan(Duration.ofSeconds(8));
    }

    @Test
    void slow_awaitedWrites_delayTheFunctionAndAreTold() {
        store.latency = Duration.ofSeconds(8);
        Run run = start(RunSettings.defaults(), Answer.asks("f", "1"), Answer.text("ok"));
        simulation.runUntil(() -> ran.get() == 1);

        assertThat(simulation.now()).isGreaterThanOrEqualTo(Duration.ofSeconds(16));
        assertThat(world.outcome(run).answer()).contains("ok");
        simulation.run();
        assertThat(told).contains(StoreState.Health.BEHIND).endsWith(StoreState.Health.GOOD);
    }

    // X2: what waits is bounded, and more than that is no silent loss
    @Test
    void behind_moreThanTheBound_countsAsFailed() {
        store.hangs = true;
        world = new RunWorld(
                simulation,
                request -> Answer.text("" + request.messages().size()),
                store,
                RunSettings.builder()
                        .mostBehind(10)
                        .patience(Duration.ofDays(1))
                        .build());
        Run run = world.start(Workflow.model("m")
                .acceptWhen(answer -> Optional.of("no, not " + answer))
                .build());

        assertThat(world.outcome(run).explain()).contains("more than 10 records wait");
        assertThat(world.provider.asked()).isLessThan(10);
        store.underWay = 0;
    }

    // X2: closing drains
    @Test
    void close_whileRecordsWait_keepsThem() {
        store.latency = Duration.ofSeconds(3);
        Run run = start(RunSettings.defaults(), Answer.asks("f", "1"), Answer.hangs());
        simulation.runUntil(() -> world.provider.asked() == 2);

        var drained = world.runs.suspendAll();
        assertThat(drained).isNotDone();
        simulation.runUntil(drained::isDone);

        assertThat(run.outcome().orElseThrow()).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(store.read(run.id())
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .records())
                .extracting(record -> record.kind().name())
                .containsExactly("STARTED", "ASKED", "TURN", "INTENT", "RESULT");
    }

    @Test
    void lost_duringAFunction_leavesItInDoubtForTheNextProcess() {
        Run run = start(RunSettings.builder().patience(Duration.ofSeconds(2)).build(), Answer.asks("f", "1"));
        simulation.runUntil(
                () -> store.written.stream().anyMatch(r -> r.kind().name().equals("INTENT")));
        store.failure = DOWN;

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        store.failure = null;
        Run again = world.runs.resume(world.session, workflow, run.id());
        assertThat(world.outcome(again)).isInstanceOf(RunOutcome.NeedsDecision.class);
        assertThat(ran).hasValue(1);
    }
}
