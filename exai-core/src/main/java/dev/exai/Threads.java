package dev.exai;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes executors with a thread for each task: virtual threads where the JVM has them, else pooled daemon threads.
 *
 * <p>There is no cap here and no queue, so no task can wait behind another; what is in flight is bounded by permits
 * and by the caps of sessions.
 */
final class Threads {
    private static final @Nullable MethodHandle PER_TASK = perTask();

    private Threads() {}

    static ExecutorService threadPerTask(String name) {
        ThreadFactory virtual = virtualThreads(name);
        if (virtual != null && PER_TASK != null) {
            try {
                return (ExecutorService) PER_TASK.invoke(virtual);
            } catch (Throwable unexpected) {
                throw new IllegalStateException("virtual threads are there but cannot be used", unexpected);
            }
        }
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
    }

    /** {@return a factory of daemon threads of the platform, named with a number} */
    static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Thread.ofVirtual().name(name, 1).factory(), by reflection: the baseline is Java 17. */
    private static @Nullable ThreadFactory virtualThreads(String name) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, name + "-", 1L);
            return (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException | UnsupportedOperationException notThere) {
            return null;
        }
    }

    private static @Nullable MethodHandle perTask() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class, ThreadFactory.class));
        } catch (ReflectiveOperationException notThere) {
            return null;
        }
    }
}
