package dev.exai.testkit.internal;

/** Checks of numbers. */
public final class Checks {
    private Checks() {}

    /**
     * {@return the value, which is at least 1}
     *
     * @param name what it is, for the message
     * @param value the value
     * @throws IllegalArgumentException if it is less
     */
    public static long atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " < 1: " + value);
        }
        return value;
    }
}
