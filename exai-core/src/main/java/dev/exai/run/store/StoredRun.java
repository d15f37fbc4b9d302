package dev.exai.run.store;

import java.util.List;
import java.util.Objects;

/** A run as its store has it. Immutable. */
public final class StoredRun {
    private final RunTask task;
    private final List<RunRecord> records;

    private StoredRun(RunTask task, List<RunRecord> records) {
        this.task = Objects.requireNonNull(task, "task");
        this.records = List.copyOf(records);
    }

    /**
     * {@return a stored run}
     *
     * @param task its task
     * @param records its records, in order
     */
    public static StoredRun of(RunTask task, List<RunRecord> records) {
        return new StoredRun(task, records);
    }

    /** {@return its task} */
    public RunTask task() {
        return task;
    }

    /** {@return its records, in order; none for a task that is no run} */
    public List<RunRecord> records() {
        return records;
    }

    @Override
    public String toString() {
        return "StoredRun[" + task + ", " + records.size() + " records]";
    }
}
