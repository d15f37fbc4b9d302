package dev.exai.testkit.contract;

import static dev.exai.testkit.contract.Trial.PART;
import static dev.exai.testkit.contract.Trial.TENANT;
import static dev.exai.testkit.contract.Trial.expect;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import dev.exai.testkit.contract.LimiterUnderTest.Listener;
import dev.exai.testkit.internal.RuleBroken;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** P14 to P19: those who hold, and how they are told. */
final class HolderRules {
    private static final int MANY = 20_000;
    private static final long SMALL_STACK = 256 * 1024;

    private HolderRules() {}

    static void p14(Trial trial) throws Exception {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        for (Throwable thrown :
                new Throwable[] {new IllegalStateException("work"), new Exception("work"), new AssertionError("work")
                }) {
            try {
                limiter.call(TENANT, PART, () -> {
                    expect(limiter.tryAcquire(TENANT, PART).isEmpty(), "work runs and its permit is free");
                    return raise(thrown);
                });
                throw new RuleBroken("what the work threw did not come out");
            } catch (RuleBroken e) {
                throw e;
            } catch (Exception | AssertionError e) {
                trial.expectFree(limiter, 1, "work threw " + thrown.getClass().getSimpleName());
            }
        }
        int answer = limiter.call(TENANT, PART, () -> 42);
        expect(answer == 42, "work returned 42 and the caller got " + answer);
        trial.expectFree(limiter, 1, "work returned");
    }

    private static int raise(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    static void p15(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        Holding held = trial.take(limiter);
        limiter.request(TENANT, PART, listener(granted -> {
            throw new IllegalStateException("a listener that throws");
        }));
        Waiter next = new Waiter(trial, true).ask(limiter, TENANT, PART);
        ignoringFailures(held::release);
        next.awaitGranted("a listener threw as it was granted, and the next one waits for ever");
        trial.expectFree(limiter, 1, "a listener threw as it was granted");
    }

    static void p16(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        Holding held = trial.take(limiter);
        AtomicBoolean otherWentOn = new AtomicBoolean();
        limiter.request(TENANT, PART, listener(granted -> {
            AtomicBoolean done = new AtomicBoolean();
            trial.start("other", () -> {
                limiter.tryAcquire(TENANT, PART).ifPresent(Holding::release);
                done.set(true);
            });
            otherWentOn.set(trial.eventually(done::get));
            granted.release();
            limiter.tryAcquire(TENANT, PART).ifPresent(Holding::release);
        }));
        held.release();
        trial.expectFree(limiter, 1, "a listener called the limiter");
        expect(otherWentOn.get(), "while a listener runs, another thread cannot even try: it runs under a lock");
    }

    static void p17(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        Holding held = trial.take(limiter);
        AtomicInteger served = new AtomicInteger();
        for (int i = 0; i < MANY; i++) {
            limiter.request(TENANT, PART, listener(granted -> {
                served.incrementAndGet();
                granted.release();
            }));
        }
        Thread releasing = trial.start("releasing", SMALL_STACK, () -> ignoringFailures(held::release));
        int before = -1;
        while (served.get() < MANY && before != served.get()) {
            int now = served.get();
            before = now;
            trial.eventually(() -> served.get() == MANY || (!releasing.isAlive() && served.get() != now));
        }
        expect(served.get() == MANY, served + " of " + MANY + " waiters were served");
        trial.expectFree(limiter, 1, MANY + " waiters");
    }

    static void p18(Trial trial) {
        AtomicBoolean refusing = new AtomicBoolean();
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1).withExecutor(task -> {
            if (refusing.get()) {
                throw new RejectedExecutionException("told to");
            }
            task.run();
        }));
        Holding held = trial.take(limiter);
        Waiter waiter = new Waiter(trial, true).ask(limiter, TENANT, PART);
        refusing.set(true);
        ignoringFailures(held::release);
        trial.expectFree(limiter, 1, "the executor refused to deliver a permit");
        trial.expectEventually(
                () -> waiter.isEnded() || waiter.isGranted(),
                "the executor refused to deliver a permit, and the waiter is told nothing");
    }

    static void p19(Trial trial) {
        Queue<Runnable> late = new ConcurrentLinkedQueue<>();
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1).withExecutor(late::add));
        Holding held = trial.take(limiter);
        Waiter waiter = new Waiter(trial, false).ask(limiter, TENANT, PART);
        runAll(late);
        held.release();
        waiter.leave();
        trial.expectFree(limiter, 1, "a request was cancelled before its permit was delivered");
        runAll(late);
        expect(waiter.grants() == 0, "a request that was cancelled is told of its permit all the same");
        runAll(late);
        trial.expectFree(limiter, 1, "the delivery came too late");
    }

    private static void runAll(Queue<Runnable> tasks) {
        Optional<Runnable> task = Optional.ofNullable(tasks.poll());
        while (task.isPresent()) {
            task.get().run();
            task = Optional.ofNullable(tasks.poll());
        }
    }

    /** A release may throw what a listener or an executor threw; what matters here is where the permit is. */
    private static void ignoringFailures(Runnable release) {
        try {
            release.run();
        } catch (RuntimeException | StackOverflowError e) {
            // judged by the canary that follows
        }
    }

    private static Listener listener(Consumer<Holding> onGranted) {
        return new Listener() {
            @Override
            public void granted(Holding holding) {
                onGranted.accept(holding);
            }

            @Override
            public void failed(Throwable reason) {}
        };
    }
}
