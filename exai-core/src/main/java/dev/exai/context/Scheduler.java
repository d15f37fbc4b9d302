package dev.exai.context;

import java.time.Duration;

/**
 * The only source of time: core reads no other clock and starts no other timer.
 *
 * <p>Implementations are safe for use by many threads. A task is a decision of the library: it must be short, must
 * not block, and must not run code of a user.
 */
public interface Scheduler {
    /**
     * {@return the current time in nanoseconds since an arbitrary origin; only differences mean anything, and they
     * may wrap around}
     */
    long nanoTime();

    /**
     * Runs a task once after a delay, never inside this method.
     *
     * @param delay how long to wait; zero or less runs it as soon as possible
     * @param task what to run; what it throws is logged and goes no further
     * @return a handle that cancels it
     */
    Scheduled schedule(Duration delay, Runnable task);

    /**
     * {@return whether the current thread may block to wait for a call} A simulation answers false on its own
     * thread, where waiting could never end.
     */
    default boolean mayBlock() {
        return true;
    }

    /** A task that waits to be run. */
    interface Scheduled {
        /**
         * Takes the task back if it has not begun. Calling it again changes nothing.
         *
         * @return whether the task was taken back by this call
         */
        boolean cancel();
    }
}
