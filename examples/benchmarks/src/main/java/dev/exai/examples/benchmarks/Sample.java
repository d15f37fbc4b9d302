package dev.exai.examples.benchmarks;

/**
 * What was done in one window.
 *
 * @param nanos how long it took; where several threads work, their times together
 * @param operations how many operations that were
 */
record Sample(long nanos, long operations) {
    Sample {
        if (nanos <= 0 || operations <= 0) {
            throw new IllegalArgumentException("nothing was done: " + operations + " operations in " + nanos + " ns");
        }
    }

    /** {@return how long one operation took} */
    double nanosPerOperation() {
        return (double) nanos / operations;
    }
}
