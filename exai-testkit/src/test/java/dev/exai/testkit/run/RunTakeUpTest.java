package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.RunId;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunSettings;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskState;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a run between being asked to be taken up and the store's answer. */
class RunTakeUpTest {
    private static final Workflow PLAIN = Workflow.model("plain").build();

    private final Simulation simulation = Simulation.withSeed(8);
    private final FaultyStore store = new FaultyStore(simulation.scheduler());
    private final RunWorld world = new RunWorld(
            simulation,
            RunWorld.inOrder(Answer.hangs(), Answer.text("later"), Answer.text("once more")),
            store,
            RunSettings.defaults());

    @AfterEach
    void nothingIsLeft() {
        world.close();
        simulation.run();
        assertThat(world.exai.snapshot().isIdle()).isTrue();
        assertThat(simulation.pendingTasks()).isZero();
    }

    /** A run that another session of this process had begun and left. */
    private RunId left() {
        Run run;
        try (var first = world.exai.openSession("first")) {
            run = world.runs.start(first, PLAIN, "Do it", Budget.unlimited());
            simulation.runUntil(() -> world.provider.inFlight() == 1);
        }
        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        return run.id();
    }

    private RunId done() {
        RunId id = left();
        assertThat(world.outcome(world.runs.resume(world.session, PLAIN, id)).answer())
                .contains("later");
        return id;
    }

    private Run resume(RunId id) {
        return world.runs.resume(world.session, PLAIN, id);
    }

    private StoredRun kept(RunId id) {
        return store.read(id).toCompletableFuture().join().orElseThrow();
    }

    private List<RunRecord.Kind> kinds(RunId id) {
        return kept(id).records().stream().map(RunRecord::kind).toList();
    }

    // resume <- cancel | the store's answer
    @Test
    void cancel_whileTheStoreIsAsked_isKeptOnceItAnswers() {
        store.claimLatency = Duration.ofSeconds(3);
        RunId id = left();
        Run run = resume(id);
        simulation.runFor(Duration.ofSeconds(1));

        assertThat(run.cancel("enough")).isTrue();

        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
        assertThat(simulation.now()).as("when the store has it").isEqualTo(Duration.ofSeconds(3));
        simulation.runFor(Duration.ofMinutes(1));
        assertThat(kept(id).task().state()).isEqualTo(TaskState.CANCELLED);
        assertThat(kinds(id)).endsWith(RunRecord.Kind.ENDED).doesNotContain(RunRecord.Kind.RESUMED);
        assertThat(world.provider.asked()).isEqualTo(1);
        assertThat(run.outcome()).contains(new RunOutcome.Cancelled("enough"));
    }

    @Test
    void cancel_beforeTheStoreIsAsked_isKeptToo() {
        RunId id = left();
        Run run = resume(id);

        assertThat(run.cancel("enough")).isTrue();

        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
        assertThat(kept(id).task().state()).isEqualTo(TaskState.CANCELLED);
    }

    // I7: the end that was told stays, and the run that was done stays done
    @Test
    void cancel_ofARunThatIsDone_changesNothingInTheStore() {
        RunId id = done();
        List<RunRecord.Kind> before = kinds(id);
        Run run = resume(id);

        assertThat(run.cancel("enough")).isTrue();

        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
        simulation.runFor(Duration.ofMinutes(1));
        assertThat(run.outcome()).contains(new RunOutcome.Cancelled("enough"));
        assertThat(kinds(id)).isEqualTo(before);
        assertThat(kept(id).task().state()).isEqualTo(TaskState.DONE);
    }

    // resume <- close of its session | the store's answer
    @Test
    void session_closedWhileTheStoreIsAsked_leavesTheRunAsItIs() {
        store.claimLatency = Duration.ofSeconds(3);
        RunId id = left();
        List<RunRecord.Kind> before = kinds(id);
        Run run;
        try (var next = world.exai.openSession("next")) {
            run = world.runs.resume(next, PLAIN, id);
            simulation.runFor(Duration.ofSeconds(1));
        }

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(simulation.now()).as("at once").isEqualTo(Duration.ofSeconds(1));
        simulation.runFor(Duration.ofMinutes(1));
        assertThat(run.outcome().orElseThrow()).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(kinds(id)).isEqualTo(before);
        assertThat(world.provider.asked()).isEqualTo(1);
        assertThat(world.outcome(resume(id)).answer()).contains("later");
    }

    @Test
    void store_thatNeverAnswers_suspendsAfterItsPatience() {
        RunId id = left();
        store.claimLatency = null;
        Run waits = resume(id);
        Run cancelled = resume(id);
        simulation.runFor(Duration.ofSeconds(1));
        cancelled.cancel("enough");

        assertThat(world.outcome(waits).explain()).contains("the store has not answered for 30000 ms");
        assertThat(world.outcome(cancelled)).isEqualTo(new RunOutcome.Cancelled("enough"));

        assertThat(simulation.now()).isEqualTo(Duration.ofSeconds(30));
        store.claimLatency = Duration.ZERO;
        assertThat(world.outcome(resume(id)).answer()).contains("later");
    }

    @Test
    void store_thatThrows_suspends() {
        RunId id = left();
        store.claimThrows = new IllegalStateException("no such driver");

        assertThat(world.outcome(resume(id)))
                .isEqualTo(new RunOutcome.Suspended("the store could not be read: no such driver"));

        store.claimThrows = null;
    }

    @Test
    void runs_closedWhileTheStoreIsAsked_endAtOnce() {
        RunId id = left();
        store.claimLatency = null;
        Run run = resume(id);
        simulation.runFor(Duration.ofSeconds(1));

        world.runs.close();

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(simulation.now()).isEqualTo(Duration.ofSeconds(1));
    }

    // A mistake in the name of the workflow neither ends a run nor takes it away from whoever has it
    @Test
    void workflow_thatIsAnother_leavesTheRunAsItIs() {
        Run run = world.start(PLAIN);
        simulation.runUntil(() -> world.provider.inFlight() == 1);
        List<RunRecord.Kind> before = kinds(run.id());
        Workflow other = Workflow.model("other").build();

        Run wrong = world.runs.resume(world.session, other, run.id());

        assertThat(world.outcome(wrong).explain()).contains("is one of plain, not of other");
        assertThat(kinds(run.id())).isEqualTo(before);
        assertThat(kept(run.id()).task().state()).isEqualTo(TaskState.IN_PROGRESS);
        assertThat(run.cancel("enough")).isTrue();
        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
        assertThat(kept(run.id()).task().state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void workflow_thatIsAnother_leavesARunThatIsDone() {
        RunId id = done();
        Workflow other = Workflow.model("other").build();

        Run wrong = world.runs.resume(world.session, other, id);

        assertThat(world.outcome(wrong)).isInstanceOf(RunOutcome.Failed.class);
        assertThat(kept(id).task().state()).isEqualTo(TaskState.DONE);
        assertThat(world.outcome(resume(id)).answer()).contains("later");
    }
}
