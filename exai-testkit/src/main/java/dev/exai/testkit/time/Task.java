package dev.exai.testkit.time;

import dev.exai.testkit.internal.Wrapping;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something to run at a virtual moment; told apart by its number, which is given out in the order of asking. */
final class Task implements Comparable<Task> {
    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return nameOf(type);
        }
    };

    final long due;
    final long number;
    final String kind;
    final Runnable body;

    /** Where it was given to be run, if that is remembered. */
    private final @Nullable Site site;

    /** Written under the lock of whoever holds the task, or on its one thread. */
    boolean waits = true;

    Task(long due, long number, String kind, Runnable body, @Nullable Site site) {
        this.due = due;
        this.number = number;
        this.kind = kind;
        this.body = body;
        this.site = site;
    }

    /** {@return the moment so long after another one; what is too far away is the end of time} */
    static long moment(long now, Duration delay) {
        long nanos;
        try {
            nanos = Math.max(0, delay.toNanos());
        } catch (ArithmeticException tooLong) {
            nanos = delay.isNegative() ? 0 : Long.MAX_VALUE;
        }
        long moment = now + nanos;
        return moment < 0 ? Long.MAX_VALUE : moment;
    }

    /** A lambda's class has a number that changes from run to run: only what is before it is kept. */
    private static String nameOf(Class<?> type) {
        String name = type.getName();
        int lambda = name.indexOf("$$Lambda");
        String stable = lambda < 0 ? name : name.substring(0, lambda) + "(lambda)";
        return stable.substring(stable.lastIndexOf('.') + 1);
    }

    /** What runs, without the number that changes from run to run. */
    String name() {
        Runnable named = body instanceof Wrapping wrapping ? wrapping.inner() : body;
        return NAMES.get(named.getClass());
    }

    String label() {
        return kind + " " + name();
    }

    String describe(long now) {
        return label() + " #" + number + " due " + (due <= now ? "now" : "in " + Duration.ofNanos(due - now))
                + (site == null ? "" : ", set at " + site);
    }

    @Override
    public int compareTo(Task that) {
        return due != that.due ? Long.compare(due, that.due) : Long.compare(number, that.number);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
