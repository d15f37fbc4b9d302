package dev.exai.examples.benchmarks;

/** One of the two that take turns. Used by one thread; it may have threads of its own, which rest between windows. */
interface Side extends AutoCloseable {
    /**
     * Works for one window.
     *
     * @param nanos for how long, about: a side that cannot stop in between works until its round is done
     * @return what was done
     * @throws Exception if the work fails
     */
    Sample work(long nanos) throws Exception;

    /** Ends its threads. */
    @Override
    default void close() {}
}
