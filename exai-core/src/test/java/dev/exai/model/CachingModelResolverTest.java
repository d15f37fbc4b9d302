package dev.exai.model;

import static dev.exai.spi.ModelInfo.Tier.BALANCED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.InternalErrorException;
import dev.exai.message.ChatRequest;
import dev.exai.model.Explanation.Source;
import dev.exai.resilience.Condition;
import dev.exai.resilience.HealthView;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I13 the cache of choices")
class CachingModelResolverTest {
    private static final ModelRequest AUTO = ModelRequest.auto().build();

    private final FakeScheduler clock = new FakeScheduler();
    private final List<CompletableFuture<List<Route>>> asked = new ArrayList<>();
    private final ModelCatalog catalog = new Shelf()
            .put("glm", Shelf.model("a", BALANCED), Shelf.model("b", BALANCED, Capability.FUNCTIONS))
            .put(
                    "kimi",
                    ModelInfo.builder("old")
                            .status(ModelStatus.retired(null, "a"))
                            .build())
            .catalog();
    private HealthView health = HealthView.allWell();
    private final ModelResolver resolver = ModelResolver.caching(
            catalog,
            (request, known) -> {
                CompletableFuture<List<Route>> answer = new CompletableFuture<>();
                asked.add(answer);
                return answer;
            },
            () -> health,
            clock,
            Runnable::run,
            Runnable::run);

    private CompletableFuture<Resolution> resolve(ModelRequest request, Duration within) {
        return resolver.resolve(request, Deadline.after(within, clock));
    }

    private CompletableFuture<Resolution> resolve() {
        return resolve(AUTO, Duration.ofMinutes(20));
    }

    private void answer(int number, String model) {
        asked.get(number - 1).complete(List.of(catalog.find(model)));
    }

    private void fail(int number) {
        asked.get(number - 1).completeExceptionally(new IllegalStateException("the service is down"));
    }

    private static String first(CompletableFuture<Resolution> resolution) {
        assertThat(resolution).isDone();
        return resolution.join().first().model().id();
    }

    @Test
    void resolve_thousandMissesOfOneRequest_oneLoad() {
        List<CompletableFuture<Resolution>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(resolve());
        }
        answer(1, "a");

        assertThat(all).allSatisfy(each -> assertThat(first(each)).isEqualTo("a"));
        assertThat(asked).hasSize(1);
        assertThat(resolver.statistics().misses()).isEqualTo(1_000);
        assertThat(resolver.statistics().loads()).isEqualTo(1);
    }

    @Test
    @DisplayName("a load that never answers makes none of those wait who can be served an older answer")
    void resolve_loadNeverAnswers_oldAnswerServesAtOnce() {
        resolve();
        answer(1, "a");
        clock.advance(Duration.ofMinutes(5));

        for (int i = 0; i < 100; i++) {
            assertThat(first(resolve())).isEqualTo("a");
        }
        assertThat(asked).as("asked again, once").hasSize(2);
        clock.advance(Duration.ofSeconds(30));
        assertThat(first(resolve())).as("after the load's own limit too").isEqualTo("a");
        assertThat(asked).as("and not asked again for a while").hasSize(2);
        clock.advance(Duration.ofSeconds(10));
        assertThat(first(resolve())).isEqualTo("a");
        assertThat(asked).hasSize(3);
        answer(3, "b");
        assertThat(first(resolve())).isEqualTo("b");
        answer(2, "a");
        assertThat(first(resolve()))
                .as("what comes after its limit is not kept")
                .isEqualTo("b");
    }

    @Test
    void resolve_selectorFailsAgainAndAgain_isAskedLessAndLess() {
        resolve();
        answer(1, "a");
        clock.advance(Duration.ofMinutes(5));
        List<Integer> askedAfterMinutes = new ArrayList<>();
        for (int minute = 0; minute < 30; minute++) {
            for (int second = 0; second < 60; second++) {
                assertThat(first(resolve())).isEqualTo("a");
                int last = asked.size();
                if (!asked.get(last - 1).isDone()) {
                    fail(last);
                }
                clock.advance(Duration.ofSeconds(1));
            }
            askedAfterMinutes.add(asked.size() - 1);
        }

        assertThat(askedAfterMinutes.get(0)).as("10 s, then 20, then 40").isEqualTo(3);
        assertThat(askedAfterMinutes.get(29)).as("at most every 320 s").isBetween(8, 11);
        assertThat(resolver.statistics().failures()).isEqualTo(asked.size() - 1);
        answerNext("b");
        assertThat(first(resolve())).isEqualTo("b");
    }

    private void answerNext(String model) {
        int before = asked.size();
        for (int second = 0; second < 400 && asked.size() == before; second++) {
            clock.advance(Duration.ofSeconds(1));
            resolve();
        }
        answer(asked.size(), model);
    }

    @Test
    void resolve_neverAnyGood_failureServesUntilItIsTriedAgain() {
        CompletableFuture<Resolution> first = resolve();
        fail(1);

        assertThatThrownBy(first::join).cause().isInstanceOf(InternalErrorException.class);
        assertThat(resolve()).isCompletedExceptionally();
        assertThat(asked).hasSize(1);
        assertThat(resolver.explain(AUTO).source()).isEqualTo(Source.FAILED);
        clock.advance(Duration.ofSeconds(10));
        CompletableFuture<Resolution> later = resolve();
        assertThat(asked).hasSize(2);
        answer(2, "a");
        assertThat(first(later)).isEqualTo("a");
    }

    @Test
    void resolve_oneWaiterLeavesOrIsLate_loadStaysWithTheOthers() {
        CompletableFuture<Resolution> late = resolve(AUTO, Duration.ofSeconds(1));
        CompletableFuture<Resolution> leaves = resolve();
        CompletableFuture<Resolution> stays = resolve();

        leaves.cancel(false);
        clock.advance(Duration.ofSeconds(1));

        assertThatThrownBy(late::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(DeadlineExceededException.class);
        answer(1, "a");
        assertThat(first(stays)).isEqualTo("a");
        assertThat(asked).hasSize(1);
    }

    @Test
    void refresh_healthChanged_oldServesOnceThenNew() {
        ModelResolver ranked = ModelResolver.caching(
                catalog, ModelSelector.standard(), () -> health, clock, Runnable::run, Runnable::run);
        assertThat(first(ranked.resolve(AUTO, Deadline.after(Duration.ofMinutes(1), clock))))
                .isEqualTo("a");

        health = (provider, model) -> model.equals("a") ? Condition.DOWN : Condition.WELL;
        ranked.refresh();

        assertThat(first(ranked.resolve(AUTO, Deadline.after(Duration.ofMinutes(1), clock))))
                .as("nobody waits for the new one")
                .isEqualTo("a");
        assertThat(first(ranked.resolve(AUTO, Deadline.after(Duration.ofMinutes(1), clock))))
                .isEqualTo("b");
        assertThat(ranked.explain(AUTO).toString())
                .contains("fresh, 0 s old")
                .contains("1. glm/b: balanced")
                .contains("2. glm/a: balanced, down")
                .contains("not kimi/old: retired, use a");
    }

    @Test
    void refresh_whileALoadRuns_itsAnswerIsMadeAnewSoon() {
        CompletableFuture<Resolution> waits = resolve();
        resolver.refresh();
        answer(1, "a");

        assertThat(first(waits)).isEqualTo("a");
        assertThat(first(resolve())).isEqualTo("a");
        assertThat(asked).hasSize(2);
    }

    @Test
    void invalidate_whileALoadRuns_itsAnswerIsNotKept() {
        CompletableFuture<Resolution> waits = resolve();
        resolver.invalidate();
        answer(1, "a");

        assertThat(first(waits)).as("who waited is served").isEqualTo("a");
        assertThat(resolve()).isNotDone();
        assertThat(asked).hasSize(2);
    }

    @Test
    void resolve_manyRequests_theCacheIsBoundedAndKeepsWhatIsUsed() {
        resolve();
        answer(1, "a");
        for (int i = 1; i <= 3_000; i++) {
            resolve(ModelRequest.auto().minimumContext(i).build(), Duration.ofMinutes(1));
            answer(asked.size(), "b");
            resolve();
        }

        ResolverStatistics statistics = resolver.statistics();
        assertThat(statistics.entries()).isEqualTo(1_000);
        assertThat(statistics.evictions()).isEqualTo(2_001);
        assertThat(asked).as("what is used all the time was never let go").hasSize(3_001);
        assertThat(statistics.hits()).isEqualTo(3_000);
        assertThat(clock.pending()).as("no timer of one that is gone").isEqualTo(1_000);
        resolver.invalidate();
        assertThat(clock.pending()).isZero();
    }

    @Test
    void resolve_named_waitsForNothingAndSaysWhatIsAmiss() {
        resolve();
        ModelRequest old = ModelRequest.of(ChatRequest.builder("x").model("old").build());

        Resolution named = resolve(old, Duration.ofSeconds(1)).join();

        assertThat(named.notes()).containsExactly("kimi/old is retired, use a");
        assertThat(named.candidates()).hasSize(1);
        Resolution blind = resolve(
                        ModelRequest.named("b").needs(Capability.VISION).build(), Duration.ofSeconds(1))
                .join();
        assertThat(blind.first().model().id()).isEqualTo("b");
        assertThat(blind.notes()).containsExactly("glm/b is not known to be able to do what this needs: vision");
        assertThat(resolver.explain(old).source()).isEqualTo(Source.LOOKED_UP);
    }

    @Test
    void resolve_namedWithFallBack_othersFollow() {
        assertThat(resolve(ModelRequest.named("b").fallBack(true).build(), Duration.ofSeconds(1))
                        .join()
                        .candidates())
                .extracting(Route::toString)
                .containsExactly("glm/b", "glm/a");
        assertThat(asked).as("nobody was asked for that").isEmpty();
    }

    @Test
    void replaceCatalog_newModels_areChosenFrom() {
        ModelResolver ranked =
                ModelResolver.caching(catalog, ModelSelector.standard(), clock, Runnable::run, Runnable::run);
        Deadline deadline = Deadline.after(Duration.ofMinutes(1), clock);
        assertThat(first(ranked.resolve(AUTO, deadline))).isEqualTo("a");

        ranked.replaceCatalog(
                catalog.with(CatalogChanges.builder().hide("glm", "a").build()));

        assertThat(first(ranked.resolve(AUTO, deadline))).isEqualTo("b");
    }
}
