package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.error.ModelNotFoundException;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The models of all providers, in the order that the providers were given, and each provider's own order. Immutable.
 */
public final class ModelCatalog {
    private final Map<ProviderId, List<ModelInfo>> models;
    private final Map<String, Route> byName = new HashMap<>();

    private ModelCatalog(Map<ProviderId, List<ModelInfo>> models) {
        this.models = models;
        // An id is never hidden by an alias of another model, nor an alias by the name of a line.
        forEach(route -> name(route, route.model().id()));
        forEach(route -> route.model().aliases().forEach(alias -> name(route, alias)));
        forEach(route -> {
            if (!route.model().status().isRetired()) {
                name(route, route.model().family());
            }
        });
    }

    private void forEach(Consumer<Route> action) {
        models.forEach((provider, list) -> list.forEach(model -> action.accept(Route.of(provider, model))));
    }

    private void name(Route route, String name) {
        byName.putIfAbsent(key(name), route);
        byName.putIfAbsent(key(route.provider() + "/" + name), route);
    }

    /**
     * {@return the catalogue of some providers}
     *
     * @param providers the providers, in order of preference
     */
    public static ModelCatalog of(Collection<? extends Provider> providers) {
        Map<ProviderId, List<ModelInfo>> models = new LinkedHashMap<>();
        providers.forEach(provider -> models.put(provider.id(), List.copyOf(provider.catalog())));
        return new ModelCatalog(models);
    }

    /**
     * {@return this catalogue with what a user knows better} Changes of models of providers that are not here have no
     * effect.
     *
     * @param changes what to add, change and hide
     */
    public ModelCatalog with(CatalogChanges changes) {
        Map<ProviderId, List<ModelInfo>> changed = new LinkedHashMap<>();
        models.forEach((provider, list) -> changed.put(provider, changes.applyTo(provider, list)));
        return new ModelCatalog(changed);
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** {@return the providers, in order of preference} */
    public List<ProviderId> providers() {
        return List.copyOf(models.keySet());
    }

    /**
     * {@return the models of a provider, in its own order; empty if it is not known}
     *
     * @param provider the provider
     */
    public List<ModelInfo> models(ProviderId provider) {
        return models.getOrDefault(provider, List.of());
    }

    /**
     * {@return the model that a name stands for}
     *
     * <p>A name is a model's id, an alias, or the name of a line of models, which stands for the first of the line that is
     * offered still; upper or lower case, optionally as {@code provider/name}. An id that the catalogue does not have is passed through with conservative assumptions where its provider is certain: it is
     * named, or is the only one.
     *
     * @param name the name
     * @throws ModelNotFoundException if there is no such model
     */
    public Route find(String name) {
        Route known = byName.get(key(name));
        if (known != null) {
            return known;
        }
        int slash = name.indexOf('/');
        if (slash > 0 && slash < name.length() - 1) {
            String provider = name.substring(0, slash);
            for (ProviderId id : models.keySet()) {
                if (id.value().equalsIgnoreCase(provider)) {
                    return Route.of(id, ModelInfo.unknown(name.substring(slash + 1)));
                }
            }
        }
        if (models.size() == 1) {
            return Route.of(models.keySet().iterator().next(), ModelInfo.unknown(name));
        }
        throw notFound(name);
    }

    /**
     * {@return what a user of a model should know: that no catalogue has it, or that it is retired; empty if nothing}
     *
     * @param route the model
     */
    public List<String> notes(Route route) {
        ModelInfo model = route.model();
        if (!model.isKnown()) {
            return List.of("no catalogue has " + route + ": it is asked as it is named, with cautious assumptions");
        }
        if (model.status().isRetired()) {
            boolean unsure = model.uncertain().contains(ModelInfo.Fact.STATUS);
            return List.of(route + " is " + model.status() + (unsure ? " (not certain)" : ""));
        }
        return List.of();
    }

    ModelNotFoundException notFound(String asked) {
        List<String> known = new ArrayList<>();
        models.forEach((provider, list) -> list.forEach(model -> known.add(provider + "/" + model.id())));
        return new ModelNotFoundException(asked, known);
    }

    @Override
    public String toString() {
        return "ModelCatalog" + models;
    }
}
