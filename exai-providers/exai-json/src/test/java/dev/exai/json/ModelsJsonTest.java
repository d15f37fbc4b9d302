package dev.exai.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.ProviderId;
import dev.exai.model.ModelCatalog;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsJsonTest {
    private static final String CHANGES = """
            {"version": 1, "asOf": "2026-10-31",
             "models": [
               {"provider": "glm", "id": "glm-next", "capabilities": ["FUNCTIONS"], "thinking": {"mode": "ALWAYS"},
                "speed": {"tokensPerSecond": 40.5, "firstEventSeconds": 1.5}, "status": {"stage": "PREVIEW"},
                "languages": ["zh", "EN"]},
               {"provider": "glm", "id": "glm-4.7", "limits": {"silenceSeconds": 7.5},
                "price": {"input": 2.5, "output": 12}}],
             "hide": [{"provider": "glm", "id": "glm-4.5"}]}
            """;

    private static final Provider GLM = new Provider() {
        @Override
        public ProviderId id() {
            return ProviderId.of("glm");
        }

        @Override
        public List<ModelInfo> catalog() {
            return List.of(
                    ModelInfo.builder("glm-4.7").contextWindow(204_800).build(),
                    ModelInfo.builder("glm-4.5").build());
        }

        @Override
        public Exchange open(ProviderCall call, ReplySink sink) {
            throw new AssertionError("nothing is asked here");
        }
    };

    private static InputStream stream(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void changes_file_addsChangesAndHides(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("models.json"), CHANGES);

        ModelCatalog catalog = ModelCatalog.of(List.of(GLM)).with(ModelsJson.changes(file));

        assertThat(catalog.models(GLM.id())).extracting(ModelInfo::id).containsExactly("glm-4.7", "glm-next");
        ModelInfo known = catalog.find("glm-4.7").model();
        assertThat(known.contextWindow()).as("what is left out is not changed").isEqualTo(204_800);
        assertThat(known.limits().silence()).isEqualTo(Duration.ofMillis(7_500));
        assertThat(known.limits().firstEvent()).isEqualTo(Duration.ofSeconds(60));
        assertThat(known.price().orElseThrow().input()).isEqualByComparingTo("2.5");
        assertThat(known.price().orElseThrow().asOf()).isEqualTo(LocalDate.of(2026, 10, 31));
        ModelInfo added = catalog.find("glm-next").model();
        assertThat(added.capabilities()).containsExactlyInAnyOrder(Capability.FUNCTIONS, Capability.THINKING);
        assertThat(added.languages()).containsExactlyInAnyOrder("zh", "en");
        assertThat(known.languages()).isEmpty();
        assertThat(added.typicalFirstEvent()).contains(Duration.ofMillis(1_500));
    }

    @Test
    void changes_slipsOfThePen_areFoundAtOnce(@TempDir Path dir) throws Exception {
        for (String wrong : List.of(
                "{\"version\": 2, \"asOf\": \"2026-10-31\"}",
                "{\"version\": 1, \"asOf\": \"yesterday\"}",
                "{\"version\": 1, \"asOf\": \"2026-10-31\", \"modles\": []}",
                CHANGES.replace("\"provider\": \"glm\", \"id\": \"glm-next\"", "\"id\": \"glm-next\""),
                CHANGES.replace("FUNCTIONS", "FLYING"),
                CHANGES.replace("40.5", "-1"),
                CHANGES.substring(20))) {
            Path file = Files.writeString(dir.resolve("wrong.json"), wrong);
            assertThatThrownBy(() -> ModelsJson.changes(file))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("wrong.json");
        }
        assertThatThrownBy(() -> ModelsJson.changes(dir.resolve("none.json")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none.json");
    }

    @Test
    void ofResource_missingOrWrong_isAFaultOfTheProvider() {
        assertThatThrownBy(() -> ModelsJson.ofResource(null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ModelsJson.ofResource(stream("{}"))).isInstanceOf(IllegalStateException.class);
        assertThat(ModelsJson.ofResource(stream("{\"version\":1,\"asOf\":\"2026-10-31\",\"models\":[{\"id\":\"m\"}]}")))
                .extracting(ModelInfo::id)
                .containsExactly("m");
    }
}
