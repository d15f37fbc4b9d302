package dev.exai.comparison;

import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Resilience4j's semaphore bulkhead. How long it waits is a property of the bulkhead, so one that waits cannot be asked
 * without waiting: this looks first whether anything is free.
 */
final class ResilienceBulkhead implements LimiterUnderTest {
    static final Peer PEER = new Peer(
            "Resilience4j Bulkhead",
            System.getProperty("exai.version.resilience4j"),
            Set.of(LimiterFeature.BLOCKING, LimiterFeature.BRACKET, LimiterFeature.RESIZE),
            ResilienceBulkhead::new);

    private final Bulkhead bulkhead;

    private ResilienceBulkhead(LimiterSpec spec) {
        this.bulkhead = Bulkhead.of("compared", config(spec.limit(), spec.patience()));
    }

    private static BulkheadConfig config(int limit, Duration patience) {
        return BulkheadConfig.custom()
                .maxConcurrentCalls(limit)
                .maxWaitDuration(patience)
                .build();
    }

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        boolean taken = bulkhead.getMetrics().getAvailableConcurrentCalls() > 0 && bulkhead.tryAcquirePermission();
        return taken ? Optional.of(bulkhead::releasePermission) : Optional.empty();
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        if (bulkhead.tryAcquirePermission()) {
            return Optional.of(bulkhead::releasePermission);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return Optional.empty();
    }

    @Override
    public <T> T call(String tenant, String part, Callable<T> work) throws Exception {
        return bulkhead.executeCallable(work);
    }

    @Override
    public void setLimit(int limit) {
        bulkhead.changeConfig(config(limit, bulkhead.getBulkheadConfig().getMaxWaitDuration()));
    }
}
