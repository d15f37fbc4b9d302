package dev.exai.testkit.contract;

import static dev.exai.testkit.contract.Trial.PART;
import static dev.exai.testkit.contract.Trial.TENANT;
import static dev.exai.testkit.contract.Trial.expect;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** P20 to P25: several levels, changes of the limit, tenants, and who holds. */
final class LevelRules {
    private static final long LONG_ENOUGH = 250_000_000;

    private LevelRules() {}

    static void p20(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(2).withPartLimit(1));
        Holding a = trial.take(limiter, TENANT, "a");
        for (int i = 0; i < 5; i++) {
            expect(limiter.tryAcquire(TENANT, "a").isEmpty(), "two permits of a part whose limit is 1");
        }
        Holding b = trial.take(limiter, TENANT, "b");
        for (int i = 0; i < 5; i++) {
            expect(limiter.tryAcquire(TENANT, "c").isEmpty(), "three permits where the limit is 2");
        }
        a.release();
        Holding c = trial.take(limiter, TENANT, "c");
        b.release();
        c.release();
        attemptsBesideEachOther(trial, limiter);
    }

    /** A part is full and asked for all the time: whoever asks for another part must not notice. */
    private static void attemptsBesideEachOther(Trial trial, LimiterUnderTest limiter) {
        Holding a = trial.take(limiter, TENANT, "a");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger attempts = new AtomicInteger();
        Thread asking = trial.start("asking", () -> {
            while (!stop.get()) {
                attempts.incrementAndGet();
                limiter.tryAcquire(TENANT, "a").ifPresent(Holding::release);
            }
        });
        try {
            int enough = 100 * trial.rounds();
            long start = System.nanoTime();
            // long enough for the threads to take turns often even where they share a processor
            for (int i = 0; i < enough || attempts.get() < enough || System.nanoTime() - start < LONG_ENOUGH; i++) {
                Optional<Holding> b = limiter.tryAcquire("other", "b");
                expect(b.isPresent(), "refused because another's attempt, which fails, held the unit for a moment");
                b.ifPresent(Holding::release);
            }
        } finally {
            stop.set(true);
        }
        trial.join(asking);
        a.release();
    }

    static void p21(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(3).withPartLimit(1));
        Holding a = trial.take(limiter, TENANT, "a");
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiters.add(trial.queueReturning(limiter, TENANT, "a"));
        }
        Optional<Holding> b = limiter.tryAcquire("other", "b");
        expect(b.isPresent(), "1 of 3 is out, 5 wait for a part that is full, and another part is refused");
        b.ifPresent(Holding::release);
        a.release();
        waiters.forEach(waiter -> waiter.awaitGranted("a waiter does not get its turn"));
    }

    static void p22(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        Holding held = trial.take(limiter);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(trial.queue(limiter, TENANT, PART));
        }
        limiter.setLimit(4);
        waiters.forEach(waiter -> waiter.awaitGranted("the limit grew and a waiter goes on waiting"));
        waiters.forEach(Waiter::release);
        held.release();
        trial.expectFree(limiter, 4, "the limit grew");
    }

    static void p23(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(2));
        Holding first = trial.take(limiter);
        Holding second = trial.take(limiter);
        Thread shrinking = trial.start("shrinking", () -> limiter.setLimit(1));
        trial.expectEventually(() -> !shrinking.isAlive(), "to lower the limit waits for permits to come back");
        first.release();
        expect(limiter.tryAcquire(TENANT, PART).isEmpty(), "1 is out, the limit is 1 now, and one more was granted");
        second.release();
        trial.expectFree(limiter, 1, "the limit shrank");
    }

    static void p24(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(2));
        List<Runnable> releases = new ArrayList<>();
        releases.add(trial.take(limiter, "greedy", PART)::release);
        releases.add(trial.take(limiter, "greedy", PART)::release);
        List<Waiter> backlog = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            backlog.add(trial.queue(limiter, "greedy", PART));
        }
        Waiter modest = trial.queue(limiter, "modest", PART);
        for (int turn = 0; turn < 2 && !modest.isGranted(); turn++) {
            releases.remove(0).run();
            int grants = turn + 1;
            trial.eventually(() -> modest.isGranted()
                    || backlog.stream().filter(Waiter::isGranted).count() >= grants);
        }
        expect(modest.isGranted(), "two permits in a row went to a tenant that holds more and has 8 waiting");
    }

    static void p25(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(3));
        Holding ann = trial.take(limiter, "ann", PART);
        Holding bob = trial.take(limiter, "bob", PART);
        Holding again = trial.take(limiter, "bob", PART);
        expectHolders(limiter, "ann", "bob", "bob");
        bob.release();
        ann.release();
        expectHolders(limiter, "bob");
        again.release();
        expectHolders(limiter);
    }

    private static void expectHolders(LimiterUnderTest limiter, String... tenants) {
        List<String> named = limiter.holders().stream().sorted().toList();
        expect(named.equals(List.of(tenants)), "named as holders: " + named + ", holding: " + List.of(tenants));
    }
}
