package dev.exai.testkit.fault;

import dev.exai.context.Scheduler;
import dev.exai.testkit.internal.RuleBroken;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One thread and virtual time; the seed decides which of two things at the same moment comes first. */
final class VirtualGround extends Ground {
    private final Simulation simulation;

    VirtualGround(long seed) {
        this.simulation = Simulation.withSeed(seed).maxSteps(100_000);
    }

    @Override
    Scheduler scheduler() {
        return simulation.scheduler();
    }

    @Override
    Executor executor() {
        return simulation.executor();
    }

    @Override
    void run(Runnable action) {
        simulation.executor().execute(action);
        simulation.runFor(Duration.ZERO);
    }

    @Override
    void launch(Runnable action) {
        run(action);
    }

    @Override
    void passTo(long nanoTime) {
        long left = nanoTime - scheduler().nanoTime();
        simulation.runFor(Duration.ofNanos(Math.max(0, left)));
    }

    @Override
    void together(Runnable one, Runnable other, long nanoTime) {
        Duration delay = Duration.ofNanos(Math.max(0, nanoTime - scheduler().nanoTime()));
        scheduler().schedule(delay, one);
        scheduler().schedule(delay, other);
        passTo(nanoTime);
    }

    @Override
    void until(Supplier<String> what, BooleanSupplier condition) {
        simulation.runFor(Duration.ZERO);
        if (!condition.getAsBoolean()) {
            throw new RuleBroken("never so: " + what.get());
        }
    }

    @Override
    List<String> pending() {
        return simulation.pending();
    }

    @Override
    void interrupt(Thread waiter) {
        Thread.currentThread().interrupt();
    }

    /** Runs what is left, which may not go on for ever, and takes back the flag that a cell may have set. */
    @Override
    public void close() {
        try {
            simulation.run();
        } finally {
            Thread.interrupted();
        }
    }
}
