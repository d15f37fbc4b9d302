package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.spi.ModelInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The default selector: each provider's first fitting model, then the second ones, and so on. */
final class CatalogOrderSelector implements ModelSelector {
    static final CatalogOrderSelector INSTANCE = new CatalogOrderSelector();

    private CatalogOrderSelector() {}

    @Override
    public CompletionStage<List<Route>> select(ModelQuery query, ModelCatalog catalog) {
        List<List<Route>> fitting = new ArrayList<>();
        int most = 0;
        for (ProviderId provider : catalog.providers()) {
            List<Route> routes = new ArrayList<>();
            for (ModelInfo model : catalog.models(provider)) {
                if (!model.status().isRetired() && model.capabilities().containsAll(query.needs())) {
                    routes.add(Route.of(provider, model));
                }
            }
            fitting.add(routes);
            most = Math.max(most, routes.size());
        }
        List<Route> ordered = new ArrayList<>();
        for (int rank = 0; rank < most; rank++) {
            for (List<Route> routes : fitting) {
                if (rank < routes.size()) {
                    ordered.add(routes.get(rank));
                }
            }
        }
        return ordered.isEmpty()
                ? CompletableFuture.failedFuture(catalog.notFound(query.toString()))
                : CompletableFuture.completedFuture(List.copyOf(ordered));
    }
}
