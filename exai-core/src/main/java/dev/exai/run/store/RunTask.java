package dev.exai.run.store;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run, or another task, as a list of tasks shows it. Immutable. */
public final class RunTask {
    private final RunId id;
    private final String name;
    private final TaskState state;
    private final @Nullable RunId parent;
    private final @Nullable SessionId owner;

    private RunTask(RunId id, String name, TaskState state, @Nullable RunId parent, @Nullable SessionId owner) {
        this.id = Objects.requireNonNull(id, "id");
        this.name = Objects.requireNonNull(name, "name");
        this.state = Objects.requireNonNull(state, "state");
        this.parent = parent;
        this.owner = owner;
    }

    /**
     * {@return a task that nobody has begun, without parent and owner}
     *
     * @param id its id
     * @param name what it is called, for people to read; for a run, its workflow
     */
    public static RunTask of(RunId id, String name) {
        return new RunTask(id, name, TaskState.NOT_STARTED, null, null);
    }

    /**
     * {@return this task in another state}
     *
     * @param value the state
     */
    public RunTask withState(TaskState value) {
        return new RunTask(id, name, value, parent, owner);
    }

    /**
     * {@return this task as a part of another one}
     *
     * @param value the task that it is a part of, or null for none
     */
    public RunTask withParent(@Nullable RunId value) {
        return new RunTask(id, name, state, value, owner);
    }

    /**
     * {@return this task in the hands of a session}
     *
     * @param value the session, or null for none
     */
    public RunTask withOwner(@Nullable SessionId value) {
        return new RunTask(id, name, state, parent, value);
    }

    /** {@return its id} */
    public RunId id() {
        return id;
    }

    /** {@return what it is called} */
    public String name() {
        return name;
    }

    /** {@return how far it has come} */
    public TaskState state() {
        return state;
    }

    /** {@return the task that it is a part of} */
    public Optional<RunId> parent() {
        return Optional.ofNullable(parent);
    }

    /** {@return the session that works on it, or was the last to do so; it may be one of a process that is gone} */
    public Optional<SessionId> owner() {
        return Optional.ofNullable(owner);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunTask that
                && id.equals(that.id)
                && name.equals(that.name)
                && state == that.state
                && Objects.equals(parent, that.parent)
                && Objects.equals(owner, that.owner);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "RunTask[" + id + " " + name + ", " + state + "]";
    }
}
