package dev.exai.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("ci")
@Timeout(120)
class ChatsTest {
    @Test
    void figures_aFewOperations_areAllThere() throws Exception {
        List<Figure> figures = Chats.figures(Scale.TINY);

        assertThat(figures).hasSize(13).allSatisfy(figure -> {
            assertThat(figure.ours()).isPositive();
            assertThat(figure.reference()).isPositive();
        });
    }

    @Test
    void performancePage_hasAPlaceForEachJdkThatIsBuiltOn() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("exai-core/pom.xml"))) {
            root = root.getParent();
        }
        String page = Files.readString(root.resolve("docs/performance.md"));

        assertThat(List.of(17, 25))
                .allSatisfy(jdk -> assertThat(Page.replaced(page, "figures of chats", jdk, "here\n"))
                        .contains("here\n"));
    }
}
