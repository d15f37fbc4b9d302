package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.context.RunId;
import dev.exai.run.Run;
import dev.exai.run.Runs;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import dev.exai.session.Session;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Lists the runs of all clients with their states, also those from before a restart; and tells how one of them ended. */
public final class TasksTool implements DaemonTool {
    private static final int SHOWN = 100;
    private static final int MOST_SHOWN = 1_000;

    private final Runs runs;
    private final RunStore store;

    /**
     * Creates the tool.
     *
     * @param runs knows what is under way
     * @param store has the runs
     */
    public TasksTool(Runs runs, RunStore store) {
        this.runs = Objects.requireNonNull(runs, "runs");
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public String description() {
        return "Lists the runs (debug, analyze, codereview, secaudit, planner, consensus) with their states, or tells how one"
                + " of them ended.";
    }

    @Override
    public ObjectNode inputSchema() {
        return Schema.object()
                .property("run", "string", "a run's id: tells of this one, with its answer")
                .property("limit", "integer", "the most runs to list, the latest ones; 100 by default")
                .json();
    }

    @Override
    public ObjectNode outputSchema() {
        return Schema.result()
                .property("tasks", "array", "each run: id, name, state, owner; where it stands, if it is under way")
                .property("text", "string", "the answer of the one run that was asked for, or why it has none")
                .json();
    }

    @Override
    public Job start(Session session, JsonNode json, JobListener listener) {
        Arguments arguments = new Arguments(json);
        int limit = arguments.wholeNumber("limit").orElse(SHOWN);
        if (limit < 1 || limit > MOST_SHOWN) {
            throw new IllegalArgumentException("'limit' must be from 1 to " + MOST_SHOWN);
        }
        Optional<RunId> one = arguments.text("run").map(RunId::of);
        CompletableFuture<ToolResult> told = one.isPresent()
                ? store.read(one.get())
                        .toCompletableFuture()
                        .thenApply(found -> found.map(this::one).orElseGet(() -> unknown(one.get())))
                : runs.tasks(TaskFilter.all()).thenApply(all -> list(all, limit));
        return new AskedStore(told.exceptionally(failure -> ToolResult.failed(ToolError.of(failure))));
    }

    private static ToolResult unknown(RunId id) {
        return ToolResult.failed(new ToolError(
                ToolError.VALIDATION_ERROR, "there is no run " + id + ": ask without 'run' for a list", false, null));
    }

    private ToolResult one(StoredRun stored) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode task = describe(json.putArray("tasks"), stored.task(), runs.live());
        List<RunRecord> records = stored.records();
        RunRecord last = records.isEmpty() ? null : records.get(records.size() - 1);
        String text = stored.task().state().isEnded() && last != null && last.kind() == RunRecord.Kind.ENDED
                ? last.text()
                : line(task);
        return ToolResult.of(text, json.put("text", text));
    }

    private ToolResult list(List<RunTask> all, int limit) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode tasks = json.putArray("tasks");
        List<Run> live = runs.live();
        StringBuilder text = new StringBuilder();
        for (RunTask task : all.subList(Math.max(0, all.size() - limit), all.size())) {
            text.append(line(describe(tasks, task, live))).append('\n');
        }
        return ToolResult.of(text.isEmpty() ? "no runs" : text.toString(), json);
    }

    private static String line(ObjectNode task) {
        return task.path("id").asText() + " " + task.path("name").asText() + " "
                + task.path("state").asText()
                + (task.has("doing") ? " (" + task.path("doing").asText() + ")" : "");
    }

    private static ObjectNode describe(ArrayNode tasks, RunTask task, List<Run> live) {
        ObjectNode json = tasks.addObject()
                .put("id", task.id().value())
                .put("name", task.name())
                .put("state", task.state().name().toLowerCase(Locale.ROOT))
                .put("owner", task.owner().map(Object::toString).orElse(""));
        if (task.state() == TaskState.IN_PROGRESS) {
            Optional<Run> here =
                    live.stream().filter(run -> run.id().equals(task.id())).findFirst();
            json.put("doing", here.map(run -> Doing.of(run.progress())).orElse("nothing: goes on after a restart"));
            here.ifPresent(run -> json.put("tokens", run.progress().tokens())
                    .put("elapsed_ms", run.progress().elapsed().toMillis()));
        }
        return json;
    }
}
