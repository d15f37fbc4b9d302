package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunListener;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A run as a job. */
final class RunJob implements Job {
    private final Run run;
    private final boolean seesFiles;
    private final boolean isKept;
    private final CompletableFuture<ToolResult> result;

    private RunJob(Run run, boolean seesFiles, boolean isKept) {
        this.run = run;
        this.seesFiles = seesFiles;
        this.isKept = isKept;
        this.result = run.toCompletableFuture()
                .handle((outcome, failure) ->
                        failure == null ? toResult(outcome) : ToolResult.failed(ToolError.of(failure)));
    }

    /** A job of a run that is under way; a run that {@code isKept} goes on when the daemon is started anew. */
    static RunJob of(Run run, JobListener listener, boolean seesFiles, boolean isKept) {
        run.addListener(new RunListener() {
            @Override
            public void progress(RunProgress now) {
                if (now.tokens() > 0) {
                    listener.running(); // it was its turn: a model has answered
                }
            }
        });
        return new RunJob(run, seesFiles, isKept);
    }

    private ToolResult toResult(RunOutcome outcome) {
        return outcome.answer()
                .map(answer -> ToolResult.of(answer, structured(answer)))
                .orElseGet(() -> ToolResult.failed(error(outcome)));
    }

    private ObjectNode structured(String answer) {
        RunProgress end = run.progress();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("text", answer)
                .put("run", run.id().value())
                .put("sees_files", seesFiles)
                .put("steps", end.step())
                .put("calls", end.calls())
                .put("tokens", end.tokens())
                .put("cost_usd", end.cost())
                .put("elapsed_ms", end.elapsed().toMillis())
                .put("explanation", run.explain());
        return json;
    }

    private ToolError error(RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Failed failed && failed.cause().isPresent()) {
            ToolError why = ToolError.of(failed.cause().get());
            return new ToolError(why.code(), run.explain(), why.retryable(), why.retryAfter());
        }
        if (outcome instanceof RunOutcome.Suspended) {
            String then = isKept
                    ? " It goes on when the daemon is started anew; 'tasks' tells how it ended."
                    : " It was not kept, and does not go on.";
            return new ToolError(ToolError.SERVICE_UNAVAILABLE, run.explain() + then, !isKept, null);
        }
        return new ToolError(code(outcome), run.explain(), false, null);
    }

    private static String code(RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Cancelled) {
            return ToolError.CANCELLED;
        }
        if (outcome instanceof RunOutcome.OutOfBudget spent) {
            return spent.limit() == Budget.Limit.TIME ? ToolError.TIMEOUT : ToolError.OUT_OF_BUDGET;
        }
        return outcome instanceof RunOutcome.NoProgress ? ToolError.NO_PROGRESS : ToolError.RUN_FAILED;
    }

    @Override
    public CompletionStage<ToolResult> result() {
        return result;
    }

    @Override
    public void cancel(String reason) {
        run.cancel(reason);
    }

    @Override
    public String state() {
        return "run " + run.id() + ": " + Doing.of(run.progress());
    }
}
