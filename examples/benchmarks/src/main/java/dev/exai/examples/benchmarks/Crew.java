package dev.exai.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A side on which several threads do the same thing at once: an operation takes what a thread sees it take. */
abstract class Crew implements Side {
    /** How many operations a thread does between two looks at the clock. */
    private static final int BATCH = 32;

    private final int threads;
    private final ExecutorService executor;

    Crew(int threads) {
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "exai-benchmark");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Does the operation so many times, on one of the threads. */
    abstract void repeat(int thread, int times) throws Exception;

    @Override
    public final Sample work(long nanos) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Callable<Sample>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            tasks.add(() -> {
                start.await();
                return workAlone(thread, nanos);
            });
        }
        long together = 0;
        long operations = 0;
        for (Future<Sample> done : executor.invokeAll(tasks)) {
            together += done.get().nanos();
            operations += done.get().operations();
        }
        return new Sample(together, operations);
    }

    private Sample workAlone(int thread, long nanos) throws Exception {
        long begin = System.nanoTime();
        long operations = 0;
        long taken;
        do {
            repeat(thread, BATCH);
            operations += BATCH;
            taken = System.nanoTime() - begin;
        } while (taken < nanos);
        return new Sample(Math.max(1, taken), operations);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
