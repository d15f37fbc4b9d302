package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.RejectedException;
import dev.exai.message.ChatRequest;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application may choose of how it is sent, and what stays whatever it chooses. */
@Timeout(30)
class HttpOptionsTest {
    private static final String ANSWER = "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},"
            + "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private final MockWebServer server = new MockWebServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void http2_withoutTls_isSpokenUnasked() throws Exception {
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        server.start();
        enqueue(2);
        try (OpenAiProvider provider = provider(HttpOptions.builder().http2().build())) {
            assertThat(ask(provider)).isEqualTo("ok");
            assertThat(ask(provider)).isEqualTo("ok");
        }

        assertThat(server.takeRequest().getVersion()).contains("2");
        assertThat(server.takeRequest().getConnectionIndex()).isZero();
    }

    @Test
    void proxy_isAskedForTheUrl() throws Exception {
        server.start();
        enqueue(1);
        Proxy proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", server.getPort()));
        try (OpenAiProvider provider = OpenAiProvider.builder("local", "http://vendor.invalid/v1", ApiKey.of("none"))
                .http(HttpOptions.builder().proxy(proxy).build())
                .build()) {
            assertThat(ask(provider)).isEqualTo("ok");
        }

        assertThat(server.takeRequest().getRequestLine()).startsWith("POST http://vendor.invalid/v1/chat/completions");
    }

    @Test
    void client_ofTheApplication_isUsedButNotItsRedirectsAndTimeouts() throws Exception {
        server.start();
        AtomicInteger asked = new AtomicInteger();
        OkHttpClient own = new OkHttpClient.Builder()
                .followRedirects(true)
                .callTimeout(Duration.ofMillis(1))
                .addInterceptor(chain -> {
                    asked.incrementAndGet();
                    return chain.proceed(chain.request());
                })
                .build();
        enqueue(1);
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .addHeader("Location", server.url("/elsewhere"))
                .build());
        try (OpenAiProvider provider =
                provider(HttpOptions.builder().client(own).build())) {
            assertThat(ask(provider)).isEqualTo("ok");
            ReplyRecorder redirected = new ReplyRecorder();
            provider.open(Calls.of(ChatRequest.of("q")), redirected);
            redirected.failed(RejectedException.class);
        }

        assertThat(asked).hasValue(2);
        assertThat(server.getRequestCount()).isEqualTo(2); // the key went nowhere else
        assertThat(own.connectionPool().connectionCount()).isZero();
    }

    @Test
    void userAgent_ofTheApplication_standsBeforeOurs() throws Exception {
        server.start();
        enqueue(1);
        try (OpenAiProvider provider =
                provider(HttpOptions.builder().userAgent("my-agent/1.0").build())) {
            ask(provider);
        }

        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("User-Agent")).startsWith("my-agent/1.0 exai/");
    }

    @Test
    void builder_nonsense_isRefused() {
        assertThatThrownBy(() -> HttpOptions.builder().userAgent("a\nb")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpOptions.builder().http2(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void enqueue(int times) {
        for (int i = 0; i < times; i++) {
            server.enqueue(new MockResponse.Builder().body(ANSWER).build());
        }
    }

    private OpenAiProvider provider(HttpOptions options) {
        return OpenAiProvider.builder("local", server.url("/v1").toString(), ApiKey.of("none"))
                .http(options)
                .build();
    }

    private static String ask(OpenAiProvider provider) throws InterruptedException {
        ReplyRecorder sink = new ReplyRecorder();
        provider.open(Calls.of(ChatRequest.of("q")), sink);
        sink.completed();
        return sink.text();
    }
}
