package dev.exai.testkit.storm;

import dev.exai.context.Scheduler;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelRequest;
import dev.exai.model.ModelSelector;
import dev.exai.model.Route;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A selector that answers late, fails, or never answers; and sees (I13) that it is asked once however many wait, not again
 * while its answer is fresh, and not in a storm when it fails.
 */
final class StormSelector implements ModelSelector {
    /** Less than what the resolver's own times are, so that they may grow, but not go. */
    private static final Duration AFTER_SUCCESS = Duration.ofMinutes(1);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private static final Duration ONE_HANGS = Duration.ofSeconds(10);

    private final Simulation simulation;
    private final InvariantChecks checks;
    private final Random chance;

    /** Whether models go down and come back, which has a selection made anew. */
    private final boolean healthChanges;

    /** Until when each query must not be asked again. */
    private final Map<ModelRequest, Long> quiet = new HashMap<>();

    StormSelector(Simulation simulation, InvariantChecks checks, boolean healthChanges) {
        this.simulation = simulation;
        this.checks = checks;
        this.chance = simulation.random();
        this.healthChanges = healthChanges;
    }

    @Override
    public CompletionStage<List<Route>> select(ModelRequest query, ModelCatalog catalog) {
        checks.userCode("the selector");
        Scheduler clock = simulation.scheduler();
        Long until = quiet.get(query);
        if (until != null && until - clock.nanoTime() > 0) {
            checks.broken("I13", null, "the selector is asked for " + query + " again, too soon");
        }
        keepQuiet(query, ONE_HANGS);
        CompletableFuture<List<Route>> answer = new CompletableFuture<>();
        int kind = chance.nextInt(4);
        if (kind == 0) {
            keepQuiet(query, AFTER_FAILURE);
            answer.completeExceptionally(new StormFailure("the selector's own"));
        } else if (kind > 1) { // at 1 it never answers
            clock.schedule(Duration.ofMillis(chance.nextInt(3_000)), () -> {
                if (healthChanges) {
                    quiet.remove(query);
                } else {
                    keepQuiet(query, AFTER_SUCCESS);
                }
                answer.complete(List.of(catalog.find(chance.nextBoolean() ? "glm-standard" : "kimi-standard")));
            });
        }
        return answer;
    }

    private void keepQuiet(ModelRequest query, Duration time) {
        quiet.put(query, simulation.scheduler().nanoTime() + time.toNanos());
    }
}
