package dev.exai.examples.benchmarks;

import java.util.List;
import java.util.stream.Collectors;

/** The table, and the place in a page where it stands: one for each JDK, between two comments. */
final class Page {
    private static final String HEADER = """
            | what | beside | ratio (quartiles; pairs or runs) | its own | ours | must | goal | met |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            """;

    private Page() {}

    /** {@return the table under a line that says when, where and how it was measured} */
    static String table(String heading, List<Figure> figures) {
        return heading + "\n\n" + HEADER + figures.stream().map(Figure::row).collect(Collectors.joining("\n")) + "\n";
    }

    /**
     * {@return the page with this table in place of the JDK's earlier one}
     *
     * @throws IllegalArgumentException if the page has no place for it
     */
    static String replaced(String page, String subject, int jdk, String table) {
        String begin = "<!-- " + subject + " of JDK " + jdk + " begin -->\n";
        String end = "<!-- " + subject + " of JDK " + jdk + " end -->";
        int from = page.indexOf(begin);
        int to = page.indexOf(end, Math.max(0, from));
        if (from < 0 || to < 0) {
            throw new IllegalArgumentException("the page has no pair of lines " + begin.strip() + " and " + end);
        }
        return page.substring(0, from + begin.length()) + table + page.substring(to);
    }
}
