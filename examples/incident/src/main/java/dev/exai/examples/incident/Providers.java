package dev.exai.examples.incident;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;

/** The two fake servers, and real clients of them. */
final class Providers implements AutoCloseable {
    /** What a hung GLM call is worth: the "180 s" of the incident, scaled down. */
    static final Duration HANG_LIMIT = Duration.ofMillis(450);

    static final String HANG = "please hang";

    final FakeProviderServer glmServer = FakeProviderServer.glm();
    final FakeProviderServer kimiServer = FakeProviderServer.kimi();

    Providers() {
        HttpScript quick =
                HttpScript.after(Duration.ofMillis(30)).text("hel").text("lo").complete();
        glmServer.script(quick).script(request -> request.promptText().contains(HANG), HttpScript.hang());
        kimiServer.script(quick).script(request -> request.promptText().contains(HANG), HttpScript.hang());
    }

    Provider glm() {
        return GlmProvider.builder(ApiKey.of("demo.key"))
                .baseUrl(glmServer.baseUrl().toString())
                .build();
    }

    Provider kimi() {
        return KimiProvider.builder(ApiKey.of("sk-demo"))
                .baseUrl(kimiServer.baseUrl().toString())
                .build();
    }

    @Override
    public void close() {
        glmServer.close();
        kimiServer.close();
    }
}
