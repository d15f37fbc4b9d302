package dev.exai.run;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/** What runs do to texts. */
final class Texts {
    private Texts() {}

    /** Cuts a text to a length, not through a character, and says so; halves of characters are replaced. */
    static String clean(String text, int most) {
        String whole =
                text.length() <= most ? text : cut(text, most) + "\n[cut: " + text.length() + " characters in all]";
        return withoutHalves(whole);
    }

    /** Cuts a text to a length, not through a character. */
    static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        boolean through = most > 0 && Character.isHighSurrogate(text.charAt(most - 1));
        return text.substring(0, through ? most - 1 : most);
    }

    /** A half of a character cannot be encoded: a store would give back something else. */
    private static String withoutHalves(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                clean = clean == null ? new StringBuilder(text) : clean;
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? text : clean.toString();
    }

    /** Leaves out the white space of JSON that is not in a string, so that the same arguments look the same. */
    static String withoutSpace(String json) {
        StringBuilder dense = new StringBuilder(json.length());
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString && c == '\\' && i + 1 < json.length()) {
                dense.append(c).append(json.charAt(++i));
                continue;
            }
            if (c == '"') {
                inString = !inString;
            }
            if (inString || !Character.isWhitespace(c)) {
                dense.append(c);
            }
        }
        return dense.toString();
    }

    /** A short text that stands for some longer ones: the same for the same, and for no others. */
    static String digest(String... texts) {
        Hasher hasher = Hashing.sha256().newHasher();
        for (String text : texts) {
            hasher.putInt(text.length()).putString(text, StandardCharsets.UTF_8);
        }
        return hasher.hash().toString();
    }
}
