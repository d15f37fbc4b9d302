package dev.exai.model;

import static dev.exai.spi.ModelInfo.Capability.FUNCTIONS;
import static dev.exai.spi.ModelInfo.Capability.VISION;
import static dev.exai.spi.ModelInfo.Tier.BALANCED;
import static dev.exai.spi.ModelInfo.Tier.BEST;
import static dev.exai.spi.ModelInfo.Tier.FAST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.ModelNotFoundException;
import dev.exai.message.ChatRequest;
import dev.exai.message.WebSearch;
import dev.exai.model.ModelRequest.Preference;
import dev.exai.resilience.Condition;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelStatus;
import dev.exai.spi.TokenPrice;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The standard selection: what is dropped, and the order of the rest")
class RankingSelectorTest {
    private static final TokenPrice DEAR = price("9");
    private static final TokenPrice CHEAP = price("1");

    private final ModelCatalog catalog = new Shelf()
            .put(
                    "glm",
                    ModelInfo.builder("g-good").tier(BALANCED).price(DEAR).build(),
                    ModelInfo.builder("g-best").tier(BEST).capabilities(VISION).build(),
                    ModelInfo.builder("g-fast")
                            .tier(FAST)
                            .tokensPerSecond(50)
                            .capabilities(FUNCTIONS)
                            .contextWindow(8_000)
                            .build())
            .put(
                    "kimi",
                    ModelInfo.builder("k-good").tier(BALANCED).price(CHEAP).build(),
                    ModelInfo.builder("k-fast").tier(FAST).tokensPerSecond(180).build(),
                    ModelInfo.builder("k-new")
                            .tier(BALANCED)
                            .status(ModelStatus.preview())
                            .build(),
                    ModelInfo.builder("k-old")
                            .tier(BALANCED)
                            .status(ModelStatus.retired(null, "k-good"))
                            .build())
            .catalog();

    private static TokenPrice price(String dollars) {
        return TokenPrice.of(new BigDecimal(dollars), new BigDecimal(dollars), LocalDate.of(2026, 10, 1));
    }

    private List<String> ranked(ModelRequest.Builder request) {
        return ranked(catalog, request);
    }

    private static List<String> ranked(ModelCatalog from, ModelRequest.Builder request) {
        return ModelSelector.standard().select(request.build(), from).toCompletableFuture().join().stream()
                .map(route -> route.model().id())
                .toList();
    }

    @Test
    void select_preferences_orderByTierSpeedOrPrice() {
        assertThat(ranked(ModelRequest.auto()))
                .as("and nothing that is retired")
                .containsExactly("g-good", "k-good", "g-best", "g-fast", "k-fast", "k-new");
        assertThat(ranked(ModelRequest.auto().prefer(Preference.FAST))).startsWith("k-fast", "g-fast");
        assertThat(ranked(ModelRequest.auto().prefer(Preference.BEST))).startsWith("g-best");
        assertThat(ranked(ModelRequest.auto().prefer(Preference.CHEAPEST))).startsWith("k-good", "g-good");
    }

    @Test
    @DisplayName("a language orders models of the same tier, and drops none")
    void select_language_thoseThatAreGoodAtItComeFirst() {
        ModelCatalog some = new Shelf()
                .put(
                        "glm",
                        ModelInfo.builder("french").languages("fr").build(),
                        ModelInfo.builder("unsaid").build(),
                        ModelInfo.builder("chinese").languages("ZH", "en").build(),
                        ModelInfo.builder("best").tier(BEST).languages("zh").build())
                .catalog();

        assertThat(ranked(some, ModelRequest.auto())).containsExactly("french", "unsaid", "chinese", "best");
        assertThat(ranked(some, ModelRequest.auto().language("zh")))
                .containsExactly("chinese", "unsaid", "french", "best");
        assertThat(ranked(some, ModelRequest.auto().language("zh-Hant"))).startsWith("chinese");
        assertThat(ranked(some, ModelRequest.auto().language("fr"))).startsWith("french", "unsaid");
        ModelRequest chinese = ModelRequest.auto().language("zh").build();
        assertThat(ModelSelector.standard().explain(chinese, some, List.of()))
                .extracting(Verdict::why)
                .containsExactly(
                        "balanced, good at zh", "balanced", "balanced, good at others than zh", "best, good at zh");
    }

    @Test
    void select_needs_areNeverDropped() {
        assertThat(ranked(ModelRequest.auto().needs(VISION))).containsExactly("g-best");
        assertThat(ranked(ModelRequest.auto().minimumContext(10_000))).doesNotContain("g-fast");
        assertThatThrownBy(() -> ranked(ModelRequest.auto().needs(VISION, FUNCTIONS)))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("auto with [vision, functions]");
    }

    @Test
    void of_contentOfAChat_becomesNeeds() {
        ChatRequest chat = ChatRequest.builder("what is new?")
                .webSearch(WebSearch.on())
                .thinking(true)
                .build();

        assertThat(ModelRequest.of(chat).needs())
                .containsExactlyInAnyOrder(ModelInfo.Capability.WEB_SEARCH, ModelInfo.Capability.THINKING);
    }

    @Test
    void select_promptMayBeTooLong_smallWindowsComeLast() {
        ModelRequest large = ModelRequest.of(
                ChatRequest.builder("word ".repeat(20_000)).model("auto").build());

        assertThat(large.estimatedTokens()).isGreaterThan(30_000);
        assertThat(ranked(large.toBuilder().prefer(Preference.FAST)))
                .startsWith("k-fast", "g-good")
                .endsWith("g-fast");
    }

    @Test
    void select_lists_areKept() {
        assertThat(ranked(ModelRequest.auto().allow("KIMI"))).containsExactly("k-good", "k-fast", "k-new");
        assertThat(ranked(ModelRequest.auto().deny("kimi/k-good", "g-good"))).startsWith("g-best");
        assertThat(ranked(ModelRequest.auto().allow("glm", "k-fast").deny("glm")))
                .containsExactly("k-fast");
        assertThat(ranked(ModelRequest.named("kimi"))).containsExactly("k-good", "k-fast", "k-new");
    }

    @Test
    void select_pinned_staysWhileItDoesWell() {
        ModelRequest.Builder pinned = ModelRequest.auto().pinnedTo("kimi/k-fast");

        assertThat(ranked(pinned)).startsWith("k-fast", "g-good");
        assertThat(ranked(
                        catalog.with((provider, model) -> model.equals("k-fast") ? Condition.DOWN : Condition.WELL),
                        pinned))
                .startsWith("g-good")
                .endsWith("k-fast");
        assertThat(ranked(pinned.needs(VISION))).as("a need is stronger").containsExactly("g-best");
    }

    @Test
    void select_health_comesBeforePreference() {
        assertThat(ranked(
                        catalog.with((provider, model) -> switch (model) {
                            case "g-good" -> Condition.DOWN;
                            case "k-good" -> Condition.STRAINED;
                            default -> Condition.WELL;
                        }),
                        ModelRequest.auto()))
                .startsWith("g-best")
                .endsWith("k-good", "g-good");
    }

    @Test
    void explain_standard_saysWhyOfEach() {
        ModelRequest request =
                ModelRequest.auto().prefer(Preference.CHEAPEST).deny("g-best").build();
        List<Route> chosen = ModelSelector.standard()
                .select(request, catalog)
                .toCompletableFuture()
                .join();

        List<Verdict> verdicts = ModelSelector.standard().explain(request, catalog, chosen);

        assertThat(verdicts.stream().filter(Verdict::isKept).map(Verdict::route))
                .isEqualTo(chosen);
        assertThat(verdicts)
                .extracting(Verdict::toString)
                .startsWith("kimi/k-good: balanced, $1 in ($1 cached), $1 out a million tokens, 2026-10-01")
                .endsWith("not glm/g-best: denied", "not kimi/k-old: retired, use k-good")
                .hasSize(7);
    }
}
