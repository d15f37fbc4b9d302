package dev.exai.testkit.contract;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import dev.exai.testkit.internal.RuleBroken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One trial of one rule: makes limiters and threads, and ends them all.
 *
 * <p>No wait here is without a limit. What a limiter should have done already it may take the settling time for;
 * one that needs it all is broken, so only broken ones cost that time.
 */
final class Trial implements AutoCloseable {
    static final String TENANT = "tenant";
    static final String PART = "part";

    private final LimiterFactory factory;
    private final int rounds;
    private final SplittableRandom random;
    private final Duration settling;
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<LimiterUnderTest> limiters = new ConcurrentLinkedQueue<>();

    Trial(LimiterFactory factory, int rounds, long seed, Duration settling) {
        this.factory = factory;
        this.rounds = rounds;
        this.random = new SplittableRandom(seed);
        this.settling = settling;
    }

    int rounds() {
        return rounds;
    }

    long settleMillis() {
        return settling.toMillis();
    }

    int random(int bound) {
        return random.nextInt(bound);
    }

    boolean offers(LimiterFeature feature) {
        return factory.features().contains(feature);
    }

    LimiterUnderTest limiter(LimiterSpec spec) {
        LimiterUnderTest limiter = factory.create(spec);
        limiters.add(limiter);
        return limiter;
    }

    Thread start(String name, Runnable task) {
        return start(name, 0, task);
    }

    /** Starts a thread with a stack of a given size, or of the usual one if that is 0. */
    Thread start(String name, long stackBytes, Runnable task) {
        Thread thread = new Thread(null, task, "contract-" + name, stackBytes);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** Lets someone wait, in a thread of its own if the limiter can block one, and returns when it does wait. */
    Waiter queue(LimiterUnderTest limiter, String tenant, String part) {
        return Waiter.queue(this, limiter, tenant, part, false);
    }

    /** The same, with a waiter that gives the permit back as soon as it has it. */
    Waiter queueReturning(LimiterUnderTest limiter, String tenant, String part) {
        return Waiter.queue(this, limiter, tenant, part, true);
    }

    Holding take(LimiterUnderTest limiter) {
        return take(limiter, TENANT, PART);
    }

    /** Takes a permit that must be free, or become free while the limiter settles. */
    Holding take(LimiterUnderTest limiter, String tenant, String part) {
        List<Holding> taken = new ArrayList<>();
        expectEventually(
                () -> {
                    limiter.tryAcquire(tenant, part).ifPresent(taken::add);
                    return !taken.isEmpty();
                },
                "a permit that is free is refused to " + tenant + " at " + part);
        return taken.get(0);
    }

    /** The canary: a full set can be taken, and no more. */
    void expectFree(LimiterUnderTest limiter, int units, String after) {
        List<Holding> taken = new ArrayList<>();
        eventually(() -> {
            limiter.tryAcquire(TENANT, PART).ifPresent(taken::add);
            return taken.size() >= units;
        });
        expect(taken.size() >= units, "after " + after + " only " + taken.size() + " of " + units + " can be taken");
        Optional<Holding> tooMany = limiter.tryAcquire(TENANT, PART);
        expect(tooMany.isEmpty(), "after " + after + " more than " + units + " can be taken");
        taken.forEach(Holding::release);
    }

    static void expect(boolean condition, String orElse) {
        if (!condition) {
            throw new RuleBroken(orElse);
        }
    }

    void expectEventually(BooleanSupplier condition, String orElse) {
        expect(eventually(condition), orElse);
    }

    /** Whether a condition comes true while a limiter may still settle. */
    boolean eventually(BooleanSupplier condition) {
        long start = System.nanoTime();
        for (int i = 0; !condition.getAsBoolean(); i++) {
            long waited = System.nanoTime() - start;
            if (waited > settling.toNanos()) {
                return condition.getAsBoolean();
            }
            pause(i);
        }
        return true;
    }

    /** Waits a little: at first by spinning, later by sleeping. */
    static void pause(int times) {
        if (times < 100) {
            Thread.onSpinWait();
            return;
        }
        LockSupport.parkNanos(times < 1_000 ? 20_000 : 500_000);
        expect(!Thread.currentThread().isInterrupted(), "the trial was interrupted");
    }

    void join(Thread thread) {
        try {
            thread.join(5 * settleMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        expect(!thread.isAlive(), thread.getName() + " does not end");
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        limiters.forEach(LimiterUnderTest::close);
    }
}
