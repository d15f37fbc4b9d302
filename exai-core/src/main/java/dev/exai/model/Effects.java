package dev.exai.model;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs steps of the library: on the executor for those, or on this thread if that has been shut down or finds no thread. */
final class Effects {
    private final Executor executor;

    Effects(Executor executor) {
        this.executor = executor;
    }

    void run(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            step.run();
        }
    }
}
