package dev.exai;

import java.time.Duration;
import java.util.List;

/**
 * A piece of code of a user that runs at this moment: a tool, a listener, a continuation, a model selector. It can outlive
 * its call and its session, since Java cannot stop code; it has no permit then. Safe for use by many threads.
 */
public final class RunningCode {
    private final String owner;
    private final Thread thread;
    private final Duration age;

    RunningCode(String owner, Thread thread, Duration age) {
        this.owner = owner;
        this.thread = thread;
        this.age = age;
    }

    /** {@return whose code it is, such as {@code session editor/1}} */
    public String owner() {
        return owner;
    }

    /** {@return the name of its thread, which is empty for a virtual one of an executor that names none} */
    public String thread() {
        return thread.getName();
    }

    /** {@return how long it has been running} */
    public Duration age() {
        return age;
    }

    /** {@return where its thread is now, innermost first; empty if it has ended meanwhile} */
    public List<StackTraceElement> stack() {
        return List.of(thread.getStackTrace());
    }

    @Override
    public String toString() {
        return "code of " + owner + " on thread " + thread() + ", for " + age.toMillis() + " ms";
    }
}
