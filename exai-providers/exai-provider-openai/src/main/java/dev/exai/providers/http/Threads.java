package dev.exai.providers.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the transport: named, daemons, as many as are needed. Permits bound how many that is, so a bound here
 * could only make one call wait for another.
 */
final class Threads {
    private static final long IDLE_SECONDS = 10;

    private Threads() {}

    /** {@return an executor with a virtual thread for each task where the JDK has them, else platform threads} */
    static ExecutorService preferVirtual(String prefix) {
        ExecutorService virtual = virtual(prefix);
        return virtual != null ? virtual : platform(prefix);
    }

    static ExecutorService platform(String prefix) {
        AtomicLong next = new AtomicLong(1);
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, prefix + next.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** {@return an executor of virtual threads, or null before JDK 21} */
    private static @Nullable ExecutorService virtual(String prefix) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle start = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle name =
                    lookup.findVirtual(ofVirtual, "name", MethodType.methodType(ofVirtual, String.class, long.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            MethodHandle executor = lookup.findStatic(
                    Executors.class,
                    "newThreadPerTaskExecutor",
                    MethodType.methodType(ExecutorService.class, ThreadFactory.class));
            Object named = name.invoke(start.invoke(), prefix, 1L);
            return (ExecutorService) executor.invoke((ThreadFactory) factory.invoke(named));
        } catch (ReflectiveOperationException olderJdk) {
            return null;
        } catch (Throwable unexpected) {
            throw new IllegalStateException("virtual threads are there but could not be set up", unexpected);
        }
    }
}
