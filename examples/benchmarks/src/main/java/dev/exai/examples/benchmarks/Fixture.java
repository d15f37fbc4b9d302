package dev.exai.examples.benchmarks;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPath;
import dev.exai.permit.PermitPool;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/** A pool on the real clock, with one provider and some open sessions. */
final class Fixture implements AutoCloseable {
    private static final String PROVIDER = "glm";

    final PermitPool pool;

    /** One for each session. */
    final PermitPath[] paths;

    private final SystemScheduler scheduler;
    private final Deadline deadline;

    Fixture(PermitLimits limits, int sessions) {
        scheduler = SystemScheduler.create("exai-benchmark-timer");
        deadline = Deadline.after(Duration.ofHours(6), scheduler);
        pool = PermitPool.builder(limits, scheduler).build();
        paths = new PermitPath[sessions];
        for (int i = 0; i < sessions; i++) {
            SessionId id = SessionId.of("benchmark/" + i);
            pool.openSession(id, 1);
            paths[i] = PermitPath.of(id, ProviderId.of(PROVIDER));
        }
    }

    /** {@return limits under which only the provider is ever full, and the queue never} */
    static PermitLimits.Builder limits(int provider) {
        return PermitLimits.builder()
                .global(100_000)
                .provider(PROVIDER, provider)
                .session(100_000)
                .maxQueuedPerSession(Integer.MAX_VALUE)
                .maxQueued(Integer.MAX_VALUE);
    }

    /** {@return the path of the session whose turn it is} */
    PermitPath path(int turn) {
        return paths[turn % paths.length];
    }

    /** {@return a context of a call of that session, made here and now} */
    CallContext context(int turn) {
        return CallContext.create(path(turn).session(), "benchmark", deadline);
    }

    /** {@return contexts of so many calls, of each session in turn} */
    CallContext[] contexts(int count) {
        CallContext[] contexts = new CallContext[count];
        for (int i = 0; i < count; i++) {
            contexts[i] = context(i);
        }
        return contexts;
    }

    int waiting() {
        return pool.snapshot().global().waiting();
    }

    /** Waits until something is as much as it will be; a minute at most. */
    static void await(IntSupplier value, int expected) {
        long start = System.nanoTime();
        while (value.getAsInt() != expected) {
            if (System.nanoTime() - start > Duration.ofMinutes(1).toNanos()) {
                throw new IllegalStateException("after a minute it is " + value.getAsInt() + ", not " + expected);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    @Override
    public void close() {
        pool.close();
        scheduler.close();
    }
}
