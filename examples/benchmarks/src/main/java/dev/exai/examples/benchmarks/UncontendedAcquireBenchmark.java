package dev.exai.examples.benchmarks;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPath;
import dev.exai.permit.PermitPool;
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
 * Takes and gives back a permit of three levels that nobody else wants: the pool, with an owner, an age and a ledger
 * entry for each permit, beside three nested semaphores, which have none.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class UncontendedAcquireBenchmark {
    private final Semaphore global = new Semaphore(8);
    private final Semaphore provider = new Semaphore(3);
    private final Semaphore session = new Semaphore(4);

    private SystemScheduler scheduler;
    private PermitPool pool;
    private PermitPath path;
    private CallContext context;

    /** Makes the pool. */
    @Setup
    public void setUp() {
        scheduler = SystemScheduler.create("exai-benchmark-timer");
        pool = PermitPool.builder(PermitLimits.forDevelopment(), scheduler).build();
        SessionId id = SessionId.of("benchmark/1");
        pool.openSession(id, 1);
        path = PermitPath.of(id, ProviderId.of("glm"));
        context = CallContext.create(id, "benchmark", Deadline.after(Duration.ofHours(1), scheduler));
    }

    /** Ends the timer. */
    @TearDown
    public void tearDown() {
        pool.close();
        scheduler.close();
    }

    /** The peer. */
    @Benchmark
    public void threeNestedSemaphores() throws InterruptedException {
        global.acquire();
        provider.acquire();
        session.acquire();
        session.release();
        provider.release();
        global.release();
    }

    /** Ours, with the call's context made once. */
    @Benchmark
    public void permitPool() throws InterruptedException {
        try (Permit permit = pool.acquire(path, context)) {
            permit.ensureHeld();
        }
    }

    /** Ours, with a context for each call: an id, a deadline, and the place that asked. */
    @Benchmark
    public void permitPoolWithSite() throws InterruptedException {
        CallContext own =
                CallContext.create(path.session(), "benchmark", Deadline.after(Duration.ofHours(1), scheduler));
        try (Permit permit = pool.acquire(path, own)) {
            permit.ensureHeld();
        }
    }
}
