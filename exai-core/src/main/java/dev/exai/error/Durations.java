package dev.exai.error;

import java.time.Duration;

/** Writes a duration as a tired person reads it: {@code 180 s}, {@code 1.5 s}, {@code 250 ms}. */
final class Durations {
    private Durations() {}

    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (Math.abs(millis) < 1000) {
            return millis + " ms";
        }
        if (millis % 1000 == 0) {
            return millis / 1000 + " s";
        }
        long tenths =
                (Math.abs(millis) + 50) / 100; // by hand: a call has several of these, and a Formatter takes longer
        return (millis < 0 ? "-" : "") + tenths / 10 + "." + tenths % 10 + " s";
    }
}
