package dev.exai.testkit.internal;

import java.util.ArrayList;
import java.util.List;

/** A long text in pieces. */
public final class Pieces {
    private static final int CHARS = 64 * 1024;

    private Pieces() {}

    /**
     * {@return pieces that have so many characters together; equal ones are the same object}
     *
     * @param chars how many, at least 1
     */
    public static List<String> of(long chars) {
        Checks.atLeastOne("chars", chars);
        String whole = "x".repeat((int) Math.min(CHARS, chars));
        List<String> pieces = new ArrayList<>();
        for (long left = chars; left > 0; left -= CHARS) {
            pieces.add(left >= CHARS ? whole : "x".repeat((int) left));
        }
        return pieces;
    }
}
