package dev.exai.testkit.contract;

import static dev.exai.testkit.contract.Trial.PART;
import static dev.exai.testkit.contract.Trial.TENANT;

import dev.exai.testkit.contract.LimiterUnderTest.Holding;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** P7, P9 and P10: a waiter that gives up in the moment in which it is granted. */
final class RaceRules {
    private static final Duration PATIENCE = Duration.ofMillis(2);

    private RaceRules() {}

    /** acquire: timeout | release. */
    static void p07(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1).withPatience(PATIENCE));
        for (int round = 0; round < trial.rounds(); round++) {
            Holding held = trial.take(limiter);
            Waiter waiter = new Waiter(trial, true).block(limiter, TENANT, PART);
            waiter.awaitParked();
            long begin = System.nanoTime();
            // it began to wait some 0.1 ms ago, and a timer is late by some 0.1 ms
            long wait = PATIENCE.toNanos() - 250_000 + trial.random(500_000);
            while (System.nanoTime() - begin < wait) {
                Thread.onSpinWait();
            }
            held.release();
            waiter.join();
            trial.expectFree(limiter, 1, "a permit was given back as a waiter timed out");
        }
    }

    /** acquire: interrupt | release. */
    static void p09(Trial trial) {
        LimiterUnderTest limiter = trial.limiter(LimiterSpec.of(1));
        try (Race race = new Race(trial)) {
            for (int round = 0; round < trial.rounds(); round++) {
                Holding held = trial.take(limiter);
                Waiter waiter = new Waiter(trial, true).block(limiter, TENANT, PART);
                waiter.awaitParked();
                race.run(held::release, waiter::leave);
                waiter.join();
                trial.expectFree(limiter, 1, "a permit was given back as a waiter was interrupted");
            }
        }
    }

    /** request: cancel | release; told on the releasing thread, then on others. */
    static void p10(Trial trial) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "contract-executor");
            thread.setDaemon(true);
            return thread;
        });
        try (Race race = new Race(trial)) {
            LimiterUnderTest direct = trial.limiter(LimiterSpec.of(1));
            LimiterUnderTest pooled = trial.limiter(LimiterSpec.of(1).withExecutor(threads));
            for (int round = 0; round < 4 * trial.rounds(); round++) {
                LimiterUnderTest limiter = round % 2 == 0 ? direct : pooled;
                Holding held = trial.take(limiter);
                Waiter waiter = new Waiter(trial, true).ask(limiter, TENANT, PART);
                race.run(held::release, waiter::leave);
                trial.expectFree(limiter, 1, "a permit was given back as a waiter was cancelled");
            }
        } finally {
            threads.shutdown();
        }
    }
}
