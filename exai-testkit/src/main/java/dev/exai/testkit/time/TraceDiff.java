package dev.exai.testkit.time;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Compares two traces and shows where they part.
 *
 * <pre>{@code
 * simulation.saveTrace(Path.of("target/today.trace"));
 * TraceDiff.ofFiles(Path.of("target/yesterday.trace"), Path.of("target/today.trace"))
 *     .ifPresent(System.out::println);
 * }</pre>
 *
 * <p>Immutable.
 */
public final class TraceDiff {
    /** How many lines are shown before and after the first that differs. */
    private static final int AROUND = 5;

    private final int line;
    private final String text;

    private TraceDiff(int line, String text) {
        this.line = line;
        this.text = text;
    }

    /**
     * {@return the first difference of two saved traces; empty if they are equal}
     *
     * @param expected a file that {@link Simulation#saveTrace} wrote
     * @param actual another one
     * @throws java.io.UncheckedIOException if one of them cannot be read
     */
    public static Optional<TraceDiff> ofFiles(Path expected, Path actual) {
        return ofLines(TraceFile.read(expected), TraceFile.read(actual));
    }

    /**
     * {@return the first difference of two traces; empty if they are equal} Lines at the beginning that start with
     * {@code #} name seed and hash, and are compared only if nothing else differs.
     *
     * @param expected the lines of one, as {@link Simulation#trace} gives them or a file has them
     * @param actual the lines of the other
     */
    public static Optional<TraceDiff> ofLines(List<String> expected, List<String> actual) {
        Optional<TraceDiff> ofBodies = first(body(expected), body(actual));
        if (ofBodies.isPresent() || hasNoHead(expected) || hasNoHead(actual)) {
            return ofBodies;
        }
        return first(expected, actual);
    }

    private static boolean hasNoHead(List<String> lines) {
        return lines.isEmpty() || !lines.get(0).startsWith("#");
    }

    private static List<String> body(List<String> lines) {
        int start = 0;
        while (start < lines.size() && lines.get(start).startsWith("#")) {
            start++;
        }
        return lines.subList(start, lines.size());
    }

    private static Optional<TraceDiff> first(List<String> expected, List<String> actual) {
        int length = Math.min(expected.size(), actual.size());
        int at = 0;
        while (at < length && Objects.equals(expected.get(at), actual.get(at))) {
            at++;
        }
        if (at == expected.size() && at == actual.size()) {
            return Optional.empty();
        }
        return Optional.of(new TraceDiff(at + 1, show(expected, actual, at)));
    }

    private static String show(List<String> expected, List<String> actual, int at) {
        StringBuilder text = new StringBuilder("the traces part at line " + (at + 1) + ":\n");
        for (String line : expected.subList(Math.max(0, at - AROUND), at)) {
            text.append("    ").append(line).append('\n');
        }
        append(text, "  - ", expected, at);
        append(text, "  + ", actual, at);
        return text.toString();
    }

    private static void append(StringBuilder text, String mark, List<String> lines, int from) {
        if (from >= lines.size()) {
            text.append(mark).append("(ends here)\n");
        }
        for (String line : lines.subList(Math.min(from, lines.size()), Math.min(lines.size(), from + AROUND))) {
            text.append(mark).append(line).append('\n');
        }
    }

    /** {@return the number of the first line that differs, from 1, without those that begin with {@code #}} */
    public int line() {
        return line;
    }

    /** {@return the last lines that are equal, then those of the expected trace marked -, and of the other one marked +} */
    @Override
    public String toString() {
        return text;
    }
}
