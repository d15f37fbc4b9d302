package dev.exai.store.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Writes texts so that a database takes them: none takes the character zero. It is written as two characters, and the first of
 * those, which hardly ever occurs, as two as well.
 */
final class Texts {
    private static final char ESCAPE = '\u001a';

    private Texts() {}

    static String encode(String text) {
        if (text.indexOf('\0') < 0 && text.indexOf(ESCAPE) < 0) {
            return text;
        }
        return text.replace(ESCAPE + "", ESCAPE + "1").replace("\0", ESCAPE + "0");
    }

    static @Nullable String encodeOrNull(@Nullable String text) {
        return text == null ? null : encode(text);
    }

    static String decode(String text) {
        if (text.indexOf(ESCAPE) < 0) {
            return text;
        }
        return text.replace(ESCAPE + "0", "\0").replace(ESCAPE + "1", ESCAPE + "");
    }

    static @Nullable String decodeOrNull(@Nullable String text) {
        return text == null ? null : decode(text);
    }
}
