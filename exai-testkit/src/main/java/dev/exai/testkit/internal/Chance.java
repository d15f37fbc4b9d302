package dev.exai.testkit.internal;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The chance of one call: decided by a seed and the call's number alone, so neither the order in which calls draw nor
 * the threads that they run on change what one of them gets.
 */
public final class Chance {
    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

    private Chance() {}

    /**
     * {@return the chance of a call}
     *
     * @param seed the seed of all calls
     * @param number which call
     */
    public static RandomGenerator of(long seed, long number) {
        return new SplittableRandom(new SplittableRandom(seed + number * STEP).nextLong());
    }
}
