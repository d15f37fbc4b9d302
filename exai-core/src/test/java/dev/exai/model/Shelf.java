package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes catalogues for tests, of providers that are never asked. */
final class Shelf {
    private final Map<String, List<ModelInfo>> models = new LinkedHashMap<>();

    Shelf put(String provider, ModelInfo... all) {
        models.computeIfAbsent(provider, name -> new ArrayList<>()).addAll(List.of(all));
        return this;
    }

    ModelCatalog catalog() {
        List<Provider> providers = new ArrayList<>();
        models.forEach((name, list) -> providers.add(provider(name, List.copyOf(list))));
        return ModelCatalog.of(providers);
    }

    static ModelInfo model(String id, ModelInfo.Tier tier, ModelInfo.Capability... capabilities) {
        return ModelInfo.builder(id).tier(tier).capabilities(capabilities).build();
    }

    private static Provider provider(String name, List<ModelInfo> models) {
        return new Provider() {
            @Override
            public ProviderId id() {
                return ProviderId.of(name);
            }

            @Override
            public List<ModelInfo> catalog() {
                return models;
            }

            @Override
            public Exchange open(ProviderCall call, ReplySink sink) {
                throw new AssertionError("nothing is asked here");
            }
        };
    }
}
