package dev.exai.providers.glm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.QuotaExhaustedException;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import dev.exai.message.WebSearch;
import dev.exai.message.WebSource;
import dev.exai.providers.openai.ListedModel;
import dev.exai.providers.openai.TokenCount;
import dev.exai.providers.openai.UploadedFile;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import dev.exai.testkit.http.PreparedServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** GLM's endpoints beside chat. */
@Timeout(30)
class GlmApiTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private PreparedServer server;
    private GlmProvider provider;

    @BeforeEach
    void start() throws Exception {
        server = PreparedServer.start();
        provider = GlmProvider.builder(ApiKey.of("key.of-a-test"))
                .baseUrl(server.url("/api/paas/v4"))
                .build();
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    @Test
    void listModels_areThoseOfTheList() throws Exception {
        answer("{\"object\":\"list\",\"data\":[{\"id\":\"glm-4.7\",\"object\":\"model\",\"created\":1,"
                + "\"owned_by\":\"z-ai\"},{\"id\":\"glm-5\"}]}");

        List<ListedModel> models = provider.listModels(LIMIT).get();

        assertThat(server.takeLine()).isEqualTo("GET /api/paas/v4/models");
        assertThat(models).extracting(ListedModel::id).containsExactly("glm-4.7", "glm-5");
        assertThat(models.get(0).owner()).isEqualTo("z-ai");
        assertThat(models.get(0).contextWindow()).isEmpty();
    }

    @Test
    void currentModels_areThoseThatAreKnownAndWhatIsNew() throws Exception {
        answer("{\"data\":[{\"id\":\"glm-4.7\"},{\"id\":\"glm-6\"}]}");

        List<ModelInfo> models = provider.currentModels(LIMIT).get();

        assertThat(models.subList(0, models.size() - 1)).isEqualTo(provider.catalog());
        assertThat(models.get(models.size() - 1).id()).isEqualTo("glm-6");
    }

    @Test
    void countTokens_isTheirCountBesideOurs() throws Exception {
        answer("{\"id\":\"t\",\"usage\":{\"prompt_tokens\":12,\"total_tokens\":12}}");

        TokenCount count = provider.countTokens(
                        ChatRequest.builder("How many?")
                                .functions(List.of(FunctionSpec.of("add", "Add", "{\"type\":\"object\"}")))
                                .build(),
                        "glm-4.6",
                        LIMIT)
                .get();

        assertThat(count.counted()).isEqualTo(12);
        assertThat(count.estimated()).isPositive();
        assertThat(server.takeLine()).isEqualTo("POST /api/paas/v4/tokenizer");
        assertThat(server.takeBody())
                .isEqualTo("{\"model\":\"glm-4.6\",\"messages\":[{\"role\":\"user\",\"content\":\"How many?\"}],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Add\","
                        + "\"parameters\":{\"type\":\"object\"}}}]}");
    }

    @Test
    void countTokens_noBalance_isQuota() {
        server.enqueue(
                429,
                Map.of(),
                "{\"error\":{\"code\":\"1113\",\"message\":\"Insufficient balance. Please recharge.\"}}");

        assertThatThrownBy(() -> provider.countTokens(ChatRequest.of("q"), "glm-4.6", LIMIT)
                        .get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(QuotaExhaustedException.class);
    }

    // sample S10
    @Test
    void searchWeb_isPages() throws Exception {
        answer("{\"id\":\"r10\",\"created\":1790000005,\"search_result\":[{\"title\":\"JDK 25\",\"content\":\"...\","
                + "\"link\":\"https://example.org\",\"media\":\"Ex\",\"icon\":\"\",\"refer\":\"ref_1\","
                + "\"publish_date\":\"2026-09-16\"}]}");

        List<WebSource> pages = provider.searchWeb(
                        "java 25 release",
                        WebSearch.builder()
                                .count(3)
                                .recency(WebSearch.Recency.MONTH)
                                .build(),
                        LIMIT)
                .get();

        assertThat(server.takeLine()).isEqualTo("POST /api/paas/v4/web_search");
        assertThat(server.takeBody())
                .startsWith("{\"search_engine\":\"search-prime\",\"search_query\":\"java 25 release\",\"count\":3,"
                        + "\"search_recency_filter\":\"oneMonth\",\"request_id\":\"");
        assertThat(pages).singleElement().satisfies(page -> {
            assertThat(page.title()).isEqualTo("JDK 25");
            assertThat(page.url()).isEqualTo("https://example.org");
            assertThat(page.text()).hasValue("...");
            assertThat(page.site()).hasValue("Ex");
            assertThat(page.published()).hasValue("2026-09-16");
            assertThat(page.reference()).hasValue("ref_1");
        });
    }

    @Test
    void files_uploadListDelete() throws Exception {
        answer("{\"id\":\"file-1\",\"object\":\"file\",\"bytes\":5,\"filename\":\"a.txt\",\"purpose\":\"user_data\","
                + "\"created_at\":1790000000}");
        answer("{\"object\":\"list\",\"data\":[{\"id\":\"file-1\"},{\"id\":\"file-2\"}]}");
        answer("{\"id\":\"file-1\",\"deleted\":true}");

        UploadedFile file = provider.files()
                .upload("a.txt", "hello".getBytes(StandardCharsets.UTF_8), "user_data", LIMIT)
                .get();
        List<UploadedFile> all = provider.files().list(LIMIT).get();
        provider.files().delete("file-1", LIMIT).get();

        assertThat(file.id()).isEqualTo("file-1");
        assertThat(file.bytes()).isEqualTo(5);
        assertThat(file.created()).hasToString("2026-09-21T14:13:20Z");
        assertThat(all).extracting(UploadedFile::id).containsExactly("file-1", "file-2");
        assertThat(server.takeLine()).isEqualTo("POST /api/paas/v4/files");
        assertThat(server.takeLine()).isEqualTo("GET /api/paas/v4/files");
        assertThat(server.takeLine()).isEqualTo("DELETE /api/paas/v4/files/file-1");
        assertThat(server.takeBody())
                .contains("name=\"purpose\"", "user_data", "name=\"file\"; filename=\"a.txt\"", "hello");
    }

    @Test
    void files_idWithASlashOrDots_isRefused() {
        assertThatThrownBy(() -> provider.files().delete("../models", LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> provider.files().delete("a?b=c", LIMIT)).isInstanceOf(IllegalArgumentException.class);
    }

    private void answer(String body) {
        server.enqueue(200, Map.of("Content-Type", "application/json"), body);
    }
}
