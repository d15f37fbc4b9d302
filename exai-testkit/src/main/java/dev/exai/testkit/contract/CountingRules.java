package dev.exai.testkit.contract;

import static dev.exai.testkit.contract.Trial.PART;
import static dev.exai.testkit.contract.Trial.TENANT;
import static dev.exai.testkit.contract.Trial.expect;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** P1 to P5: the count of permits is right. */
final class CountingRules {
    private static final int THREADS = 4;

    private CountingRules() {}

    static void p01(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(3));
        List<Holding> held = new ArrayList<>();
        for (int i = 0; i < trial.rounds(); i++) {
            if (trial.random(2) == 0) {
                Optional<Holding> taken = limiter.tryAcquire(TENANT, PART);
                expect(taken.isPresent() == held.size() < 3, "with " + held.size() + " of 3 out, one more: " + taken);
                taken.ifPresent(held::add);
            } else if (!held.isEmpty()) {
                held.remove(trial.random(held.size())).release();
            }
        }
        held.forEach(Holding::release);
        trial.expectFree(limiter, 3, "one thread's use");
        useBySeveral(trial, limiter, () -> {}, () -> {});
        trial.expectFree(limiter, 3, "use by several threads");
    }

    static void p02(Trial trial) {
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        LimiterUnderTest two = trial.limiter(LimiterSpec.of(2));
        useBySeveral(
                trial,
                two,
                () -> {
                    most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(1_000); // so that holders overlap
                },
                holding::decrementAndGet);
        expect(most.get() <= 2, most + " held at once where the limit is 2");

        int[] plain = {0};
        AtomicInteger counted = new AtomicInteger();
        LimiterUnderTest one = trial.limiter(LimiterSpec.of(1));
        useBySeveral(trial, one, () -> plain[0]++, counted::incrementAndGet);
        expect(
                plain[0] == counted.get(),
                "holders, one at a time, counted to " + plain[0] + " instead of " + counted
                        + ": one did not see what the one before it did");
    }

    static void p03(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(2));
        Holding first = trial.take(limiter);
        Holding second = trial.take(limiter);
        first.release();
        first.release();
        first.release();
        trial.expectFree(limiter, 1, "releasing one of two three times");
        second.release();
        trial.expectFree(limiter, 2, "releasing the other");

        // release | release, of one permit while another is out
        Holding other = trial.take(limiter);
        try (Race race = new Race(trial)) {
            for (int i = 0; i < trial.rounds(); i++) {
                Holding twice = trial.take(limiter);
                race.run(twice::release, twice::release);
                trial.expectFree(limiter, 1, "two releases of one permit at once");
            }
        }
        other.release();
    }

    static void p04(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1).withPatience(Duration.ZERO));
        Holding held = trial.take(limiter);
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            expect(limiter.tryAcquire(TENANT, PART).isEmpty(), "a second permit where the limit is 1");
        }
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        expect(millis < trial.settleMillis(), "20 attempts took " + millis + " ms: they waited");
        held.release();
        trial.expectFree(limiter, 1, "refused attempts");
    }

    static void p05(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        Holding held = trial.take(limiter);
        Waiter waiter = trial.queue(limiter, TENANT, PART);
        held.release();
        waiter.awaitGranted("the permit was given back and the waiter does not get it");
        expect(limiter.tryAcquire(TENANT, PART).isEmpty(), "the waiter has the only permit, and so has another");
        waiter.release();
        trial.expectFree(limiter, 1, "a hand-over");
    }

    /** Lets several threads take and give back, waiting where the limiter can. */
    private static void useBySeveral(Trial trial, LimiterUnderTest limiter, Runnable taken, Runnable givingBack) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        boolean wait = trial.offers(LimiterFeature.BLOCKING);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(trial.start("user", () -> {
                try {
                    for (int n = 0; n < trial.rounds() && failure.get() == null; n++) {
                        Optional<Holding> held =
                                wait && n % 2 == 0 ? limiter.acquire(TENANT, PART) : limiter.tryAcquire(TENANT, PART);
                        if (held.isPresent()) {
                            taken.run();
                            givingBack.run();
                            held.get().release();
                        }
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        threads.forEach(trial::join);
        expect(failure.get() == null, "a user threw " + failure.get());
    }
}
