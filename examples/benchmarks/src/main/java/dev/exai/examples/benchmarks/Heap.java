package dev.exai.examples.benchmarks;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
import dev.exai.error.SessionClosedException;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitRequest;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * What those who wait and those who hold keep in memory: heap after some collections, with and without them. Contexts,
 * listeners, lanes, paths and the arrays that hold all of them are there before; so are threads, but for virtual ones,
 * whose stack is what waiting costs.
 */
final class Heap {
    private Heap() {}

    static List<Figure> figures(Scale scale) throws Exception {
        String beside = "one Failsafe bulkhead's queue";
        List<Figure> figures = new ArrayList<>();
        figures.add(compare(
                        String.format(Locale.ROOT, "heap of a request that waits, one of %,d", scale.waiters()),
                        beside,
                        scale,
                        () -> ofFailsafeWaiters(scale.waiters()),
                        () -> ofRequests(scale))
                .within(Figure.Bound.COST, 112, 72));
        figures.add(compare(
                        String.format(Locale.ROOT, "heap of a thread that waits, one of %,d", scale.threads())
                                + ", without the thread",
                        "one fair Semaphore",
                        scale,
                        () -> ofThreadsInSemaphore(scale.threads(), false),
                        () -> ofThreadsInPool(scale.threads(), scale, false))
                .within(Figure.Bound.COST, 112, 72));
        figures.add(virtual(scale));
        figures.add(Figure.alone(
                        String.format(Locale.ROOT, "heap of a permit that is out, one of %,d", scale.waiters()),
                        "B",
                        median(scale, () -> ofPermits(scale)))
                .within(Figure.Bound.COST, 160, 112));
        return figures;
    }

    private static Figure virtual(Scale scale) throws Exception {
        String what = String.format(
                Locale.ROOT, "heap of a virtual thread that waits, one of %,d, with it", scale.virtualThreads());
        String beside = "one fair Semaphore";
        if (!VirtualThreads.exist()) {
            return Figure.absent(what, beside);
        }
        return compare(
                what,
                beside,
                scale,
                () -> ofThreadsInSemaphore(scale.virtualThreads(), true),
                () -> ofThreadsInPool(scale.virtualThreads(), scale, true));
    }

    /** Weighs something once, in bytes for each of it. */
    private interface Scales {
        double weigh() throws Exception;
    }

    private static Figure compare(String what, String beside, Scale scale, Scales reference, Scales ours)
            throws Exception {
        double there = median(scale, reference);
        double here = median(scale, ours);
        return Figure.of(what, beside, "B", there, here, Spread.of(here / there));
    }

    /**
     * As many weighings again come first and are not counted: they load classes, and have the code compiled that a
     * virtual thread waits in, without which its stack is larger.
     */
    private static double median(Scale scale, Scales scales) throws Exception {
        for (int i = 0; i < scale.rounds(); i++) {
            scales.weigh();
        }
        double[] weights = new double[scale.rounds()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = scales.weigh();
        }
        return Spread.of(weights).median();
    }

    private static double ofRequests(Scale scale) {
        try (Line line = new Line(scale.sessions(), scale.waiters())) {
            PermitRequest[] requests = new PermitRequest[scale.waiters()];
            long before = used();
            for (int i = 0; i < requests.length; i++) {
                requests[i] = line.request(i);
            }
            double each = (double) (used() - before) / requests.length;
            Fixture.await(line::waiting, requests.length);
            Reference.reachabilityFence(requests); // whoever may want to cancel keeps it
            return each;
        }
    }

    private static double ofFailsafeWaiters(int waiters) throws Exception {
        FailsafeQueue queue = new FailsafeQueue();
        AtomicInteger granted = new AtomicInteger();
        Runnable listener = granted::incrementAndGet;
        queue.acquire(listener);
        long before = used();
        for (int i = 0; i < waiters; i++) {
            queue.acquire(listener);
        }
        double each = (double) (used() - before) / waiters;
        for (int i = 0; i < waiters; i++) {
            queue.release();
        }
        Fixture.await(granted::get, waiters + 1);
        return each;
    }

    private static double ofPermits(Scale scale) {
        int count = scale.waiters();
        try (Fixture fixture =
                new Fixture(Fixture.limits(100_000).newcomerUnit(false).build(), scale.sessions())) {
            CallContext[] contexts = fixture.contexts(count);
            Permit[] permits = new Permit[count];
            for (int i = 0; i < scale.sessions(); i++) { // each session has its lane
                fixture.pool
                        .tryAcquire(fixture.path(i), contexts[i])
                        .orElseThrow()
                        .close();
            }
            long before = used();
            for (int i = 0; i < count; i++) {
                permits[i] =
                        fixture.pool.tryAcquire(fixture.path(i), contexts[i]).orElseThrow();
            }
            double each = (double) (used() - before) / count;
            for (Permit permit : permits) {
                permit.close();
            }
            Reference.reachabilityFence(contexts);
            return each;
        }
    }

    private static double ofThreadsInPool(int threads, Scale scale, boolean virtual) throws InterruptedException {
        try (Line line = new Line(scale.sessions(), threads)) {
            return ofThreads(threads, virtual, line::acquire, line::waiting, line::close);
        }
    }

    private static double ofThreadsInSemaphore(int threads, boolean virtual) throws InterruptedException {
        Semaphore semaphore = new Semaphore(0, true);
        return ofThreads(
                threads,
                virtual,
                i -> semaphore.acquireUninterruptibly(),
                semaphore::getQueueLength,
                () -> semaphore.release(threads));
    }

    private static double ofThreads(int count, boolean virtual, IntConsumer wait, IntSupplier waiting, Runnable end)
            throws InterruptedException {
        Gate gate = new Gate();
        Thread[] threads = new Thread[count];
        AtomicInteger ready = new AtomicInteger();
        long before = virtual ? used() : 0;
        for (int i = 0; i < count; i++) {
            int number = i;
            Runnable task = () -> {
                ready.incrementAndGet();
                gate.pass();
                wait.accept(number);
            };
            threads[i] = virtual ? VirtualThreads.start(task) : started(task);
        }
        Fixture.await(ready::get, count);
        before = virtual ? before : used();
        gate.open = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        Fixture.await(waiting, count);
        double each = (double) (used() - before) / count;
        end.run();
        for (Thread thread : threads) {
            thread.join();
        }
        return each;
    }

    /** With a small stack, since there are many. */
    private static Thread started(Runnable task) {
        Thread thread = new Thread(null, task, "exai-benchmark-waiter", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A pool whose only unit is out, with a lane for each session, in which one request waits already. */
    private static final class Line implements AutoCloseable, PermitRequest.Listener {
        private final Fixture fixture;
        private final CallContext[] first;
        private final CallContext[] contexts;
        private final Permit holder;

        Line(int sessions, int waiters) {
            fixture = new Fixture(Fixture.limits(1).build(), sessions);
            first = fixture.contexts(sessions);
            contexts = fixture.contexts(waiters);
            holder =
                    fixture.pool.tryAcquire(fixture.path(0), fixture.context(0)).orElseThrow();
            for (int i = 0; i < sessions; i++) {
                fixture.pool.request(fixture.path(i), first[i], this);
            }
        }

        PermitRequest request(int turn) {
            return fixture.pool.request(fixture.path(turn), contexts[turn], this);
        }

        void acquire(int turn) {
            try (Permit permit = fixture.pool.acquire(fixture.path(turn), contexts[turn])) {
                throw new IllegalStateException("it was not full: " + permit);
            } catch (SessionClosedException closed) {
                // the weighing is over
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        int waiting() {
            return fixture.waiting() - first.length;
        }

        @Override
        public void granted(Permit permit) {
            throw new IllegalStateException("it was not full: " + permit);
        }

        @Override
        public void failed(ExaiException failure) {
            // the weighing is over
        }

        @Override
        public void close() {
            fixture.close();
            holder.close();
        }
    }

    /** Where threads wait without any object for each of them. */
    private static final class Gate {
        volatile boolean open;

        void pass() {
            while (!open) {
                LockSupport.park(this);
            }
        }
    }

    /** {@return the heap in use when what can be collected is gone, in bytes} */
    static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
