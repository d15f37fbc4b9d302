package dev.exai.providers.kimi;

import dev.exai.spi.Provider;
import dev.exai.spi.ProviderFactory;
import java.util.Map;
import java.util.Optional;

/** Makes a {@link KimiProvider} from an environment; found by {@link java.util.ServiceLoader}. */
public final class KimiProviderFactory implements ProviderFactory {
    /** Creates the factory. */
    public KimiProviderFactory() {}

    @Override
    public String name() {
        return KimiProvider.NAME;
    }

    @Override
    public Optional<Provider> create(Map<String, String> environment) {
        return KimiProvider.fromEnvironment(environment).map(provider -> provider);
    }
}
