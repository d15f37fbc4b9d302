package dev.exai.comparison;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.SettableLimit;
import com.netflix.concurrency.limits.limiter.BlockingLimiter;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import java.util.Optional;
import java.util.Set;

/**
 * Netflix's simple limiter, with a limit that is set, inside its blocking one. How long that waits is a property of the
 * limiter: this looks first whether anything is free when it shall not wait.
 */
final class NetflixLimiter implements LimiterUnderTest {
    static final Peer PEER = new Peer(
            "Netflix concurrency-limits",
            System.getProperty("exai.version.concurrency-limits"),
            Set.of(LimiterFeature.BLOCKING, LimiterFeature.RESIZE),
            NetflixLimiter::new);

    private final SettableLimit limit;
    private final SimpleLimiter<Void> simple;
    private final Limiter<Void> limiter;

    private NetflixLimiter(LimiterSpec spec) {
        this.limit = new SettableLimit(spec.limit());
        this.simple = SimpleLimiter.newBuilder().limit(limit).build();
        this.limiter = spec.patience().isZero() ? simple : BlockingLimiter.wrap(simple, spec.patience());
    }

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        return simple.getInflight() < simple.getLimit() ? take() : Optional.empty();
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        Optional<Holding> taken = take();
        if (taken.isEmpty() && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return taken;
    }

    private Optional<Holding> take() {
        return limiter.acquire(null).map(listener -> listener::onSuccess);
    }

    @Override
    public void setLimit(int value) {
        limit.setLimit(value);
    }
}
