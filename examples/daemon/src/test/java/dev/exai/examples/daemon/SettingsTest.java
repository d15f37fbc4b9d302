package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsTest {
    @Test
    void value_setInSeveralPlaces_theNearestWins(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("daemon.properties"),
                "EXAI_WS_PORT=1\nEXAI_WS_GLM_MAX_INFLIGHT=7\nEXAI_WS_KIMI_MAX_INFLIGHT=6\n");

        Settings settings = Settings.of(
                Map.of(Setting.PORT, "3"), file, Map.of("EXAI_WS_PORT", "2", "EXAI_WS_KIMI_MAX_INFLIGHT", "5"));

        assertThat(settings.number(Setting.PORT)).isEqualTo(3);
        assertThat(settings.number(Setting.GLM)).isEqualTo(7);
        assertThat(settings.number(Setting.KIMI)).isEqualTo(5);
        assertThat(settings.number(Setting.SESSION)).isEqualTo(4);
        assertThat(settings.describe().lines())
                .anyMatch(line -> line.matches("EXAI_WS_PORT +3 +flag .*"))
                .anyMatch(line -> line.matches("EXAI_WS_GLM_MAX_INFLIGHT +7 +file .*"))
                .anyMatch(line -> line.matches("EXAI_WS_KIMI_MAX_INFLIGHT +5 +environment .*"))
                .anyMatch(line -> line.matches("EXAI_WS_SESSION_MAX_INFLIGHT +4 +default .*"));
    }

    @Test
    void describe_secrets_areNotShown() {
        Settings settings = Settings.of(
                Map.of(),
                null,
                Map.of(
                        "GLM_API_KEY", "key-of-mine",
                        "EXAI_WS_TOKEN", "token-of-mine-and-long",
                        "KIMI_BASE_URL", "http://user:pass-of-mine@127.0.0.1:1/v1"));

        assertThat(settings.describe()).contains("GLM_API_KEY").doesNotContain("of-mine");
        assertThat(settings.toString()).doesNotContain("of-mine");
    }

    @ParameterizedTest
    @CsvSource({
        "EXAI_WS_PORT, 70000, from 0 to 65535",
        "EXAI_WS_PORT, http, from 0 to 65535",
        "EXAI_WS_MAX_BYTES, 1, from 1024",
        "EXAI_WS_PROGRESS_INTERVAL_SECS, 16, from 1 to 15",
        "EXAI_LOG_FORMAT, xml, 'text, json'",
        "EXAI_WS_HOST, 0.0.0.0, EXAI_WS_TOKEN",
        "EXAI_RUN_STORE, paper, 'sqlite, memory'",
        "EXAI_WS_MODEL_MAX_INFLIGHT, glm-4.7=1, provider/model=N",
        "EXAI_WS_MODEL_MAX_INFLIGHT, 'glm/a=1, glm/b=0', provider/model=N",
    })
    void value_thatMakesNoSense_isRefusedByName(String name, String value, String allowed) {
        assertThatThrownBy(() -> Settings.of(Map.of(), null, Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value)
                .hasMessageContaining(allowed);
    }

    @Test
    void names_thatNobodyReads_areWarnedOf(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("daemon.properties"), "EXAI_WS_PROT=1\nGLM_API_KEY=secret.key\n");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));

        Settings settings = Settings.of(Map.of(), file, Map.of("EXAI_WS_RETRY_AFTER_SECS", "1"));

        assertThat(settings.warnings())
                .anyMatch(warning -> warning.startsWith("EXAI_WS_PROT in "))
                .anyMatch(warning -> warning.startsWith("EXAI_WS_RETRY_AFTER_SECS is in the environment"))
                .anyMatch(warning -> warning.startsWith("GLM_API_KEY is in ") && warning.contains("chmod 600"))
                .noneMatch(warning -> warning.contains("secret"));
    }

    @Test
    void lock_takenTwice_isRefusedUntilItIsGivenBack(@TempDir Path folder) throws Exception {
        InstanceLock lock = InstanceLock.take(folder.resolve("state"), 8079);

        assertThatThrownBy(() -> InstanceLock.take(folder.resolve("state"), 8079))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("port 8079")
                .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        InstanceLock.take(folder.resolve("state"), 8080).close();
        lock.close();
        InstanceLock.take(folder.resolve("state"), 8079).close();
    }
}
