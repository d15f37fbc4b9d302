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
        FakeProviderServer glm = scripted(FakeProviderServer.glm(), "GLM");
        FakeProviderServer kimi = scripted(FakeProviderServer.kimi(), "Kimi");
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

    /** The ready-made runs take no answer without the lines that they ask for: so the fakes have them. */
    private static FakeProviderServer scripted(FakeProviderServer server, String name) {
        server.script(answer(name, ""));
        Map<String, String> forms = Map.of(
                "'Cause:'", "\nCause: none was looked for.\nFix: none.",
                "'Verdict:'", "\nVerdict: none, nothing was looked at.",
                "'Findings:'", "\nFindings: none, nothing was looked at.",
                "numbered steps", "\n1. Ask a real model.");
        forms.forEach((asked, form) -> server.script(request -> request.body().contains(asked), answer(name, form)));
        return server;
    }

    private static HttpScript answer(String name, String form) {
        return HttpScript.after(THINKING)
                .text("This is the built-in fake " + name + ", which says the same whatever it is asked. ")
                .text("Set GLM_API_KEY or KIMI_API_KEY to ask a real model." + form)
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
