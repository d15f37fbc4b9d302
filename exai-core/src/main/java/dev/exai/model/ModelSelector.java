package dev.exai.model;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Chooses models for "auto". Safe for use by many threads.
 *
 * <p>A selector may ask a service: it runs on the executor for user code, once for all callers that wait for the same
 * query, under no permit, and its answer is cached.
 */
@FunctionalInterface
public interface ModelSelector {
    /**
     * Chooses.
     *
     * @param query what is needed
     * @param catalog what there is
     * @return the models in order of preference, at least one; or a failure
     */
    CompletionStage<List<Route>> select(ModelQuery query, ModelCatalog catalog);

    /**
     * {@return the default: a pure function of query and catalogue, which asks nobody} It takes the models that can
     * do what is needed: each provider's first choice, in the order of the providers, then their second choices, and
     * so on.
     */
    static ModelSelector byCatalogOrder() {
        return CatalogOrderSelector.INSTANCE;
    }
}
