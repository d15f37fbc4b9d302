package dev.exai.testkit.time;

import dev.exai.context.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a whole system on one thread, over virtual time, in an order that a seed decides.
 *
 * <p>Among the tasks that can run at the present moment one is picked by chance; only when none is left does time
 * move, at once, to the next moment at which one is due. So an hour passes in milliseconds, every order of
 * simultaneous things gets its turn over many seeds, and the same seed always gives the same run.
 *
 * <p>All belongs to one thread, the simulation's own: the one that made it, or else the last that ran it. Another
 * thread that adds or cancels a task is refused, and the run fails, because the order would no longer be the seed's.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.withSeed(42);
 * simulation.scheduler().schedule(Duration.ofHours(1), () -> System.out.println("an hour later"));
 * simulation.run();
 * }</pre>
 */
public final class Simulation {
    private static final long DEFAULT_MAX_STEPS = 10_000_000;

    /** How many lines of the trace a failure shows. */
    private static final int SHOWN = 20;

    private final long seed;
    private final long origin;
    private final SplittableRandom order;
    private final Random random;
    private final Scheduler scheduler = new VirtualScheduler();
    private final Trace trace = new Trace();

    /** Tasks of later moments. */
    private final TreeSet<Task> later = new TreeSet<>();

    /** Tasks that can run now, in no order. */
    private final List<Task> ready = new ArrayList<>();

    private final List<Runnable> stepChecks = new ArrayList<>(1);
    private final List<Runnable> restChecks = new ArrayList<>(1);

    private long nextNumber = 1;
    private long steps;

    /** Whether anything has run since the checks at rest were made. */
    private boolean stirred;

    private long maxSteps = DEFAULT_MAX_STEPS;
    private boolean running;
    private boolean sites;

    /** Written by the own thread; read by any. */
    private volatile long elapsed;

    private volatile Thread own = Thread.currentThread();

    /** The first thing that a foreign thread did, which fails the next step. */
    private volatile @Nullable String intrusion;

    private Simulation(long seed) {
        this.seed = seed;
        SplittableRandom source = new SplittableRandom(seed);
        this.origin = source.nextLong() | 1;
        this.random = new Random(source.nextLong());
        this.order = source.split();
    }

    /**
     * {@return a simulation at the beginning of its time}
     *
     * @param seed decides the order of what happens at the same moment, and {@link #random()}
     */
    public static Simulation withSeed(long seed) {
        return new Simulation(seed);
    }

    /**
     * Sets how many tasks one run may take before it fails; ten million by default. It catches systems that never
     * come to rest.
     *
     * @param steps at least 1
     * @return this simulation
     */
    public Simulation maxSteps(long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("maxSteps < 1: " + steps);
        }
        this.maxSteps = steps;
        return this;
    }

    /**
     * Remembers for each task where it was given to be run, for {@link #pending()}; that costs some microseconds a task.
     *
     * @return this simulation
     */
    public Simulation rememberSites() {
        sites = true;
        return this;
    }

    /**
     * Adds a check that is made after every task. What it throws fails the run as what a task throws does.
     *
     * @param check what to look at; it adds no tasks
     * @return this simulation
     */
    public Simulation checkAfterEachStep(Runnable check) {
        stepChecks.add(Objects.requireNonNull(check, "check"));
        return this;
    }

    /**
     * Adds a check that is made whenever the system is at rest: nothing is left to run at this moment, and time is about
     * to move, or nothing is left to run at all. What it throws fails the run as what a task throws does.
     *
     * @param check what to look at; it adds no tasks
     * @return this simulation
     */
    public Simulation checkAtRest(Runnable check) {
        restChecks.add(Objects.requireNonNull(check, "check"));
        return this;
    }

    /** {@return the seed that this run can be repeated with} */
    public long seed() {
        return seed;
    }

    /** {@return the virtual clock; on the simulation's own thread it says that nothing may block} */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** {@return an executor whose tasks can run at the moment they are given, never inside {@code execute}} */
    public Executor executor() {
        return task -> add("task", Duration.ZERO, Objects.requireNonNull(task, "task"));
    }

    /** {@return a source of chance for the test itself, which depends on the seed alone} */
    public Random random() {
        return random;
    }

    /** {@return the virtual time that has passed since the start} */
    public Duration now() {
        return Duration.ofNanos(elapsed);
    }

    /** {@return how many tasks have run} */
    public long steps() {
        return steps;
    }

    /** {@return how many tasks wait, for their moment or their turn} */
    public int pendingTasks() {
        return later.size() + ready.size();
    }

    /** {@return the tasks that wait, one line each, those that can run now first} */
    public List<String> pending() {
        List<String> lines = new ArrayList<>();
        ready.forEach(task -> lines.add(task.describe(elapsed)));
        later.forEach(task -> lines.add(task.describe(elapsed)));
        return lines;
    }

    /**
     * Adds a line to the trace.
     *
     * @param line what happened; the moment is put in front of it
     */
    public void note(String line) {
        checkThread("added a line to the trace");
        trace.note(elapsed, line);
    }

    /** {@return the last ten thousand lines of the trace: when, and what ran} */
    public List<String> trace() {
        return trace.lines();
    }

    /** {@return a hash of the whole trace; two runs of the same system with the same seed have the same} */
    public long traceHash() {
        return trace.hash();
    }

    /**
     * Runs until nothing is left to run.
     *
     * @throws AssertionError if a task throws, or more than the most steps are taken; the message names the seed
     */
    public void run() {
        runWhile(() -> true, Long.MAX_VALUE);
    }

    /**
     * Runs until a condition is met, which is asked before every task.
     *
     * @param condition what to wait for
     * @throws AssertionError if nothing is left to run and the condition is not met, a task throws, or more than the
     *     most steps are taken; the message names the seed
     */
    public void runUntil(BooleanSupplier condition) {
        runWhile(() -> !condition.getAsBoolean(), Long.MAX_VALUE);
        if (!condition.getAsBoolean()) {
            throw failure("nothing is left to run and the condition is not met", null);
        }
    }

    /**
     * Runs what is due within a time, and lets that time pass also if nothing is.
     *
     * @param time how long; zero runs what can run now
     * @throws AssertionError if a task throws, or more than the most steps are taken; the message names the seed
     */
    public void runFor(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time goes forward only: " + time);
        }
        long end = Task.moment(elapsed, time);
        runWhile(() -> true, end);
        elapsed = end;
        release();
    }

    /**
     * Saves the trace, to be compared with that of another run by {@link TraceDiff}. The first lines of the file name the
     * seed and the hash of the whole trace, and say how many early lines are not kept.
     *
     * @param file where to; what is there is overwritten, and folders are made
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public void saveTrace(Path file) {
        TraceFile.write(file, seed, trace);
    }

    private void runWhile(BooleanSupplier wanted, long end) {
        if (running) {
            throw new IllegalStateException("a task must not run the simulation that runs it");
        }
        running = true;
        own = Thread.currentThread();
        try {
            for (long ran = 0; wanted.getAsBoolean() && moveTo(end); ran++) {
                if (ran == maxSteps) {
                    throw failure(
                            "does not come to rest: " + ran + " tasks have run, " + pendingTasks() + " wait", null);
                }
                step();
                failOnIntrusion();
            }
            failOnIntrusion();
        } finally {
            running = false;
        }
    }

    /** Moves time to the next task, if it is due by the end; says whether there is one. */
    private boolean moveTo(long end) {
        if (ready.isEmpty()) {
            if (stirred) {
                stirred = false;
                check(restChecks, "at rest");
            }
            if (!later.isEmpty() && later.first().due <= end) {
                elapsed = later.first().due;
                release();
            }
        }
        return !ready.isEmpty();
    }

    /** Makes ready what has become due. */
    private void release() {
        while (!later.isEmpty() && later.first().due <= elapsed) {
            ready.add(Objects.requireNonNull(later.pollFirst()));
        }
    }

    private void step() {
        Task task = takeReady(order.nextInt(ready.size()));
        trace.ran(elapsed, task);
        steps++;
        stirred = true;
        try {
            task.body.run();
        } catch (RuntimeException | Error thrown) {
            throw failure(task.label() + " #" + task.number + " threw " + thrown, thrown);
        }
        check(stepChecks, "after a task");
    }

    private void check(List<Runnable> checks, String when) {
        for (Runnable check : checks) {
            try {
                check.run();
            } catch (RuntimeException | Error thrown) {
                throw failure("a check " + when + " threw " + thrown, thrown);
            }
        }
    }

    private Task takeReady(int index) {
        Task task = ready.get(index);
        Task last = ready.remove(ready.size() - 1);
        if (index < ready.size()) {
            ready.set(index, last);
        }
        task.waits = false;
        return task;
    }

    private Scheduler.Scheduled add(String kind, Duration delay, Runnable body) {
        checkThread("added a task");
        Task task = new Task(Task.moment(elapsed, delay), nextNumber++, kind, body, sites ? new Site() : null);
        if (task.due <= elapsed) {
            ready.add(task);
        } else {
            later.add(task);
        }
        return () -> cancel(task);
    }

    private boolean cancel(Task task) {
        checkThread("cancelled a task");
        if (!task.waits) {
            return false;
        }
        task.waits = false;
        if (!later.remove(task)) {
            takeReady(ready.indexOf(task));
        }
        return true;
    }

    private void checkThread(String what) {
        Thread current = Thread.currentThread();
        if (current != own) {
            String who = "thread " + current.getName() + " " + what + " of the simulation of thread " + own.getName();
            intrusion = who;
            throw new IllegalStateException(who);
        }
    }

    private void failOnIntrusion() {
        String who = intrusion;
        if (who != null) {
            intrusion = null;
            throw failure(who + ": the order is no longer the seed's", null);
        }
    }

    private AssertionError failure(String what, @Nullable Throwable cause) {
        return new AssertionError(
                "simulation with seed " + seed + ", at " + now() + ": " + what + "\n  the last that ran:\n  "
                        + trace.tail(SHOWN),
                cause);
    }

    @Override
    public String toString() {
        return "Simulation[seed " + seed + ", at " + now() + ", " + pendingTasks() + " pending]";
    }

    private final class VirtualScheduler implements Scheduler {
        @Override
        public long nanoTime() {
            return origin + elapsed;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            return add("timer", delay, Objects.requireNonNull(task, "task"));
        }

        @Override
        public boolean mayBlock() {
            return Thread.currentThread() != own;
        }
    }
}
