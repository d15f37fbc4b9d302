package dev.exai.examples.workflows;

import dev.exai.context.RunId;
import dev.exai.run.Budget;
import dev.exai.run.Decision;
import dev.exai.run.Run;
import dev.exai.run.RunRequest;
import dev.exai.run.Runs;
import dev.exai.run.Workflow;
import dev.exai.session.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ready-made runs by name, over one folder or none. Immutable.
 *
 * <pre>{@code
 * ReadyRuns ready = ReadyRuns.over(Folder.at(Path.of("project")), List.of("glm-4.7", "kimi-k2"));
 * Run run = ready.start(runs, session, "codereview", "Review src/main", Budget.builder().cost("0.50").build());
 * }</pre>
 */
public final class ReadyRuns {
    private record Ready(Workflow workflow, String description) {}

    private final Map<String, Ready> all = new LinkedHashMap<>();

    private ReadyRuns(@Nullable Folder folder, List<String> models) {
        add(ModelRuns.debug(folder), "Finds the cause of a fault");
        add(ModelRuns.analyze(folder), "Answers a question about the design of code");
        add(ModelRuns.codereview(folder), "Reviews code: faults by weight, with file and line");
        add(ModelRuns.secaudit(folder), "Looks for weaknesses that somebody could use");
        add(ModelRuns.planner(folder), "Plans a piece of work in steps that can be checked");
        add(Consensus.of(models), "Asks several models at the same time, then weighs what they said");
    }

    private void add(Workflow workflow, String description) {
        all.put(workflow.name(), new Ready(workflow, description));
    }

    /**
     * {@return the runs}
     *
     * @param folder the files that models may read
     * @param models who is asked for a consensus, at least one; the first one weighs
     */
    public static ReadyRuns over(Folder folder, List<String> models) {
        return new ReadyRuns(folder, models);
    }

    /**
     * {@return the runs without a folder} Models get no function to read files: they work on what the input carries.
     *
     * @param models who is asked for a consensus, at least one; the first one weighs
     */
    public static ReadyRuns withoutFiles(List<String> models) {
        return new ReadyRuns(null, models);
    }

    /** {@return their names} */
    public List<String> names() {
        return List.copyOf(all.keySet());
    }

    /**
     * {@return what a run does, in a sentence}
     *
     * @param name its name
     */
    public String description(String name) {
        return ready(name).description();
    }

    /**
     * {@return whether the models of a run can read files}
     *
     * @param name its name
     */
    public boolean readsFiles(String name) {
        return !workflow(name).functions().isEmpty();
    }

    /**
     * {@return the workflow of a name}
     *
     * @param name its name
     */
    public Workflow workflow(String name) {
        return ready(name).workflow();
    }

    private Ready ready(String name) {
        Ready ready = all.get(name);
        if (ready == null) {
            throw new IllegalArgumentException("there is no run '" + name + "'; there are " + names());
        }
        return ready;
    }

    /**
     * Starts a run.
     *
     * @param runs starts it
     * @param session the session that it runs in
     * @param name which
     * @param input what is asked
     * @param budget what it may spend
     * @return the run, which is under way
     */
    public Run start(Runs runs, Session session, String name, String input, Budget budget) {
        return runs.start(session, RunRequest.of(workflow(name), input, budget));
    }

    /**
     * Takes a run up, from this or another process.
     *
     * @param runs takes it up
     * @param session the session that it runs in from now on
     * @param name which
     * @param id its id
     * @param decisions what a user has decided
     * @return the run, which is under way
     */
    public Run resume(Runs runs, Session session, String name, RunId id, Decision... decisions) {
        return runs.resume(session, workflow(name), id, decisions);
    }

    @Override
    public String toString() {
        return "ReadyRuns" + names();
    }
}
