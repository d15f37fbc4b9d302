package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatRequest;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.openai.HttpOptions;
import dev.exai.session.Session;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.WireFormat;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** I8, I9: over HTTP/2, where all share a connection, one call that is cancelled leaves the others be. */
@Timeout(60)
class Http2ProviderTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void cancel_oneOfTwo_leavesTheOther() throws Exception {
        try (FakeProviderServer server =
                FakeProviderServer.builder(WireFormat.GLM).http2().start()) {
            server.script(1, HttpScript.text("par").hang())
                    .script(2, HttpScript.text("whole").complete());
            try (Exai exai = Exai.builder(provider(server.port(), Duration.ofSeconds(15)))
                            .build();
                    Session session = exai.openSession("editor")) {
                ChatCall hung = session.chat(question());
                assertThat(hung.chunks().iterator().hasNext()).isTrue();
                hung.cancel("enough");

                assertThat(session.chat(question()).await().text()).isEqualTo("whole");

                server.awaitNoOpenExchanges(LIMIT);
                assertThat(server.connections()).isEqualTo(1);
                assertThat(exai.snapshot().isIdle()).isTrue();
            }
        }
    }

    @Test
    void connectionInABlackHole_isFoundDeadByItsPings() throws Exception {
        try (FakeProviderServer server =
                FakeProviderServer.builder(WireFormat.GLM).http2().start()) {
            server.script(HttpScript.text("par").hang());
            try (BlackHole between = new BlackHole(server.port());
                    Exai exai = Exai.builder(provider(between.port(), Duration.ofMillis(200)))
                            .build();
                    Session session = exai.openSession("editor")) {
                ChatCall call = session.chat(
                        question(), CallOptions.builder().maxAttempts(1).build());
                assertThat(call.chunks().iterator().hasNext()).isTrue();

                between.swallow();

                assertThatThrownBy(call::await)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("connection lost");
                assertThat(exai.snapshot().isIdle()).isTrue();
            }
        }
    }

    private static ChatRequest question() {
        return ChatRequest.builder("hello").model("glm-4.7").build();
    }

    private static GlmProvider provider(int port, Duration ping) {
        return GlmProvider.builder(ApiKey.of("key.of-a-test"))
                .baseUrl("http://127.0.0.1:" + port + "/api/paas/v4")
                .http(HttpOptions.builder().http2(ping).build())
                .build();
    }
}
