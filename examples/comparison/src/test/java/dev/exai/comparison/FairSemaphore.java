package dev.exai.comparison;

import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** {@link Semaphore}, fair; its untimed {@code tryAcquire()} overtakes those who wait, so the timed one is used. */
final class FairSemaphore implements LimiterUnderTest {
    static final Peer PEER = new Peer(
            "java.util.concurrent Semaphore (fair)", "of the JDK", Set.of(LimiterFeature.BLOCKING), FairSemaphore::new);

    private final LimiterSpec spec;
    private final Semaphore semaphore;

    private FairSemaphore(LimiterSpec spec) {
        this.spec = spec;
        this.semaphore = new Semaphore(spec.limit(), true);
    }

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        try {
            return semaphore.tryAcquire(0, TimeUnit.NANOSECONDS) ? Optional.of(semaphore::release) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        return semaphore.tryAcquire(spec.patience().toNanos(), TimeUnit.NANOSECONDS)
                ? Optional.of(semaphore::release)
                : Optional.empty();
    }
}
