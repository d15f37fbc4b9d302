package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page on the incident has a row for each cause, and names tests that are there. */
class IncidentPageTest {
    private static final Path PAGE = DocSnippetsTest.ROOT.resolve("docs/incident.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| ([A-Z]\\d+) \\| ([^|]+) \\| ([^|]+) \\|([^|]*)\\|$", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final Pattern ANNOTATION = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest|Property)\\b");

    private static final Map<String, Path> SOURCES = new LinkedHashMap<>();

    /** A row of the page. */
    private record Row(String cause, String here, List<String> tests) {}

    @BeforeAll
    static void findTests() throws IOException {
        try (Stream<Path> all = Files.walk(DocSnippetsTest.ROOT)) {
            all.filter(path -> path.toString().contains("/src/test/java/")
                            && path.toString().endsWith(".java"))
                    .forEach(path -> SOURCES.put(path.getFileName().toString().replace(".java", ""), path));
        }
    }

    @Test
    void page_everyCause_hasOneRow() throws IOException {
        List<String> causes = new ArrayList<>();
        addAll(causes, "P", 16);
        addAll(causes, "B", 14);
        addAll(causes, "T", 9);
        addAll(causes, "R", 9);
        addAll(causes, "D", 9);
        addAll(causes, "S", 7);

        assertThat(rows()).extracting(Row::cause).containsExactlyElementsOf(causes);
    }

    @Test
    void page_everyRow_namesATestOrSaysWhyNot() throws IOException {
        assertThat(rows())
                .allSatisfy(row -> assertThat(row.tests())
                        .as("%s names no test", row.cause())
                        .hasSizeGreaterThanOrEqualTo(mayLackATest(row) ? 0 : 1));
    }

    @Test
    void page_everyTest_isThere() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            for (String test : row.tests()) {
                if (!isThere(test)) {
                    missing.add(row.cause() + ": " + test);
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void isThere_testsAndOthers_areToldApart() throws IOException {
        assertThat(isThere("IncidentPageTest.page_everyTest_isThere")).isTrue();
        assertThat(isThere("IncidentPageTest.noSuchTest")).isFalse();
        assertThat(isThere("NoSuchTest.page_everyTest_isThere")).isFalse();
        assertThat(isThere("IncidentPageTest.findTests")).isFalse();
    }

    private static boolean mayLackATest(Row row) {
        return row.here().startsWith("Not yet:") || row.here().startsWith("Does not apply");
    }

    private static void addAll(List<String> causes, String letter, int last) {
        IntStream.rangeClosed(1, last).mapToObj(number -> letter + number).forEach(causes::add);
    }

    private static List<Row> rows() throws IOException {
        Matcher row = ROW.matcher(Files.readString(PAGE));
        List<Row> rows = new ArrayList<>();
        while (row.find()) {
            rows.add(new Row(
                    row.group(1),
                    row.group(3),
                    TEST.matcher(row.group(4))
                            .results()
                            .map(MatchResult::group)
                            .map(name -> name.substring(1, name.length() - 1))
                            .toList()));
        }
        return rows;
    }

    /** Whether a class of tests declares that method, with an annotation that has it run. */
    private static boolean isThere(String test) throws IOException {
        String[] parts = test.split("\\.");
        Path source = SOURCES.get(parts[0]);
        if (source == null) {
            return false;
        }
        String text = Files.readString(source);
        int method = text.indexOf(" void " + parts[1] + "(");
        if (method < 0) {
            return false;
        }
        int before = Math.max(text.lastIndexOf("}\n", method), text.lastIndexOf(";\n", method));
        return ANNOTATION.matcher(text.substring(Math.max(0, before), method)).find();
    }
}
