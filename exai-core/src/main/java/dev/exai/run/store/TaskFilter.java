package dev.exai.run.store;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which tasks are wanted: those that meet everything that was set. Immutable. */
public final class TaskFilter {
    private static final TaskFilter ALL = new TaskFilter(null, null, null);

    private final @Nullable TaskState state;
    private final @Nullable RunId parent;
    private final @Nullable SessionId owner;

    private TaskFilter(@Nullable TaskState state, @Nullable RunId parent, @Nullable SessionId owner) {
        this.state = state;
        this.parent = parent;
        this.owner = owner;
    }

    /** {@return a filter that all tasks meet} */
    public static TaskFilter all() {
        return ALL;
    }

    /**
     * {@return this filter, for tasks in one state}
     *
     * @param value the state
     */
    public TaskFilter state(TaskState value) {
        return new TaskFilter(Objects.requireNonNull(value, "state"), parent, owner);
    }

    /**
     * {@return this filter, for the parts of one task}
     *
     * @param value the task
     */
    public TaskFilter parent(RunId value) {
        return new TaskFilter(state, Objects.requireNonNull(value, "parent"), owner);
    }

    /**
     * {@return this filter, for the tasks of one session}
     *
     * @param value the session
     */
    public TaskFilter owner(SessionId value) {
        return new TaskFilter(state, parent, Objects.requireNonNull(value, "owner"));
    }

    /** {@return the state that is wanted} */
    public Optional<TaskState> state() {
        return Optional.ofNullable(state);
    }

    /** {@return the task whose parts are wanted} */
    public Optional<RunId> parent() {
        return Optional.ofNullable(parent);
    }

    /** {@return the session whose tasks are wanted} */
    public Optional<SessionId> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * {@return whether a task meets it}
     *
     * @param task the task
     */
    public boolean matches(RunTask task) {
        return (state == null || state == task.state())
                && (parent == null || parent.equals(task.parent().orElse(null)))
                && (owner == null || owner.equals(task.owner().orElse(null)));
    }

    @Override
    public String toString() {
        return "TaskFilter[state " + state + ", parent " + parent + ", owner " + owner + "]";
    }
}
