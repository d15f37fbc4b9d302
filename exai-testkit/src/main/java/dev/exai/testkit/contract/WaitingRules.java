package dev.exai.testkit.contract;

import static dev.exai.testkit.contract.Trial.PART;
import static dev.exai.testkit.contract.Trial.TENANT;
import static dev.exai.testkit.contract.Trial.expect;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** P6, P8 and P11 to P13: those who wait, and leave, and are served in turn. */
final class WaitingRules {
    /** How often later arrivals may overtake at a limit of 1; generous, and far from never. */
    private static final int BOUND = 64;

    private WaitingRules() {}

    static void p06(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(2).withPatience(Duration.ofMillis(40)));
        List<Holding> held = List.of(trial.take(limiter), trial.take(limiter));
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiters.add(new Waiter(trial, false).block(limiter, TENANT, PART));
        }
        waiters.forEach(waiter -> {
            waiter.join();
            expect(!waiter.isGranted(), "a permit was granted though all are out");
        });
        held.forEach(Holding::release);
        trial.expectFree(limiter, 2, "4 waiters timed out");
    }

    static void p08(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(2));
        List<Holding> held = List.of(trial.take(limiter), trial.take(limiter));
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Waiter waiter = new Waiter(trial, false).block(limiter, TENANT, PART);
            waiter.awaitParked();
            waiters.add(waiter);
        }
        waiters.forEach(Waiter::leave);
        waiters.forEach(waiter -> {
            waiter.join();
            expect(
                    waiter.failure() instanceof InterruptedException,
                    "an interrupted waiter ended with " + waiter.failure());
        });
        held.forEach(Holding::release);
        trial.expectFree(limiter, 2, "4 waiters were interrupted");
    }

    static void p11(Trial trial) {
        if (trial.offers(LimiterFeature.BLOCKING)) {
            LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
            Holding held = trial.take(limiter);
            Waiter head = new Waiter(trial, false).block(limiter, TENANT, PART);
            head.awaitParked();
            Waiter next = new Waiter(trial, false).block(limiter, TENANT, PART);
            next.awaitParked();
            head.leave();
            head.join();
            held.release();
            next.awaitGranted("the head was interrupted and left, and the next one does not go");
            next.release();
            trial.expectFree(limiter, 1, "the head was interrupted");
        }
        if (trial.offers(LimiterFeature.ASYNC)) {
            LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
            Holding held = trial.take(limiter);
            Waiter head = new Waiter(trial, false).ask(limiter, TENANT, PART);
            Waiter next = new Waiter(trial, false).ask(limiter, TENANT, PART);
            head.leave();
            held.release();
            next.awaitGranted("the head was cancelled and left, and the next one does not go");
            expect(!head.isGranted(), "the head was cancelled, and then granted");
            next.release();
            trial.expectFree(limiter, 1, "the head was cancelled");
        }
    }

    static void p12(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        Holding held = trial.take(limiter);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiters.add(trial.queue(limiter, TENANT, PART));
        }
        held.release();
        for (int i = 0; i < waiters.size(); i++) {
            Waiter expected = waiters.get(i);
            List<Waiter> rest = waiters.subList(i, waiters.size());
            trial.expectEventually(() -> rest.stream().anyMatch(Waiter::isGranted), "nobody is granted any more");
            expect(
                    expected.isGranted(),
                    "turn " + (i + 1) + " of 8 went to number "
                            + (i
                                    + 1
                                    + rest.indexOf(rest.stream()
                                            .filter(Waiter::isGranted)
                                            .findFirst()
                                            .orElseThrow())));
            expected.release();
        }
        trial.expectFree(limiter, 1, "8 waiters were served");
    }

    static void p13(Trial trial) {
        for (int round = 0; round < 10; round++) {
            LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
            Optional<Holding> held = Optional.of(trial.take(limiter));
            Waiter old = trial.queueReturning(limiter, TENANT, PART);
            int overtakes = 0;
            while (held.isPresent() && !old.isGranted()) {
                overtakes++;
                expect(overtakes <= BOUND, "overtaken by " + BOUND + " who came later, one after another");
                held.get().release();
                held = limiter.tryAcquire("newcomer-" + overtakes, PART);
            }
            held.ifPresent(Holding::release);
            old.awaitGranted("the permit is free and the one who waits does not get it");
            trial.expectFree(limiter, 1, "a stream of newcomers");
        }
    }
}
