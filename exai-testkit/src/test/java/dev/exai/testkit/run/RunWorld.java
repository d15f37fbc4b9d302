package dev.exai.testkit.run;

import dev.exai.Exai;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunFunction;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunSettings;
import dev.exai.run.Runs;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunStore;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import dev.exai.testkit.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A simulated process: one model, one session, runs over a store. Another one over the same store is another process. */
final class RunWorld implements AutoCloseable {
    static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

    final Simulation simulation;
    final List<ChatRequest> requests = new ArrayList<>();
    final ThinkingProvider provider;
    final Exai exai;
    final Session session;
    final Runs runs;

    RunWorld(Simulation simulation, Function<ChatRequest, Answer> mind) {
        this(simulation, mind, RunStore.inMemory(), RunSettings.defaults());
    }

    RunWorld(Simulation simulation, Function<ChatRequest, Answer> mind, RunStore store, RunSettings settings) {
        this(simulation, mind, store, settings, model -> model);
    }

    RunWorld(
            Simulation simulation,
            Function<ChatRequest, Answer> mind,
            RunStore store,
            RunSettings settings,
            UnaryOperator<ModelInfo.Builder> model) {
        this.simulation = simulation;
        this.provider = new ThinkingProvider(
                "glm",
                simulation.scheduler(),
                model.apply(ModelInfo.builder("glm-thinks").capabilities(ModelInfo.Capability.FUNCTIONS))
                        .build(),
                request -> {
                    if (requests.size() < 1_000) {
                        requests.add(request);
                    }
                    return mind.apply(request);
                });
        this.exai = Exai.builder(provider)
                .scheduler(simulation.scheduler())
                .executor(simulation.executor())
                .effectsExecutor(simulation.executor())
                .build();
        this.session = exai.openSession("editor");
        this.runs = exai.runs(store, settings);
    }

    /** Answers one after the other, whatever is asked; the last one again and again. */
    static Function<ChatRequest, Answer> inOrder(Answer... answers) {
        int[] next = {0};
        return request -> answers[Math.min(next[0]++, answers.length - 1)];
    }

    /** A function that returns what the code makes of its arguments. */
    static RunFunction function(String name, Function<String, String> code) {
        return RunFunction.blocking(
                FunctionSpec.of(name, "Does " + name, NO_PARAMETERS), (arguments, context) -> code.apply(arguments));
    }

    Run start(Workflow workflow, Budget budget) {
        return runs.start(session, workflow, "Do it", budget);
    }

    Run start(Workflow workflow) {
        return start(workflow, Budget.unlimited());
    }

    RunOutcome outcome(Run run) {
        simulation.runUntil(run::isDone);
        return run.outcome().orElseThrow();
    }

    /** Ends the process as a crash does: nothing more is written. */
    void crash() {
        exai.close();
    }

    @Override
    public void close() {
        runs.close();
        exai.close();
    }
}
