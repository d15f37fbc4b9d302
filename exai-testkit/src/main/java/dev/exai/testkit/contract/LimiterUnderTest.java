package dev.exai.testkit.contract;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A limiter as {@link LimiterContract} sees it: a thin adapter over the real one, which adds no care of its own.
 *
 * <p>Only what {@link LimiterFactory#features} names is called. Who asks is a tenant; a limiter without tenants ignores
 * it. What is asked for is a unit of a part; a limiter of one level ignores that. Safe for use by many threads.
 */
public interface LimiterUnderTest extends AutoCloseable {
    /**
     * {@return a permit if one can be had at once}
     *
     * @param tenant who asks
     * @param part the part that it shall come from
     */
    Optional<Holding> tryAcquire(String tenant, String part);

    /**
     * {@return a permit, waited for no longer than {@link LimiterSpec#patience}; empty if there was none by then} Needs
     * {@link LimiterFeature#BLOCKING}.
     *
     * @param tenant who asks
     * @param part the part that it shall come from
     * @throws InterruptedException if the thread is interrupted first
     */
    default Optional<Holding> acquire(String tenant, String part) throws InterruptedException {
        throw new UnsupportedOperationException("BLOCKING");
    }

    /**
     * Asks for a permit and returns at once; the listener is told on {@link LimiterSpec#executor}. Needs
     * {@link LimiterFeature#ASYNC}.
     *
     * @param tenant who asks
     * @param part the part that it shall come from
     * @param listener who is told
     * @return the request
     */
    default Request request(String tenant, String part, Listener listener) {
        throw new UnsupportedOperationException("ASYNC");
    }

    /**
     * Runs work under a permit. Needs {@link LimiterFeature#BRACKET}.
     *
     * @param tenant who asks
     * @param part the part that the permit shall come from
     * @param work the work
     * @param <T> what it returns
     * @return what the work returned
     * @throws Exception what the work throws
     */
    default <T> T call(String tenant, String part, Callable<T> work) throws Exception {
        throw new UnsupportedOperationException("BRACKET");
    }

    /**
     * Changes the limit. Needs {@link LimiterFeature#RESIZE}.
     *
     * @param limit how many permits may be out from now on
     */
    default void setLimit(int limit) {
        throw new UnsupportedOperationException("RESIZE");
    }

    /** {@return the tenants of all permits that are out, one entry a permit} Needs {@link LimiterFeature#AUDIT}. */
    default List<String> holders() {
        throw new UnsupportedOperationException("AUDIT");
    }

    /** Lets go of what the limiter itself uses, such as threads. */
    @Override
    default void close() {}

    /** A permit that is out. */
    @FunctionalInterface
    interface Holding {
        /** Gives it back, the way a user would. Called more than once by some rules, from several threads by one. */
        void release();
    }

    /** A permit that was asked for. */
    @FunctionalInterface
    interface Request {
        /** Gives up. The listener may still be told if that was on its way. */
        void cancel();
    }

    /** Is told how a request ends. */
    interface Listener {
        /**
         * Takes the permit. May throw.
         *
         * @param holding the permit
         */
        void granted(Holding holding);

        /**
         * Takes the reason why there will be none.
         *
         * @param reason the reason
         */
        void failed(Throwable reason);
    }
}
