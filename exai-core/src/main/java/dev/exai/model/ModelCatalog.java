package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.error.ModelNotFoundException;
import dev.exai.resilience.Condition;
import dev.exai.resilience.HealthView;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The models of all providers, in the order that the providers were given, and each provider's own order. Immutable.
 */
public final class ModelCatalog {
    private final Map<ProviderId, List<ModelInfo>> models;
    private final List<ProviderId> providers;
    private final Map<ProviderId, List<Route>> routes;
    private final List<Route> all;
    private final Map<String, Route> byName;

    /** The first model that is offered of each line; also of each provider, whose name is that of a line of all it has. */
    private final Map<String, Route> lines;

    private final HealthView health;

    private ModelCatalog(Map<ProviderId, List<ModelInfo>> models) {
        this.models = models;
        this.providers = List.copyOf(models.keySet());
        Map<ProviderId, List<Route>> byProvider = new HashMap<>();
        List<Route> inOrder = new ArrayList<>();
        models.forEach((provider, list) -> {
            List<Route> own =
                    list.stream().map(model -> Route.of(provider, model)).toList();
            byProvider.put(provider, own);
            inOrder.addAll(own);
        });
        this.routes = byProvider;
        this.all = List.copyOf(inOrder);
        this.byName = new HashMap<>();
        this.lines = new HashMap<>();
        this.health = HealthView.allWell();
        // An id is never hidden by an alias of another model, nor an alias by the name of a line.
        all.forEach(route -> name(route, route.model().id()));
        all.forEach(route -> route.model().aliases().forEach(alias -> name(route, alias)));
        all.forEach(route -> {
            if (!route.model().status().isRetired()) {
                lines.putIfAbsent(key(route.model().family()), route);
                lines.putIfAbsent(key(route.provider() + "/" + route.model().family()), route);
                lines.putIfAbsent(key(route.provider().value()), route);
            }
        });
    }

    private ModelCatalog(ModelCatalog that, HealthView health) {
        this.models = that.models;
        this.providers = that.providers;
        this.routes = that.routes;
        this.all = that.all;
        this.byName = that.byName;
        this.lines = that.lines;
        this.health = health;
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

    /**
     * {@return this catalogue with what is known of how its models do}
     *
     * @param view how they do
     */
    public ModelCatalog with(HealthView view) {
        return new ModelCatalog(this, Objects.requireNonNull(view, "view"));
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** {@return the providers, in order of preference} */
    public List<ProviderId> providers() {
        return providers;
    }

    /** {@return all models, in the order of the providers and of each one's preference, retired ones too} */
    public List<Route> routes() {
        return all;
    }

    /** The models of a provider that is here, in its own order. */
    List<Route> routes(ProviderId provider) {
        return routes.getOrDefault(provider, List.of());
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
     * {@return how a model does; {@link Condition#WELL} in a catalogue that was told nothing of that}
     *
     * @param route the model
     */
    public Condition condition(Route route) {
        return health.condition(route.provider(), route.model().id());
    }

    /** {@return whether a name stands for a line of models, or all of a provider, and for no single model} */
    boolean isLine(String name) {
        return !byName.containsKey(key(name)) && lines.containsKey(key(name));
    }

    /**
     * {@return the model that a name stands for}
     *
     * <p>A name is a model's id, an alias, or the name of a line of models or of a provider, which stands for the first of the line that is
     * offered still; upper or lower case, optionally as {@code provider/name}. An id that the catalogue does not have is passed through with conservative assumptions where its provider is certain: it is
     * named, or is the only one.
     *
     * @param name the name
     * @throws ModelNotFoundException if there is no such model
     */
    public Route find(String name) {
        Route known = byName.get(key(name));
        if (known == null) {
            known = lines.get(key(name));
        }
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
