package dev.exai.testkit.contract;

import java.util.Set;

/** Makes the limiters that {@link LimiterContract} tries. Safe for use by many threads. */
public interface LimiterFactory {
    /** {@return what the limiter is called in reports} */
    String name();

    /** {@return what the limiters offer} */
    Set<LimiterFeature> features();

    /**
     * {@return a new limiter, with nothing out and nobody waiting}
     *
     * @param spec what it shall be like
     */
    LimiterUnderTest create(LimiterSpec spec);
}
