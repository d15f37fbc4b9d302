package dev.exai.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final String PAGE = """
            before
            <!-- figures of JDK 17 begin -->
            old
            <!-- figures of JDK 17 end -->
            <!-- figures of JDK 25 begin -->
            newer
            <!-- figures of JDK 25 end -->
            """;

    @Test
    void replaced_placeOfThisJdk_changesThatAlone() {
        assertThat(Page.replaced(PAGE, "figures", 17, "one\ntwo\n")).isEqualTo(PAGE.replace("old\n", "one\ntwo\n"));
        assertThat(Page.replaced(PAGE, "figures", 25, "one\n")).isEqualTo(PAGE.replace("newer\n", "one\n"));
    }

    @Test
    void replaced_noPlace_refuses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Page.replaced(PAGE, "figures", 21, "one\n"))
                .withMessageContaining("JDK 21");
    }

    @Test
    void table_figures_standUnderTheHeading() {
        assertThat(Page.table("Measured.", List.of(Figure.alone("this", "B", 1))))
                .startsWith("Measured.\n\n| what |")
                .endsWith("| --- |\n| this | | - | - | 1.0 B | report | | |\n");
    }

    @Test
    void performancePage_hasAPlaceForEachJdkThatIsBuiltOn() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("exai-core/pom.xml"))) {
            root = root.getParent();
        }
        String page = Files.readString(root.resolve("docs/performance.md"));

        assertThat(List.of(17, 25))
                .allSatisfy(jdk -> assertThat(Page.replaced(page, "figures", jdk, "here\n"))
                        .contains("here\n"));
    }
}
