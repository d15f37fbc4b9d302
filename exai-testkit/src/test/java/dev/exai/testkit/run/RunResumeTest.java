package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.RunId;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Role;
import dev.exai.run.Budget;
import dev.exai.run.Decision;
import dev.exai.run.Doubt;
import dev.exai.run.Next;
import dev.exai.run.Run;
import dev.exai.run.RunFunction;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunOutcome.NeedsDecision;
import dev.exai.run.RunRequest;
import dev.exai.run.RunSettings;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskState;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that dies at any write, and another one that takes its run up. */
class RunResumeTest {
    private final Simulation simulation = Simulation.withSeed(21);
    private final FaultyStore store = new FaultyStore(simulation.scheduler());

    /** How often each function has taken effect, in the world outside, which survives processes. */
    private final Map<String, Integer> effects = new HashMap<>();

    private RunFunction effect(String name) {
        return RunWorld.function(name, arguments -> {
            effects.merge(name + arguments, 1, Integer::sum);
            return name + " of " + arguments;
        });
    }

    private Workflow workflow(boolean idempotent) {
        RunFunction pay = effect("pay");
        return Workflow.model("orders")
                .function(effect("read").idempotent())
                .function(idempotent ? pay.idempotent() : pay)
                .build();
    }

    /** Answers by what it is shown, so that a process that is new goes on where the old one was. */
    private static final Function<ChatRequest, Answer> MIND = request -> {
        long results = request.messages().stream()
                .filter(message -> message.role() == Role.FUNCTION)
                .count();
        return switch ((int) results) {
            case 0 -> Answer.asks("read", "1");
            case 1 -> Answer.asks("pay", "1", "read", "2");
            case 3 -> Answer.asks("pay", "2");
            default ->
                Answer.text("paid: "
                        + request.messages().stream()
                                .filter(message -> message.role() == Role.FUNCTION)
                                .map(ChatMessage::text)
                                .toList());
        };
    };

    private static final String ANSWER = "paid: [read of 1, pay of 1, read of 2, pay of 2]";

    private RunWorld process() {
        return new RunWorld(simulation, MIND, store, RunSettings.defaults());
    }

    private int writesOfAWholeRun() {
        try (RunWorld world = process()) {
            assertThat(world.outcome(world.start(workflow(false))).answer()).contains(ANSWER);
        }
        int writes = store.writes;
        store.writes = 0;
        effects.clear();
        return writes;
    }

    /** Runs in a process that dies at a write, then in another one. */
    private Run resumed(Workflow workflow, int writes, boolean lastIsKept) {
        store.writesLeft = writes;
        store.lastIsKept = lastIsKept;
        RunWorld first = process();
        Run run = first.start(workflow);
        simulation.runFor(Duration.ofSeconds(20));
        assertThat(run.isDone()).isFalse();
        first.crash();
        store.writesLeft = -1;
        RunWorld second = process();
        Run again = second.runs.resume(second.session, workflow, run.id());
        RunOutcome outcome = second.outcome(again);
        if (outcome instanceof NeedsDecision needs) {
            Decision[] decisions = needs.doubts().stream()
                    .map(doubt -> effects.containsKey("pay" + doubt.arguments())
                            ? Decision.happened(doubt, "pay of " + doubt.arguments())
                            : Decision.run(doubt))
                    .toArray(Decision[]::new);
            again = second.runs.resume(second.session, workflow, run.id(), decisions);
            second.outcome(again);
        }
        second.close();
        return again;
    }

    // Resumed runs give the same answer; what was recorded does not run twice; what is in doubt is asked about
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void crash_atEachWrite_sameAnswerAndEffectsOnce(boolean lastIsKept) {
        int writes = writesOfAWholeRun();
        assertThat(writes).isGreaterThan(6);
        for (int at = lastIsKept ? 0 : 1; at < writes - 1; at++) {
            effects.clear();
            Run run = resumed(workflow(false), at, lastIsKept);

            assertThat(run.outcome().orElseThrow().answer())
                    .as("crash at write " + at)
                    .contains(ANSWER);
            assertThat(effects.get("pay1")).isEqualTo(1);
            assertThat(effects.get("pay2")).isEqualTo(1);
            assertThat(kept(run).task().state()).isEqualTo(TaskState.DONE);
            assertNumbered(kept(run).records());
        }
    }

    @Test
    void crash_atEachWrite_idempotentFunctionsNeedNoDecision() {
        int writes = writesOfAWholeRun();
        for (int at = 1; at < writes - 1; at++) {
            effects.clear();
            store.writesLeft = at;
            RunWorld first = process();
            Run run = first.start(workflow(true));
            simulation.runFor(Duration.ofSeconds(20));
            first.crash();
            store.writesLeft = -1;
            try (RunWorld second = process()) {
                assertThat(second.outcome(second.runs.resume(second.session, workflow(true), run.id()))
                                .answer())
                        .as("crash at write " + at)
                        .contains(ANSWER);
            }
        }
    }

    @Test
    void doubt_namesWhatIsInDoubt_andTakesEachDecision() {
        for (String way : List.of("run", "happened", "failed")) {
            effects.clear();
            RunWorld first = process();
            Workflow workflow = Workflow.model("orders")
                    .function(RunFunction.async(effect("pay").spec(), (arguments, context) -> {
                        effects.merge("pay" + arguments, 1, Integer::sum);
                        return new CompletableFuture<>(); // dies inside
                    }))
                    .function(effect("read").idempotent())
                    .build();
            Run run = first.start(workflow);
            simulation.runFor(Duration.ofSeconds(20));
            store.writesLeft = 0;
            first.crash();
            store.writesLeft = -1;
            try (RunWorld second = process()) {
                RunOutcome outcome = second.outcome(second.runs.resume(second.session, workflow(false), run.id()));
                assertThat(outcome).isInstanceOf(NeedsDecision.class);
                Doubt doubt = ((NeedsDecision) outcome).doubts().get(0);
                assertThat(doubt.function()).isEqualTo("pay");
                assertThat(doubt.arguments()).isEqualTo("1");
                assertThat(outcome.explain()).contains("whether pay ran");
                assertThat(kept(run).task().state()).isEqualTo(TaskState.IN_PROGRESS);

                Decision decision = way.equals("run")
                        ? Decision.run(doubt)
                        : way.equals("happened")
                                ? Decision.happened(doubt, "paid by hand")
                                : Decision.failed(doubt, "no");
                String answer = second.outcome(second.runs.resume(second.session, workflow(false), run.id(), decision))
                        .answer()
                        .orElseThrow();
                assertThat(answer)
                        .contains(
                                way.equals("run") ? "pay of 1" : way.equals("happened") ? "paid by hand" : "error: no");
                assertThat(effects.get("pay1")).isEqualTo(way.equals("run") ? 2 : 1);
            }
        }
    }

    @Test
    void end_thatWasKept_isTheEndOfTheResumedRunToo() {
        RunWorld first = process();
        Run done = first.start(workflow(false));
        first.outcome(done);
        Run cancelled = first.start(workflow(false));
        cancelled.cancel("enough");
        first.outcome(cancelled);
        first.close();
        int asked = store.writes;
        try (RunWorld second = process()) {
            assertThat(second.outcome(second.runs.resume(second.session, workflow(false), done.id())))
                    .isEqualTo(done.outcome().orElseThrow());
            assertThat(second.outcome(second.runs.resume(second.session, workflow(false), cancelled.id())))
                    .isEqualTo(cancelled.outcome().orElseThrow());
            assertThat(second.provider.asked()).isZero();
            assertThat(store.writes).isEqualTo(asked);
        }
    }

    @Test
    void run_thatIsNotThere_fails() {
        try (RunWorld world = process()) {
            RunOutcome outcome = world.outcome(world.runs.resume(world.session, workflow(false), RunId.of("nobody")));
            assertThat(outcome.explain()).contains("no run nobody");
        }
    }

    // Two processes never write one run: the older one stops
    @Test
    void run_takenOver_stopsWhereItWas() {
        RunWorld first = process();
        Run run = first.start(workflow(false));
        simulation.runUntil(() -> store.writes > 1);
        RunWorld second = process();
        Run taken = second.runs.resume(second.session, workflow(false), run.id());

        simulation.runUntil(() -> run.isDone() && taken.isDone());

        RunOutcome old = run.outcome().orElseThrow();
        assertThat(old).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(old.explain()).contains("taken over");
        first.close();
        second.close();
        assertThat(effects.values()).allMatch(times -> times <= 2);
    }

    @Test
    void id_ofAnotherRun_isRefused() {
        try (RunWorld world = process()) {
            Run one = world.start(workflow(false));
            Run two = world.runs.start(
                    world.session,
                    RunRequest.of(workflow(false), "other", Budget.unlimited()).id(one.id()));
            simulation.runUntil(() -> one.isDone() && two.isDone());
            assertThat(List.of(one.outcome().orElseThrow(), two.outcome().orElseThrow()))
                    .hasAtLeastOneElementOfType(RunOutcome.Suspended.class);
        }
    }

    @Test
    void steps_crashInside_areInDoubtUnlessIdempotent() {
        for (boolean idempotent : new boolean[] {false, true}) {
            effects.clear();
            Workflow.Builder builder = Workflow.steps("pay", (state, context) -> {
                int times = effects.merge("step", 1, Integer::sum);
                return times == 1 ? new CompletableFuture<>() : CompletableFuture.completedFuture(Next.done("paid"));
            });
            Workflow workflow = idempotent ? builder.idempotentSteps().build() : builder.build();
            RunWorld first = process();
            Run run = first.runs.start(first.session, workflow, "order", Budget.unlimited());
            simulation.runFor(Duration.ofSeconds(5));
            store.writesLeft = 0;
            first.crash();
            store.writesLeft = -1;
            try (RunWorld second = process()) {
                RunOutcome outcome = second.outcome(second.runs.resume(second.session, workflow, run.id()));
                if (idempotent) {
                    assertThat(outcome.answer()).contains("paid");
                } else {
                    Doubt doubt = ((NeedsDecision) outcome).doubts().get(0);
                    assertThat(doubt.arguments()).isEqualTo("order");
                    assertThat(second.outcome(
                                            second.runs.resume(second.session, workflow, run.id(), Decision.run(doubt)))
                                    .answer())
                            .contains("paid");
                }
            }
        }
    }

    @Test
    void budget_spentBeforeTheCrash_staysSpent() {
        Budget budget = Budget.builder().time(Duration.ofSeconds(10)).build();
        Workflow waits = Workflow.blockingSteps(
                        "waits", (state, context) -> Next.later(Duration.ofSeconds(4), state + "."))
                .idempotentSteps()
                .build();
        RunWorld first = process();
        Run run = first.runs.start(first.session, waits, "", budget);
        simulation.runFor(Duration.ofSeconds(5));
        store.writesLeft = 0;
        first.crash();
        simulation.runFor(Duration.ofHours(1));
        store.writesLeft = -1;
        try (RunWorld second = process()) {
            Duration before = simulation.now();
            assertThat(second.outcome(second.runs.resume(second.session, waits, run.id())))
                    .isInstanceOf(RunOutcome.OutOfBudget.class);
            assertThat(simulation.now().minus(before)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
        }
    }

    private StoredRun kept(Run run) {
        return store.read(run.id()).toCompletableFuture().join().orElseThrow();
    }

    private static void assertNumbered(List<RunRecord> records) {
        List<Long> numbers = new ArrayList<>();
        records.forEach(record -> numbers.add(record.number()));
        for (int i = 0; i < numbers.size(); i++) {
            assertThat(numbers.get(i)).isEqualTo(i + 1);
        }
    }
}
