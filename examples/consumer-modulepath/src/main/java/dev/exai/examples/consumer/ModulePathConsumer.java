package dev.exai.examples.consumer;

import dev.exai.spi.ProviderFactory;
import java.util.List;
import java.util.ServiceLoader;

/** Uses the published jars from the module path; ends with an error if they are not there as their users expect. */
final class ModulePathConsumer {

    private ModulePathConsumer() {}

    public static void main(String[] args) {
        List<ServiceLoader.Provider<ProviderFactory>> found =
                ServiceLoader.load(ProviderFactory.class).stream().toList();
        for (ServiceLoader.Provider<ProviderFactory> provider : found) {
            Module module = provider.type().getModule();
            if (!module.isNamed() || module.getDescriptor().isAutomatic()) {
                throw new IllegalStateException("no module of its own: " + provider.type());
            }
        }
        List<String> providers =
                found.stream().map(provider -> provider.get().name()).sorted().toList();
        if (!providers.containsAll(List.of("glm", "kimi"))) {
            throw new IllegalStateException("providers missing on the module path: " + providers);
        }
        System.out.println("On the module path: providers " + providers);
    }
}
