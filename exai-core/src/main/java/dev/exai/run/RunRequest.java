package dev.exai.run;

import dev.exai.context.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is to be run. Immutable; {@code toString} shows no content. */
public final class RunRequest {
    private final Workflow workflow;
    private final String input;
    private final Budget budget;
    private final @Nullable RunId id;
    private final @Nullable RunId parent;
    private final List<RunListener> listeners;

    private RunRequest(
            Workflow workflow,
            String input,
            Budget budget,
            @Nullable RunId id,
            @Nullable RunId parent,
            List<RunListener> listeners) {
        this.workflow = Objects.requireNonNull(workflow, "workflow");
        this.input = Objects.requireNonNull(input, "input");
        this.budget = Objects.requireNonNull(budget, "budget");
        this.id = id;
        this.parent = parent;
        this.listeners = List.copyOf(listeners);
    }

    /**
     * {@return what is to be run}
     *
     * @param workflow what it does
     * @param input what the model, or the first step, is given
     * @param budget what it may spend
     */
    public static RunRequest of(Workflow workflow, String input, Budget budget) {
        return new RunRequest(workflow, input, budget, null, null, List.of());
    }

    /**
     * {@return this request with an id of choice; by default one is made that nobody has}
     *
     * @param value the id; the run fails if its store has another run of this id
     */
    public RunRequest id(RunId value) {
        return new RunRequest(workflow, input, budget, Objects.requireNonNull(value, "id"), parent, listeners);
    }

    /**
     * {@return this request as a part of another task}
     *
     * @param value the task or run that it is a part of
     */
    public RunRequest parent(RunId value) {
        return new RunRequest(workflow, input, budget, id, Objects.requireNonNull(value, "parent"), listeners);
    }

    /**
     * {@return this request with one more listener, who is told everything from the start}
     *
     * @param listener who is told
     */
    public RunRequest listener(RunListener listener) {
        List<RunListener> all = new ArrayList<>(listeners);
        all.add(Objects.requireNonNull(listener, "listener"));
        return new RunRequest(workflow, input, budget, id, parent, all);
    }

    /** {@return what it does} */
    public Workflow workflow() {
        return workflow;
    }

    /** {@return what the model, or the first step, is given} */
    public String input() {
        return input;
    }

    /** {@return what it may spend} */
    public Budget budget() {
        return budget;
    }

    /** {@return its id, if one was chosen} */
    public Optional<RunId> id() {
        return Optional.ofNullable(id);
    }

    /** {@return the task that it is a part of} */
    public Optional<RunId> parent() {
        return Optional.ofNullable(parent);
    }

    List<RunListener> listeners() {
        return listeners;
    }

    @Override
    public String toString() {
        return "RunRequest[" + workflow.name() + ", " + input.length() + " chars, " + budget + "]";
    }
}
