package dev.exai.examples.benchmarks;

import java.util.Arrays;

/**
 * The median of some values, and the quartiles around it: the middle half of the values lies between them.
 *
 * @param low the first quartile
 * @param median the value in the middle
 * @param high the third quartile
 * @param count how many values there were
 */
record Spread(double low, double median, double high, int count) {
    /** {@return the spread of these values; between two of them it goes in a straight line} */
    static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75), sorted.length);
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = (int) Math.ceil(place);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
