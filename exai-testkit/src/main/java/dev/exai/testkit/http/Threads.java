package dev.exai.testkit.http;

/** Waits for threads to end. */
final class Threads {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private Threads() {}

    /** Waits for a thread until a moment of the system's clock; not for the current one. */
    static void join(Thread thread, long endNanos) {
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            long millis = (endNanos - System.nanoTime()) / NANOS_PER_MILLI;
            if (millis > 0) {
                thread.join(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
