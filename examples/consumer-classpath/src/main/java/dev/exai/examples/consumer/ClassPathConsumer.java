package dev.exai.examples.consumer;

import dev.exai.spi.ProviderFactory;
import java.util.List;
import java.util.ServiceLoader;

/** Uses the published jars from the class path; ends with an error if they are not there as their users expect. */
final class ClassPathConsumer {

    private ClassPathConsumer() {}

    public static void main(String[] args) {
        if (ProviderFactory.class.getModule().isNamed()) {
            throw new IllegalStateException("not on the class path: " + ProviderFactory.class.getModule());
        }
        List<String> providers = ServiceLoader.load(ProviderFactory.class).stream()
                .map(provider -> provider.get().name())
                .sorted()
                .toList();
        if (!providers.containsAll(List.of("glm", "kimi"))) {
            throw new IllegalStateException("providers missing on the class path: " + providers);
        }
        System.out.println("On the class path: providers " + providers);
    }
}
