package dev.exai.examples.benchmarks;

import dev.failsafe.Bulkhead;
import dev.failsafe.internal.BulkheadImpl;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;

/**
 * The queue inside one Failsafe bulkhead of one permit, by its package-private {@code acquirePermitAsync}. Its public way
 * to wait without a thread is a policy's whole execution, which costs ten times as much and would flatter us.
 */
final class FailsafeQueue {
    private static final MethodHandle ACQUIRE = acquire();

    private final BulkheadImpl<Object> bulkhead = (BulkheadImpl<Object>) Bulkhead.of(1);

    private static MethodHandle acquire() {
        try {
            Method method = BulkheadImpl.class.getDeclaredMethod("acquirePermitAsync");
            method.setAccessible(true);
            return MethodHandles.lookup().unreflect(method);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("another Failsafe", e);
        }
    }

    /** Takes the permit, or queues for it. */
    @SuppressWarnings("unchecked")
    void acquire(Runnable granted) throws Exception {
        CompletableFuture<Void> future;
        try {
            future = (CompletableFuture<Void>) ACQUIRE.invokeExact(bulkhead);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        future.thenRun(granted);
    }

    void release() {
        bulkhead.releasePermit();
    }
}
