package dev.exai.providers.kimi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.MalformedReplyException;
import dev.exai.message.ChatRequest;
import dev.exai.providers.openai.ListedModel;
import dev.exai.providers.openai.TokenCount;
import dev.exai.providers.openai.UploadedFile;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelStatus;
import dev.exai.testkit.http.PreparedServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kimi's endpoints beside chat. */
@Timeout(30)
class KimiApiTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private PreparedServer server;
    private KimiProvider provider;

    @BeforeEach
    void start() throws Exception {
        server = PreparedServer.start();
        provider = KimiProvider.builder(ApiKey.of("sk-key-of-a-test"))
                .baseUrl(server.url("/v1"))
                .build();
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    @Test
    void listModels_haveWhatKimiTells() throws Exception {
        answer("{\"object\":\"list\",\"data\":[{\"id\":\"kimi-k3\",\"object\":\"model\",\"created\":1,"
                + "\"owned_by\":\"moonshot\",\"context_length\":1048576,\"supports_image_in\":true,"
                + "\"supports_video_in\":true,\"supports_reasoning\":true}]}");

        List<ListedModel> models = provider.listModels(LIMIT).get();

        assertThat(server.takeLine()).isEqualTo("GET /v1/models");
        assertThat(models).singleElement().satisfies(model -> {
            assertThat(model.contextWindow()).hasValue(1_048_576);
            assertThat(model.capabilities()).containsExactlyInAnyOrder(Capability.VISION, Capability.THINKING);
        });
    }

    @Test
    void currentModels_haveWhatKimiTellsOverWhatIsKnown() throws Exception {
        answer("{\"data\":[{\"id\":\"kimi-k3\",\"context_length\":2097152},{\"id\":\"kimi-k2.6\"},"
                + "{\"id\":\"kimi-k4\",\"context_length\":4096,\"supports_image_in\":true,"
                + "\"supports_video_in\":true,\"supports_reasoning\":true}]}");

        List<ModelInfo> models = provider.currentModels(LIMIT).get();

        assertThat(server.takeLine()).isEqualTo("GET /v1/models");
        List<ModelInfo> known = provider.catalog();
        assertThat(models).hasSize(known.size() + 1);
        assertThat(models.subList(0, known.size())).extracting(ModelInfo::id).isEqualTo(ids(known));
        assertThat(models.stream().filter(known::contains))
                .as("nothing is new of them, whether they are in the list or not")
                .hasSize(known.size() - 1);
        ModelInfo k3 = byId(models, "kimi-k3");
        assertThat(k3.contextWindow()).isEqualTo(2_097_152);
        assertThat(k3.can(Capability.WEB_SEARCH))
                .as("a list takes nothing away")
                .isTrue();
        ModelInfo fresh = models.get(known.size());
        assertThat(fresh.id()).isEqualTo("kimi-k4");
        assertThat(fresh.contextWindow()).isEqualTo(4_096);
        assertThat(fresh.capabilities()).containsExactlyInAnyOrder(Capability.VISION, Capability.THINKING);
        assertThat(fresh.modalities()).contains(ModelInfo.Modality.IMAGE, ModelInfo.Modality.VIDEO);
        assertThat(fresh.status().stage()).as("auto takes it last").isEqualTo(ModelStatus.Stage.PREVIEW);
    }

    private static List<String> ids(List<ModelInfo> models) {
        return models.stream().map(ModelInfo::id).toList();
    }

    private static ModelInfo byId(List<ModelInfo> models, String id) {
        return models.stream()
                .filter(model -> model.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    // sample S11
    @Test
    void countTokens_isTheirCountBesideOurs() throws Exception {
        answer("{\"data\":{\"total_tokens\":80}}");

        TokenCount count =
                provider.countTokens(ChatRequest.of("hi"), "kimi-k3", LIMIT).get();

        assertThat(count).hasToString("TokenCount[80, guessed 9]");
        assertThat(server.takeLine()).isEqualTo("POST /v1/tokenizers/estimate-token-count");
        assertThat(server.takeBody())
                .isEqualTo("{\"model\":\"kimi-k3\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    }

    @Test
    void countTokens_answerWithoutACount_isMalformed() {
        answer("{\"data\":{}}");

        assertThatThrownBy(() -> provider.countTokens(ChatRequest.of("hi"), "kimi-k3", LIMIT)
                        .get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(MalformedReplyException.class);
    }

    @Test
    void files_uploadGetContentDelete() throws Exception {
        answer("{\"id\":\"f1\",\"object\":\"file\",\"bytes\":3,\"filename\":\"a.pdf\",\"purpose\":\"file-extract\","
                + "\"created_at\":1790000000,\"status\":\"ok\"}");
        answer("{\"id\":\"f1\",\"purpose\":\"file-extract\"}");
        answer("{\"error\":\"a text of a document may look like anything\"}");
        answer("{\"object\":\"list\",\"data\":[]}");
        answer("{\"deleted\":true}");
        KimiFiles files = provider.files();

        UploadedFile file = files.upload("a.pdf", new byte[] {1, 2, 3}, KimiFiles.Purpose.EXTRACT, LIMIT)
                .get();
        assertThat(files.get(file.id(), LIMIT).get().purpose()).isEqualTo("file-extract");
        assertThat(files.content(file.id(), LIMIT).get())
                .isEqualTo("{\"error\":\"a text of a document may look like anything\"}");
        assertThat(files.list(LIMIT).get()).isEmpty();
        files.delete(file.id(), LIMIT).get();

        assertThat(server.takeLine()).isEqualTo("POST /v1/files");
        assertThat(server.takeLine()).isEqualTo("GET /v1/files/f1");
        assertThat(server.takeLine()).isEqualTo("GET /v1/files/f1/content");
        assertThat(server.takeLine()).isEqualTo("GET /v1/files");
        assertThat(server.takeLine()).isEqualTo("DELETE /v1/files/f1");
        assertThat(server.takeBody()).contains("file-extract", "filename=\"a.pdf\"");
        assertThat(KimiFiles.address("f1")).isEqualTo("ms://f1");
    }

    private void answer(String body) {
        server.enqueue(200, Map.of(), body);
    }
}
