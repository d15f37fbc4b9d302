package dev.exai.testkit.internal;

/** Counts tokens by length: four characters make one. */
public final class Tokens {
    private static final int CHARS = 4;

    /** One token of text. */
    public static final String ONE = "tok ";

    private Tokens() {}

    /**
     * {@return how many tokens a text of this length has}
     *
     * @param chars the length in characters
     */
    public static long in(long chars) {
        return (chars + CHARS - 1) / CHARS;
    }
}
