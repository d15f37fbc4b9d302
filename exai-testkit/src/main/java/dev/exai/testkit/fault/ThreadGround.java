package dev.exai.testkit.fault;

import dev.exai.context.Scheduler;
import dev.exai.testkit.internal.RuleBroken;
import dev.exai.testkit.time.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Real threads, and a clock that the harness moves: no cell waits for a limit, and none depends on how fast it is. */
final class ThreadGround extends Ground {
    private static final long POLL_NANOS = 200_000;

    private final Duration patience;
    private final ManualScheduler clock = ManualScheduler.create();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fault-cell");
        thread.setDaemon(true);
        return thread;
    });

    ThreadGround(Duration patience) {
        this.patience = patience;
    }

    @Override
    Scheduler scheduler() {
        return clock;
    }

    @Override
    Executor executor() {
        return threads;
    }

    @Override
    void run(Runnable action) {
        action.run();
    }

    @Override
    void launch(Runnable action) {
        threads.execute(action);
    }

    @Override
    void passTo(long nanoTime) {
        long left = nanoTime - clock.nanoTime();
        clock.advance(Duration.ofNanos(Math.max(0, left)));
    }

    @Override
    void together(Runnable one, Runnable other, long nanoTime) {
        CountDownLatch ready = new CountDownLatch(2);
        CountDownLatch ended = new CountDownLatch(2);
        boolean timed = nanoTime - clock.nanoTime() > 0;
        start(one, ready, ended);
        start(timed ? () -> passToAndRun(nanoTime, other) : other, ready, ended);
        try {
            if (!ended.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new RuleBroken("one of two things that happened together did not return");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuleBroken("the trial was interrupted");
        }
    }

    private void passToAndRun(long nanoTime, Runnable action) {
        passTo(nanoTime);
        action.run();
    }

    private void start(Runnable action, CountDownLatch ready, CountDownLatch ended) {
        threads.execute(() -> {
            try {
                ready.countDown();
                ready.await();
                action.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                ended.countDown();
            }
        });
    }

    @Override
    void until(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new RuleBroken("not within " + patience + ": " + what.get());
            }
            clock.runDue();
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    List<String> pending() {
        return clock.pending();
    }

    @Override
    void interrupt(Thread waiter) {
        waiter.interrupt();
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
