package dev.exai.examples.benchmarks;

import dev.exai.context.CallContext;
import dev.exai.permit.Permit;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads wait for one unit, each passes it on, and the time goes by until all had it. They are started by
 * reflection: this is compiled for Java 17.
 */
final class VirtualThreads {
    private static final @Nullable MethodHandle START = find();

    private VirtualThreads() {}

    private static @Nullable MethodHandle find() {
        try {
            // public from Java 21 on; on some earlier ones it is there as a preview and refuses
            return Runtime.version().feature() < 21
                    ? null
                    : MethodHandles.publicLookup()
                            .findStatic(
                                    Thread.class,
                                    "startVirtualThread",
                                    MethodType.methodType(Thread.class, Runnable.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a JDK without virtual threads", e);
        }
    }

    static boolean exist() {
        return START != null;
    }

    static Thread start(Runnable task) {
        if (START == null) {
            throw new UnsupportedOperationException("virtual threads need Java 21");
        }
        try {
            return (Thread) START.invokeExact(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Figure> figures(Scale scale) throws Exception {
        String what =
                String.format(Locale.ROOT, "blocking acquire, %,d virtual threads in line", scale.virtualThreads());
        String beside = "one fair Semaphore";
        if (!exist()) {
            return List.of(Figure.absent(what, beside));
        }
        try (Side semaphore = new OfSemaphore(scale.virtualThreads());
                Side ours = new OfPool(scale.virtualThreads(), scale.sessions())) {
            return List.of(Figure.of(what, beside, Paired.compare(semaphore, ours, scale.turns())));
        }
    }

    /** Starts threads until all of them wait, then times how long they take to pass. */
    private abstract static class Rounds implements Side {
        private final int threads;

        Rounds(int threads) {
            this.threads = threads;
        }

        @Override
        public final Sample work(long nanos) throws Exception {
            long timed = 0;
            long operations = 0;
            do {
                CountDownLatch passed = new CountDownLatch(threads);
                hold();
                for (int i = 0; i < threads; i++) {
                    int turn = i;
                    start(() -> {
                        pass(turn);
                        passed.countDown();
                    });
                }
                Fixture.await(this::waiting, threads);
                long begin = System.nanoTime();
                release();
                passed.await();
                timed += System.nanoTime() - begin;
                operations += threads;
            } while (timed < nanos);
            return new Sample(Math.max(1, timed), operations);
        }

        abstract void hold() throws InterruptedException;

        abstract void pass(int turn);

        abstract int waiting();

        abstract void release();
    }

    private static final class OfSemaphore extends Rounds {
        private final Semaphore semaphore = new Semaphore(1, true);

        OfSemaphore(int threads) {
            super(threads);
        }

        @Override
        void hold() throws InterruptedException {
            semaphore.acquire();
        }

        @Override
        void pass(int turn) {
            try {
                semaphore.acquire();
                semaphore.release();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        int waiting() {
            return semaphore.getQueueLength();
        }

        @Override
        void release() {
            semaphore.release();
        }
    }

    private static final class OfPool extends Rounds {
        private final Fixture fixture;
        private final CallContext[] contexts;
        private final CallContext holder;
        private @Nullable Permit held;

        OfPool(int threads, int sessions) {
            super(threads);
            fixture = new Fixture(Fixture.limits(1).build(), sessions);
            contexts = fixture.contexts(threads);
            holder = fixture.context(0);
        }

        @Override
        void hold() throws InterruptedException {
            held = fixture.pool.acquire(fixture.path(0), holder);
        }

        @Override
        void pass(int turn) {
            try (Permit permit = fixture.pool.acquire(fixture.path(turn), contexts[turn])) {
                permit.ensureHeld();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        int waiting() {
            return fixture.waiting();
        }

        @Override
        void release() {
            Permit permit = held;
            if (permit != null) {
                permit.close();
            }
        }

        @Override
        public void close() {
            fixture.close();
        }
    }
}
