package dev.exai.providers.glm;

import dev.exai.spi.Provider;
import dev.exai.spi.ProviderFactory;
import java.util.Map;
import java.util.Optional;

/** Makes a {@link GlmProvider} from an environment; found by {@link java.util.ServiceLoader}. */
public final class GlmProviderFactory implements ProviderFactory {
    /** Creates the factory. */
    public GlmProviderFactory() {}

    @Override
    public String name() {
        return GlmProvider.NAME;
    }

    @Override
    public Optional<Provider> create(Map<String, String> environment) {
        return GlmProvider.fromEnvironment(environment).map(provider -> provider);
    }
}
