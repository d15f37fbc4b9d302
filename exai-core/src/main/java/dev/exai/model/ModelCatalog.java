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

/**
 * The models of all providers, in the order that the providers were given, and each provider's own order. Immutable.
 */
public final class ModelCatalog {
    private final Map<ProviderId, List<ModelInfo>> models;
    private final Map<String, Route> byName = new HashMap<>();

    private ModelCatalog(Map<ProviderId, List<ModelInfo>> models) {
        this.models = models;
        models.forEach((provider, list) -> list.forEach(model -> {
            Route route = Route.of(provider, model);
            List<String> names = new ArrayList<>(model.aliases());
            names.add(0, model.id());
            for (String name : names) {
                byName.putIfAbsent(key(name), route);
                byName.putIfAbsent(key(provider + "/" + name), route);
            }
        }));
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
     * <p>A name is a model's id or alias, upper or lower case, optionally as {@code provider/name}. An id that the
     * catalogue does not have is passed through with conservative assumptions where its provider is certain: it is
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
