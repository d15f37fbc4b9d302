package dev.exai.providers.http;

import dev.exai.spi.ApiKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Takes keys and account ids out of what a provider said, makes one line of it, and limits its length.
 *
 * <p>Its own key goes first, whole and in parts, then everything that has the form of a key or of an id. Safe for use
 * by many threads.
 */
public final class Redactor {
    private static final int MAX_INPUT = 8_192;
    private static final int SHORTEST_PART = 6;

    private static final List<Rule> RULES = List.of(
            new Rule("(?i)\\b(bearer|basic)\\s+[^\\s,;\"']+", "$1 [key]", text -> text.indexOf(' ') >= 0),
            new Rule("\\beyJ[\\w-]+(\\.[\\w-]+)*", "[key]", text -> text.contains("eyJ")),
            // {id}.{secret}, as GLM gives them out
            new Rule("\\b[A-Za-z0-9]{16,}\\.[A-Za-z0-9_-]{6,}", "[key]", text -> text.indexOf('.') >= 0),
            // also where the provider has put stars in the middle
            new Rule(
                    "(?i)(?<![A-Za-z0-9])(sk|pk|ak|rk)-[\\w*.-]*[\\w*]",
                    "[key]",
                    text -> text.contains("k-") || text.contains("K-")),
            new Rule(
                    "(?i)(?<![A-Za-z0-9])(org|proj|user|acct|account)-[\\w*.-]*[\\w*]",
                    "[account]",
                    Redactor::mayNameAccount),
            new Rule(
                    "(?i)\\b(api[_-]?key|token|secret|authorization)(\"?\\s*[:=]\\s*\"?)[^\\s,;\"']{6,}",
                    "$1$2[key]",
                    text -> text.indexOf(':') >= 0 || text.indexOf('=') >= 0),
            new Rule("[\\w.+-]+@[\\w-]+\\.[\\w.-]+", "[account]", text -> text.indexOf('@') >= 0),
            new Rule("[A-Za-z0-9_-]{40,}", "[long word]", text -> text.length() >= 40));

    private final List<String> secrets;
    private final int maxLength;

    /**
     * Creates a redactor.
     *
     * @param key the key that is used; it is never shown, nor is a part of it
     * @param maxLength the most characters of a text that are kept
     */
    public Redactor(ApiKey key, int maxLength) {
        if (maxLength < 1) {
            throw new IllegalArgumentException("maxLength < 1: " + maxLength);
        }
        List<String> all = new ArrayList<>();
        all.add(key.reveal());
        for (String part : key.reveal().split("[.]", -1)) {
            if (part.length() >= SHORTEST_PART) {
                all.add(part);
            }
        }
        all.sort(Comparator.comparingInt(String::length).reversed());
        this.secrets = List.copyOf(all);
        this.maxLength = maxLength;
    }

    /**
     * {@return a text of a provider, fit to be shown and logged}
     *
     * @param text what the provider said
     */
    public String clean(String text) {
        String cleaned = text;
        for (String secret : secrets) {
            cleaned = cleaned.replace(secret, "[key]");
        }
        return scrub(cleaned, maxLength);
    }

    /**
     * {@return a text without anything that has the form of a key or of an account's id}
     *
     * @param text any text
     * @param maxLength the most characters that are kept
     */
    public static String scrub(String text, int maxLength) {
        // Cut first, so that no pattern works on a megabyte; a key that the cut splits lies beyond what is kept.
        String cleaned = text.length() > MAX_INPUT ? text.substring(0, MAX_INPUT) : text;
        if (!isOneWord(cleaned)) {
            cleaned = cleaned.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
        }
        for (Rule rule : RULES) {
            cleaned = rule.apply(cleaned);
        }
        if (cleaned.length() <= maxLength) {
            return cleaned;
        }
        int end = Character.isHighSurrogate(cleaned.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
        return cleaned.substring(0, end) + "...";
    }

    /** {@return whether a text has printable ASCII only and no blanks} Most ids of requests are such. */
    private static boolean isOneWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean mayNameAccount(String text) {
        for (int dash = text.indexOf('-'); dash >= 0; dash = text.indexOf('-', dash + 1)) {
            if (dash >= 3 && "gjrtGJRT".indexOf(text.charAt(dash - 1)) >= 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "Redactor[" + maxLength + "]";
    }

    private static final class Rule {
        private final Pattern pattern;
        private final String replacement;
        private final Predicate<String> mayApply;

        /** @param mayApply says cheaply that the pattern cannot be in a text */
        Rule(String pattern, String replacement, Predicate<String> mayApply) {
            this.pattern = Pattern.compile(pattern);
            this.replacement = replacement;
            this.mayApply = mayApply;
        }

        String apply(String text) {
            return mayApply.test(text) ? pattern.matcher(text).replaceAll(replacement) : text;
        }
    }
}
