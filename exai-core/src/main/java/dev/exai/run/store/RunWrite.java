package dev.exai.run.store;

import java.util.List;
import java.util.Objects;

/** What a store is to write in one piece. Immutable. */
public final class RunWrite {
    private final RunTask task;
    private final long writer;
    private final List<RunRecord> records;

    private RunWrite(RunTask task, long writer, List<RunRecord> records) {
        this.task = Objects.requireNonNull(task, "task");
        this.writer = writer;
        this.records = List.copyOf(records);
    }

    /**
     * {@return a write}
     *
     * @param task the task as it is from now on
     * @param writer a number of chance that the one who writes has and nobody else; 0 for a task that is no run
     * @param records what is added to the run, in order, may be empty
     */
    public static RunWrite of(RunTask task, long writer, List<RunRecord> records) {
        return new RunWrite(task, writer, records);
    }

    /** {@return the task as it is from now on} */
    public RunTask task() {
        return task;
    }

    /** {@return the number of the one who writes} */
    public long writer() {
        return writer;
    }

    /** {@return what is added to the run, in order} */
    public List<RunRecord> records() {
        return records;
    }

    @Override
    public String toString() {
        return "RunWrite[" + task + ", " + records.size() + " records]";
    }
}
