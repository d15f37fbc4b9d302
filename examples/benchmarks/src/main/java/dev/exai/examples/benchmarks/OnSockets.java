package dev.exai.examples.benchmarks;

import dev.exai.context.ProviderId;
import dev.exai.message.ChatRequest;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What calls promise, over real sockets to fake servers in this JVM. In virtual time the same figures are exact, and
 * asserted by tests; here the machine, its scheduler and its TCP have their share.
 */
final class OnSockets {
    static final ProviderId GLM = ProviderId.of("glm");
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private OnSockets() {}

    static List<Figure> figures(Scale scale) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.addAll(Overrun.figures(scale));
        figures.addAll(CancelCost.figures(scale));
        figures.addAll(HungGlm.figures(scale));
        figures.addAll(SameWork.figures(scale));
        return figures;
    }

    static Provider glm(String baseUrl) {
        return GlmProvider.builder(ApiKey.of("benchmark")).baseUrl(baseUrl).build();
    }

    static Provider kimi(FakeProviderServer server) {
        return KimiProvider.builder(ApiKey.of("benchmark"))
                .baseUrl(server.baseUrl().toString())
                .build();
    }

    static ChatRequest askGlm() {
        return ChatRequest.builder("hello").model("glm-4.7").build();
    }

    static ChatRequest askKimi() {
        return ChatRequest.builder("hello").model("kimi-k2.6").build();
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }
}
