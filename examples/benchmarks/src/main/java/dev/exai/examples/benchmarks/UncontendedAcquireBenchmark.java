package dev.exai.examples.benchmarks;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import dev.exai.context.CallContext;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitLimits;
import dev.failsafe.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Takes and gives back a permit of three levels that nobody else wants. The pool has an owner, an age and a ledger entry
 * for each permit; the peers, three of a kind one inside the other, have none of these.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class UncontendedAcquireBenchmark {
    private static final int GLOBAL = 8;
    private static final int PROVIDER = 3;
    private static final int SESSION = 4;

    private final Semaphore global = new Semaphore(GLOBAL);
    private final Semaphore provider = new Semaphore(PROVIDER);
    private final Semaphore session = new Semaphore(SESSION);

    private final Semaphore fairGlobal = new Semaphore(GLOBAL, true);
    private final Semaphore fairProvider = new Semaphore(PROVIDER, true);
    private final Semaphore fairSession = new Semaphore(SESSION, true);

    private final io.github.resilience4j.bulkhead.Bulkhead resilienceGlobal = resilience(GLOBAL);
    private final io.github.resilience4j.bulkhead.Bulkhead resilienceProvider = resilience(PROVIDER);
    private final io.github.resilience4j.bulkhead.Bulkhead resilienceSession = resilience(SESSION);

    private final Bulkhead<Object> failsafeGlobal = Bulkhead.of(GLOBAL);
    private final Bulkhead<Object> failsafeProvider = Bulkhead.of(PROVIDER);
    private final Bulkhead<Object> failsafeSession = Bulkhead.of(SESSION);

    private final SimpleLimiter<Void> netflixGlobal = netflix(GLOBAL);
    private final SimpleLimiter<Void> netflixProvider = netflix(PROVIDER);
    private final SimpleLimiter<Void> netflixSession = netflix(SESSION);

    private Fixture fixture;
    private CallContext context;

    private static io.github.resilience4j.bulkhead.Bulkhead resilience(int limit) {
        return io.github.resilience4j.bulkhead.Bulkhead.of(
                "benchmark",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(limit)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
    }

    private static SimpleLimiter<Void> netflix(int limit) {
        return SimpleLimiter.newBuilder().limit(FixedLimit.of(limit)).build();
    }

    /** Makes the pool. */
    @Setup
    public void setUp() {
        fixture = new Fixture(
                PermitLimits.builder()
                        .global(GLOBAL)
                        .provider("glm", PROVIDER)
                        .session(SESSION)
                        .build(),
                1);
        context = fixture.context(0);
    }

    /** Ends the pool. */
    @TearDown
    public void tearDown() {
        fixture.close();
    }

    /** The reference. */
    @Benchmark
    public void threeSemaphores() throws InterruptedException {
        global.acquire();
        provider.acquire();
        session.acquire();
        session.release();
        provider.release();
        global.release();
    }

    /** The same, fair. */
    @Benchmark
    public void threeFairSemaphores() throws InterruptedException {
        fairGlobal.acquire();
        fairProvider.acquire();
        fairSession.acquire();
        fairSession.release();
        fairProvider.release();
        fairGlobal.release();
    }

    /** A peer. */
    @Benchmark
    public boolean threeResilience4jBulkheads() {
        boolean taken = resilienceGlobal.tryAcquirePermission()
                && resilienceProvider.tryAcquirePermission()
                && resilienceSession.tryAcquirePermission();
        resilienceSession.releasePermission();
        resilienceProvider.releasePermission();
        resilienceGlobal.releasePermission();
        return taken;
    }

    /** A peer, without the policy execution around it. */
    @Benchmark
    public boolean threeFailsafeBulkheads() {
        boolean taken = failsafeGlobal.tryAcquirePermit()
                && failsafeProvider.tryAcquirePermit()
                && failsafeSession.tryAcquirePermit();
        failsafeSession.releasePermit();
        failsafeProvider.releasePermit();
        failsafeGlobal.releasePermit();
        return taken;
    }

    /** A peer. */
    @Benchmark
    public void threeNetflixLimiters() {
        Limiter.Listener ofGlobal = netflixGlobal.acquire(null).orElseThrow();
        Limiter.Listener ofProvider = netflixProvider.acquire(null).orElseThrow();
        Limiter.Listener ofSession = netflixSession.acquire(null).orElseThrow();
        ofSession.onSuccess();
        ofProvider.onSuccess();
        ofGlobal.onSuccess();
    }

    /** Ours, with the call's context made once. */
    @Benchmark
    public void permitPool() throws InterruptedException {
        try (Permit permit = fixture.pool.acquire(fixture.path(0), context)) {
            permit.ensureHeld();
        }
    }

    /** Ours, with a context for each call: its id, and the place that asked. */
    @Benchmark
    public void permitPoolWithSite() throws InterruptedException {
        try (Permit permit = fixture.pool.acquire(fixture.path(0), fixture.context(0))) {
            permit.ensureHeld();
        }
    }

    /** The context alone. */
    @Benchmark
    public CallContext contextWithSite() {
        return fixture.context(0);
    }
}
