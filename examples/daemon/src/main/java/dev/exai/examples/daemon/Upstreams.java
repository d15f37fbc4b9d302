package dev.exai.examples.daemon;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderFactory;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The providers that a daemon serves: those that have a key, or, where none has, fake ones on loopback sockets. */
final class Upstreams implements AutoCloseable {
    private static final Duration THINKING = Duration.ofMillis(50);

    private final List<Provider> providers;
    private final List<FakeProviderServer> fakes;

    private Upstreams(List<Provider> providers, List<FakeProviderServer> fakes) {
        this.providers = List.copyOf(providers);
        this.fakes = List.copyOf(fakes);
    }

    static Upstreams of(Map<String, String> environment) {
        List<Provider> real = new ArrayList<>();
        for (ProviderFactory factory : ServiceLoader.load(ProviderFactory.class)) {
            factory.create(environment).ifPresent(real::add);
        }
        return real.isEmpty() ? fake() : new Upstreams(real, List.of());
    }

    private static Upstreams fake() {
        FakeProviderServer glm = FakeProviderServer.glm().script(answer("GLM"));
        FakeProviderServer kimi = FakeProviderServer.kimi().script(answer("Kimi"));
        return new Upstreams(
                List.of(
                        GlmProvider.builder(ApiKey.of("no.key"))
                                .baseUrl(glm.baseUrl().toString())
                                .build(),
                        KimiProvider.builder(ApiKey.of("sk-none"))
                                .baseUrl(kimi.baseUrl().toString())
                                .build()),
                List.of(glm, kimi));
    }

    private static HttpScript answer(String name) {
        return HttpScript.after(THINKING)
                .text("This is the built-in fake " + name + ", which says the same whatever it is asked. ")
                .text("Set GLM_API_KEY or KIMI_API_KEY to ask a real model.")
                .complete();
    }

    List<Provider> providers() {
        return providers;
    }

    boolean areFake() {
        return !fakes.isEmpty();
    }

    /** Ends the fake servers; the providers are their user's to close. */
    @Override
    public void close() {
        fakes.forEach(FakeProviderServer::close);
    }
}
