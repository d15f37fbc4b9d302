package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/configuration.md says what is true. */
final class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "configuration.md");

    @Test
    void table_hasEachSettingWithItsDefault_andNoOther() throws Exception {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();

        assertThat(rows)
                .containsExactly(List.of(Setting.values()).stream()
                        .map(each -> "| `" + each.key() + "` | "
                                + (each.fallback().isEmpty() ? "" : "`" + each.fallback() + "`") + " | " + each.what()
                                + " |")
                        .toArray(String[]::new));
    }

    @Test
    void file_ofThePage_isReadWithoutAWarningButThatOfItsRights(@TempDir Path folder) throws Exception {
        Matcher block =
                Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        Path file = Files.writeString(folder.resolve("daemon.properties"), block.group(1));
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));

        Settings settings = Settings.of(Map.of(), file, Map.of());

        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.number(Setting.SESSION)).isEqualTo(2);
        assertThat(settings.asEnvironment()).containsEntry("GLM_API_KEY", "id.secret");
    }
}
