package dev.exai.comparison;

import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What people build from semaphores if they need two levels: one for the whole, then one for the part. So did the
 * daemon of the incident.
 */
final class NestedSemaphores implements LimiterUnderTest {
    static final Peer PEER = new Peer(
            "Nested Semaphores (fair)",
            "of the JDK",
            Set.of(LimiterFeature.BLOCKING, LimiterFeature.LEVELS),
            NestedSemaphores::new);

    private final LimiterSpec spec;
    private final Semaphore whole;
    private final Map<String, Semaphore> parts = new ConcurrentHashMap<>();

    private NestedSemaphores(LimiterSpec spec) {
        this.spec = spec;
        this.whole = new Semaphore(spec.limit(), true);
    }

    private Semaphore part(String name) {
        return parts.computeIfAbsent(name, any -> new Semaphore(spec.partLimit().orElse(spec.limit()), true));
    }

    private Holding holding(Semaphore part) {
        return () -> {
            part.release();
            whole.release();
        };
    }

    @Override
    public Optional<Holding> tryAcquire(String tenant, String part) {
        try {
            return acquire(part, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        return acquire(part, spec.patience().toNanos());
    }

    private Optional<Holding> acquire(String name, long nanos) throws InterruptedException {
        Semaphore part = part(name);
        if (!whole.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        boolean complete = false;
        try {
            complete = part.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } finally {
            if (!complete) {
                whole.release();
            }
        }
        return complete ? Optional.of(holding(part)) : Optional.empty();
    }
}
