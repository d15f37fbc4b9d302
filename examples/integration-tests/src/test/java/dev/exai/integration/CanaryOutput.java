package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * I11: no key of a test stands in anything that the tests of this repository printed, logged, or failed with. Run after
 * all others, over what they left in the reports; named so that no usual run takes it for one of them.
 */
class CanaryOutput {
    /** The parts of the keys that tests use; in a reader's hand any of them would be a key. */
    private static final List<String> SECRETS =
            List.of("secretcanary", "CanarySecret", "sk-canary-key-1234567890", "sk-canary-0123456789");

    @Test
    void reports_ofAllModules_showNoKey() throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> reports = reports();
        for (Path report : reports) {
            String text = new String(Files.readAllBytes(report), StandardCharsets.ISO_8859_1);
            SECRETS.stream().filter(text::contains).forEach(secret -> found.add(report.toString()));
        }

        assertThat(reports).as("what tests have left").isNotEmpty();
        assertThat(found).isEmpty();
    }

    private static List<Path> reports() throws IOException {
        try (Stream<Path> all = Files.find(
                DocSnippetsTest.ROOT,
                8,
                (path, attributes) -> attributes.isRegularFile()
                        && path.getParent().getFileName().toString().equals("surefire-reports"))) {
            return all.toList();
        }
    }
}
