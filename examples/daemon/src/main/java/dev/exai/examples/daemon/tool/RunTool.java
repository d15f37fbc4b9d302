package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.error.SessionClosedException;
import dev.exai.examples.workflows.ReadyRuns;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.Runs;
import dev.exai.session.Session;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;

/** Does one of the ready-made runs: a model that goes on until it is done, with no limit of steps. */
public final class RunTool implements DaemonTool {
    /** What the runs of a daemon have in common. */
    public static final class Bench {
        final ReadyRuns ready;
        final Runs runs;
        final Duration longest;
        final boolean isKept;

        /**
         * Creates it.
         *
         * @param ready has the runs
         * @param runs starts them
         * @param longest the time that a run has in all; a client may ask for less
         * @param isKept whether a run goes on when the daemon is started anew
         */
        public Bench(ReadyRuns ready, Runs runs, Duration longest, boolean isKept) {
            this.ready = Objects.requireNonNull(ready, "ready");
            this.runs = Objects.requireNonNull(runs, "runs");
            this.longest = Objects.requireNonNull(longest, "longest");
            this.isKept = isKept;
        }
    }

    private final String name;
    private final Bench bench;

    /**
     * Creates the tool.
     *
     * @param name the run's name
     * @param bench does it
     */
    public RunTool(String name, Bench bench) {
        this.name = Objects.requireNonNull(name, "name");
        this.bench = Objects.requireNonNull(bench, "bench");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return bench.ready.description(name) + ". Works by itself until it is done. "
                + (bench.ready.readsFiles(name)
                        ? "Reads the files of the daemon's folder."
                        : "Sees no files: put all that matters into the prompt.");
    }

    @Override
    public ObjectNode inputSchema() {
        return Schema.object()
                .required("prompt", "string", "what to do")
                .property("timeout_secs", "number", "the most seconds it may take in all")
                .property("max_tokens", "integer", "the most tokens it may spend in all")
                .property("max_cost_usd", "number", "the most US dollars it may cost, by the catalogue's prices")
                .json();
    }

    @Override
    public ObjectNode outputSchema() {
        return Schema.result()
                .property("text", "string", "the answer")
                .property("run", "string", "the id of the run, for 'tasks'")
                .property("sees_files", "boolean", "whether it could read files")
                .property("steps", "integer", "turns of the model, or steps")
                .property("calls", "integer", "calls of models and functions")
                .property("tokens", "integer", "tokens of all its calls")
                .property("cost_usd", "number", "US dollars, where prices are known")
                .property("elapsed_ms", "integer", "milliseconds that it was under way")
                .property("explanation", "string", "why it ended, and what it has spent")
                .json();
    }

    @Override
    public Job start(Session session, JsonNode json, JobListener listener) {
        Arguments arguments = new Arguments(json);
        String prompt = arguments.required("prompt");
        Budget.Builder budget = Budget.builder().time(arguments.timeout(bench.longest));
        arguments.wholeNumber("max_tokens").ifPresent(budget::tokens);
        arguments
                .number("max_cost_usd")
                .ifPresent(most -> budget.cost(BigDecimal.valueOf(most).toPlainString()));
        Run run;
        try {
            run = bench.ready.start(bench.runs, session, name, prompt, budget.build());
        } catch (IllegalStateException closed) {
            throw new SessionClosedException("the daemon");
        }
        return RunJob.of(run, listener, bench.ready.readsFiles(name), bench.isKept);
    }
}
