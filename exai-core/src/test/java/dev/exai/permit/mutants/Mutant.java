package dev.exai.permit.mutants;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The pool with one rule taken out.
 *
 * @param name what it is called
 * @param rule the rule that it breaks, as a statement that no longer holds
 * @param seen where this fault was seen, with others or with us
 * @param edits what is changed in the sources of the pool
 */
record Mutant(String name, String rule, String seen, List<Edit> edits) {
    /**
     * One change of one source. White space of the text may differ from that of the source.
     *
     * @param file the simple name of the class
     * @param text what is there, exactly once
     * @param replacement what is put in its place
     */
    record Edit(String file, String text, String replacement) {
        String applyTo(String source) {
            String tokens = Arrays.stream(text.strip().split("\\s+"))
                    .map(Pattern::quote)
                    .collect(Collectors.joining("\\s+"));
            Matcher matcher = Pattern.compile(tokens).matcher(source);
            if (!matcher.find()) {
                throw new IllegalStateException("not found in " + file + ": " + text);
            }
            int start = matcher.start();
            int end = matcher.end();
            if (matcher.find()) {
                throw new IllegalStateException("found more than once in " + file + ": " + text);
            }
            return source.substring(0, start) + replacement + source.substring(end);
        }
    }

    /** {@return a mutant without any edit yet} */
    static Mutant of(String name, String rule, String seen) {
        return new Mutant(name, rule, seen, List.of());
    }

    /** {@return this one with an edit more} */
    Mutant edit(String file, String text, String replacement) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(new Edit(file, text, replacement));
        return new Mutant(name, rule, seen, List.copyOf(more));
    }

    /** {@return the sources that it changes, as it has them, by simple name} */
    Map<String, String> sources(UnaryOperator<String> original) {
        Map<String, String> changed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            try {
                changed.put(edit.file(), edit.applyTo(changed.computeIfAbsent(edit.file(), original)));
            } catch (IllegalStateException e) {
                throw new IllegalStateException("mutant " + name + ": " + e.getMessage(), e);
            }
        }
        return changed;
    }

    @Override
    public String toString() {
        return name;
    }
}
