package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import dev.exai.model.ModelResolver;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunFunction;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunSettings;
import dev.exai.run.Runs;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskState;
import dev.exai.session.Session;
import dev.exai.testkit.time.Simulation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end is the last record, it counts all that was spent, and it is told whatever goes wrong on the way. */
class RunLastRecordTest {
    private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

    private final Simulation simulation = Simulation.withSeed(12);
    private final RunStore store = RunStore.inMemory();
    private RunWorld world;

    @AfterEach
    void nothingIsLeft() {
        world.close();
        simulation.run();
        assertThat(world.exai.snapshot().isIdle()).isTrue();
        assertThat(simulation.pendingTasks()).isZero();
    }

    /** Asks a model and never ends. */
    private static Workflow asking(CompletableFuture<String> answered) {
        return Workflow.model("asking")
                .function(RunFunction.async(FunctionSpec.of("ask", "Asks", NO_PARAMETERS), (arguments, context) -> {
                    context.chat(ChatRequest.of("aside"))
                            .toCompletableFuture()
                            .thenAccept(reply -> answered.complete(reply.text()));
                    return new CompletableFuture<>();
                }))
                .build();
    }

    private Runs runs(ModelResolver resolver) {
        return Runs.over(
                store,
                RunSettings.defaults(),
                simulation.scheduler(),
                resolver,
                CallOptions.defaults(),
                simulation.executor());
    }

    private StoredRun kept(Run run) {
        return store.read(run.id()).toCompletableFuture().join().orElseThrow();
    }

    // A call of the compaction that ends with its run was counted after the end, and the task was under way for ever
    @Test
    void cancel_whileASummaryIsMade_leavesTheEndAsTheLastRecord() {
        AtomicInteger file = new AtomicInteger();
        world = new RunWorld(
                simulation,
                request -> request.functions().isEmpty()
                        ? Answer.hangs()
                        : Answer.asks("read", "" + file.incrementAndGet()).usage(0, 5),
                store,
                RunSettings.defaults(),
                model -> model.contextWindow(1_200).defaultOutputTokens(100));
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> "x".repeat(150)))
                .build();
        Run run = world.start(workflow);
        simulation.runUntil(() ->
                world.requests.stream().anyMatch(request -> request.functions().isEmpty()));

        assertThat(run.cancel("enough")).isTrue();

        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
        simulation.run();
        List<RunRecord.Kind> kinds =
                kept(run).records().stream().map(RunRecord::kind).toList();
        assertThat(kinds).endsWith(RunRecord.Kind.SPENT, RunRecord.Kind.ENDED);
        assertThat(kinds).containsOnlyOnce(RunRecord.Kind.SPENT);
        assertThat(kept(run).task().state()).isEqualTo(TaskState.CANCELLED);
    }

    // The end of the function is seen before the end of its session, where each is told on the thread that ends it
    @Test
    void session_closedDuringAFunction_countsWhatItHasSpent() {
        CompletableFuture<String> answered = new CompletableFuture<>();
        world = new RunWorld(
                simulation,
                RunWorld.inOrder(Answer.asks("ask", "{}"), Answer.text("aside").usage(70, 7)));
        AtomicBoolean direct = new AtomicBoolean();
        Executor executor = task -> {
            if (direct.get()) {
                task.run();
            } else {
                simulation.executor().execute(task);
            }
        };
        Run run;
        try (Exai exai = Exai.builder(world.provider)
                        .scheduler(simulation.scheduler())
                        .executor(executor)
                        .effectsExecutor(executor)
                        .build();
                Session session = exai.openSession("other");
                Runs runs = exai.runs(store)) {
            run = runs.start(session, asking(answered), "Do it", Budget.unlimited());
            simulation.runUntil(answered::isDone);
            simulation.runFor(Duration.ofSeconds(1));
            direct.set(true);

            session.close();

            assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        }
        assertThat(kept(run).records().stream()
                        .filter(record -> record.kind() == RunRecord.Kind.SPENT)
                        .map(record -> record.usage().totalTokens()))
                .containsExactly(77L);
    }

    @Test
    void cancel_withoutAReason_isRefusedAndTheRunGoesOn() {
        world = new RunWorld(simulation, RunWorld.inOrder(Answer.text("42")), store, RunSettings.defaults());
        Run run = world.start(Workflow.model("m").build());

        assertThatNullPointerException().isThrownBy(() -> run.cancel(null)).withMessage("reason");

        assertThat(world.outcome(run).answer()).contains("42");
    }

    // Whoever waits for a run hears of its end, also if the end could not be recorded
    @Test
    void end_thatCannotBeRecorded_isToldAllTheSame() {
        CompletableFuture<String> answered = new CompletableFuture<>();
        world = new RunWorld(
                simulation,
                RunWorld.inOrder(Answer.asks("ask", "{}"), Answer.text("aside")),
                store,
                RunSettings.defaults());
        AtomicBoolean broken = new AtomicBoolean();
        ModelResolver resolver = (ModelResolver) Proxy.newProxyInstance(
                ModelResolver.class.getClassLoader(),
                new Class<?>[] {ModelResolver.class},
                (proxy, method, arguments) -> {
                    if (broken.get() && method.getName().equals("catalog")) {
                        throw new IllegalStateException("the catalogue is gone");
                    }
                    try {
                        return method.invoke(world.exai.models(), arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        try (Runs runs = runs(resolver)) {
            Run run = runs.start(world.session, asking(answered), "Do it", Budget.unlimited());
            simulation.runUntil(answered::isDone);
            broken.set(true);

            assertThat(run.cancel("enough")).isTrue();

            assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
            assertThat(run.progress().store().why().orElse("")).contains("end could not be recorded");
            assertThat(runs.live()).isEmpty();
        }
    }
}
