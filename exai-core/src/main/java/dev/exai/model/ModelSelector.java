package dev.exai.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Chooses models for "auto". Safe for use by many threads.
 *
 * <p>A selector may ask a service: it runs on the executor for user code, once for all callers that wait for the same
 * request, under no permit, and its answer is cached.
 */
@FunctionalInterface
public interface ModelSelector {
    /**
     * Chooses.
     *
     * @param request what is wanted
     * @param catalog what there is, and how it does
     * @return the models in order of preference, at least one; or a failure
     */
    CompletionStage<List<Route>> select(ModelRequest request, ModelCatalog catalog);

    /**
     * Says of each model why it was chosen or not. It is asked right after {@link #select}, for people to read, and may
     * not take long.
     *
     * @param request what is wanted
     * @param catalog what there is, and how it does
     * @param chosen what was chosen
     * @return the models that were chosen, in order, then the others
     */
    default List<Verdict> explain(ModelRequest request, ModelCatalog catalog, List<Route> chosen) {
        List<Verdict> all = new ArrayList<>();
        chosen.forEach(route -> all.add(Verdict.kept(route, "chosen by the selector")));
        catalog.routes().forEach(route -> {
            if (!chosen.contains(route)) {
                all.add(Verdict.dropped(route, "not chosen by the selector"));
            }
        });
        return all;
    }

    /**
     * {@return the standard selector: a pure function of request and catalogue, which asks nobody}
     *
     * <p>It takes the models that can do what is needed and are offered still, and puts those first that do well, then
     * those that suit the preference; among equals each provider's first choice in the order of the providers, then
     * their second choices, and so on.
     */
    static ModelSelector standard() {
        return RankingSelector.INSTANCE;
    }
}
