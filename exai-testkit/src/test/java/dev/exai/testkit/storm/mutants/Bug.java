package dev.exai.testkit.storm.mutants;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The library with one rule taken out, by one edit of its source.
 *
 * @param name what it is called
 * @param file the source, from {@code dev/exai} on, without its ending
 * @param rule the rule that no longer holds
 * @param text what is there, exactly once; white space may differ from that of the source
 * @param replacement what is put in its place
 */
record Bug(String name, String file, String rule, String text, String replacement) {
    String room() {
        return file.substring(0, file.indexOf('/'));
    }

    /** {@return the source with the edit} */
    String applyTo(String source) {
        String tokens =
                Arrays.stream(text.strip().split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+"));
        Matcher matcher = Pattern.compile(tokens).matcher(source);
        if (!matcher.find()) {
            throw new IllegalStateException("bug " + name + ": not found in " + file + ": " + text);
        }
        int start = matcher.start();
        int end = matcher.end();
        if (matcher.find()) {
            throw new IllegalStateException("bug " + name + ": found more than once in " + file + ": " + text);
        }
        return source.substring(0, start) + replacement + source.substring(end);
    }

    @Override
    public String toString() {
        return name;
    }
}
