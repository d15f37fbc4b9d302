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
import dev.exai.spi.ModelStatus;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.time.LocalDate;
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
        ModelSelector selector = ModelSelector.standard();
        ModelRequest plain = ModelRequest.of(ChatRequest.of("x"));
        ModelRequest thinking =
                ModelRequest.of(ChatRequest.builder("x").thinking(true).build());

        assertThat(selector.select(plain, catalog).toCompletableFuture().join().toString())
                .isEqualTo("[glm/glm-big, kimi/k2, glm/glm-fast]");
        assertThatThrownBy(() ->
                        selector.select(thinking, catalog).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ModelNotFoundException.class);
        assertThat(catalog.models(ProviderId.of("nobody"))).isEmpty();
    }

    @Test
    void find_nameOfALine_isItsFirstModelThatIsOffered() {
        ModelCatalog lines = ModelCatalog.of(List.of(provider(
                "glm",
                ModelInfo.builder("glm-4.5")
                        .family("glm-4.x")
                        .status(ModelStatus.retired(null, null))
                        .build(),
                ModelInfo.builder("glm-4.7").family("glm-4.x").build())));

        assertThat(lines.find("GLM-4.x").toString()).isEqualTo("glm/glm-4.7");
    }

    @Test
    void find_idOfOneIsAliasOfAnother_isTheId() {
        ModelCatalog both = ModelCatalog.of(List.of(
                provider("glm", ModelInfo.builder("a").aliases("b").build()),
                provider("kimi", ModelInfo.builder("b").build())));

        assertThat(both.find("b").toString()).isEqualTo("kimi/b");
    }

    @Test
    void notes_retiredOrUnknown_saySo() {
        ModelCatalog old = ModelCatalog.of(List.of(provider(
                "kimi",
                ModelInfo.builder("k2-old")
                        .status(ModelStatus.retired(LocalDate.of(2026, 5, 25), "k2.6"))
                        .build(),
                ModelInfo.builder("k2-older")
                        .status(ModelStatus.retired(null, "k2.6"))
                        .uncertain(ModelInfo.Fact.STATUS)
                        .build(),
                ModelInfo.builder("k2.6").build())));

        assertThat(old.notes(old.find("k2-old"))).containsExactly("kimi/k2-old is retired on 2026-05-25, use k2.6");
        assertThat(old.notes(old.find("k2-older"))).containsExactly("kimi/k2-older is retired, use k2.6 (not certain)");
        assertThat(old.notes(old.find("k2.6"))).isEmpty();
        assertThat(old.notes(old.find("k99")))
                .containsExactly("no catalogue has kimi/k99: it is asked as it is named, with cautious assumptions");
        assertThat(ModelSelector.standard()
                        .select(ModelRequest.of(ChatRequest.of("x")), old)
                        .toCompletableFuture()
                        .join()
                        .toString())
                .as("what is retired is never chosen")
                .isEqualTo("[kimi/k2.6]");
    }

    @Test
    void with_changes_addChangeAndHide() {
        CatalogChanges mine = CatalogChanges.builder()
                .put("glm", ModelInfo.builder("glm-next").build())
                .change("glm", "glm-fast", model -> model.contextWindow(1_000))
                .hide("kimi", "k2")
                .hide("nobody", "x")
                .build();

        ModelCatalog changed = catalog.with(mine);

        assertThat(changed.models(ProviderId.of("glm")))
                .extracting(ModelInfo::id)
                .containsExactly("glm-big", "glm-fast", "glm-next");
        assertThat(changed.find("glm-fast").model().contextWindow()).isEqualTo(1_000);
        assertThat(changed.find("glm-fast").model().can(Capability.FUNCTIONS))
                .as("what is not changed stays")
                .isTrue();
        assertThat(changed.models(ProviderId.of("kimi"))).isEmpty();
        assertThat(changed.find("kimi/k2").model().isKnown()).isFalse();
        assertThat(catalog.models(ProviderId.of("kimi")))
                .as("the first is as it was")
                .hasSize(1);
        assertThat(catalog.with(mine.then(CatalogChanges.builder()
                                .change("glm", "glm-fast", model -> model.contextWindow(9))
                                .build()))
                        .find("glm-fast")
                        .model()
                        .contextWindow())
                .as("the last word")
                .isEqualTo(9);
        CatalogChanges wrong = CatalogChanges.builder()
                .change("glm", "glm-big", model -> ModelInfo.builder("other"))
                .build();
        assertThatThrownBy(() -> catalog.with(wrong))
                .hasMessageContaining("glm/glm-big")
                .hasMessageContaining("other");
    }
}
