package dev.exai.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.ProviderId;
import dev.exai.error.ModelNotFoundException;
import dev.exai.message.ChatRequest;
import dev.exai.spi.Exchange;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ModelCatalogTest {
    private static final Provider GLM = provider(
            "glm",
            ModelInfo.builder("glm-big").aliases("glm", "best").build(),
            ModelInfo.builder("glm-fast").capabilities(Capability.FUNCTIONS).build());
    private static final Provider KIMI = provider(
            "kimi",
            ModelInfo.builder("k2")
                    .aliases("best")
                    .capabilities(Capability.FUNCTIONS)
                    .build());
    private final ModelCatalog catalog = ModelCatalog.of(List.of(GLM, KIMI));

    private static Provider provider(String name, ModelInfo... models) {
        return new Provider() {
            @Override
            public ProviderId id() {
                return ProviderId.of(name);
            }

            @Override
            public List<ModelInfo> catalog() {
                return List.of(models);
            }

            @Override
            public Exchange open(ProviderCall call, ReplySink sink) {
                throw new AssertionError("nothing is asked here");
            }
        };
    }

    @Test
    void find_anyName_isTheModel() {
        assertThat(catalog.find("glm-big").toString()).isEqualTo("glm/glm-big");
        assertThat(catalog.find("GLM").toString()).isEqualTo("glm/glm-big");
        assertThat(catalog.find("kimi/K2").toString()).isEqualTo("kimi/k2");
        assertThat(catalog.find("best").toString()).as("the first provider's").isEqualTo("glm/glm-big");
        assertThat(catalog.find("kimi/best").toString()).isEqualTo("kimi/k2");
    }

    @Test
    void find_unknownId_passesWhereItsProviderIsCertain() {
        Route named = catalog.find("Kimi/k9-new");
        assertThat(named.provider()).isEqualTo(ProviderId.of("kimi"));
        assertThat(named.model().id()).isEqualTo("k9-new");
        assertThat(named.model().limits().silence())
                .isEqualTo(LivenessLimits.thinking().silence());
        assertThat(ModelCatalog.of(List.of(GLM)).find("glm-9").toString()).isEqualTo("glm/glm-9");

        for (String unknown : List.of("k9-new", "other/k2", "kimi/", "/k2")) {
            assertThatThrownBy(() -> catalog.find(unknown))
                    .isInstanceOf(ModelNotFoundException.class)
                    .hasMessageContaining("kimi/k2");
        }
    }

    @Test
    void catalogOrder_firstChoicesFirst_andOnlyWhatFits() {
        ModelSelector selector = ModelSelector.byCatalogOrder();
        ModelQuery plain = ModelQuery.of(ChatRequest.of("x"));
        ModelQuery thinking =
                ModelQuery.of(ChatRequest.builder("x").thinking(true).build());

        assertThat(selector.select(plain, catalog).toCompletableFuture().join().toString())
                .isEqualTo("[glm/glm-big, kimi/k2, glm/glm-fast]");
        assertThatThrownBy(() ->
                        selector.select(thinking, catalog).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ModelNotFoundException.class);
        assertThat(catalog.models(ProviderId.of("nobody"))).isEmpty();
    }
}
