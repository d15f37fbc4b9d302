package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AuthenticationException;
import dev.exai.error.RateLimitedException;
import dev.exai.spi.ApiKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VendorApiTest {
    private static final String KEY = "sk-canary-0123456789";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final MockWebServer server = new MockWebServer();
    private OpenAiProvider provider;

    @BeforeEach
    void start() throws Exception {
        server.start();
        provider = OpenAiProvider.builder("local", server.url("/v1").toString(), ApiKey.of(KEY))
                .build();
    }

    @AfterEach
    void stop() {
        provider.close();
        server.close();
    }

    @Test
    void get_answer_isItsText() throws Exception {
        server.enqueue(new MockResponse.Builder().body("{\"a\":1}").build());

        assertThat(provider.api().get("/things", LIMIT).get()).isEqualTo("{\"a\":1}");
        RecordedRequest request = server.takeRequest();
        assertThat(request.getMethod()).isEqualTo("GET");
        assertThat(request.getUrl().encodedPath()).isEqualTo("/v1/things");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY);
    }

    @Test
    void get_errors_areTyped() {
        server.enqueue(new MockResponse.Builder()
                .code(401)
                .body("{\"error\":{\"message\":\"bad " + KEY + "\",\"code\":\"invalid_api_key\"}}")
                .build());
        server.enqueue(new MockResponse.Builder()
                .body("{\"error\":{\"message\":\"slow\",\"code\":\"rate_limit_exceeded\"}}")
                .build());

        assertThatThrownBy(() -> provider.api().get("/things", LIMIT).get())
                .hasCauseExactlyInstanceOf(AuthenticationException.class)
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> provider.api().get("/things", LIMIT).get())
                .hasCauseExactlyInstanceOf(RateLimitedException.class);
    }

    @Test
    void document_thatLooksLikeAnError_isItsText() {
        String text = "{\"error\":{\"message\":\"slow\",\"code\":\"rate_limit_exceeded\"}}";
        server.enqueue(new MockResponse.Builder().body(text).build());
        server.enqueue(new MockResponse.Builder().code(429).body(text).build());

        assertThat(provider.api().document("/files/1/content", LIMIT).join()).isEqualTo(text);
        assertThatThrownBy(
                        () -> provider.api().document("/files/1/content", LIMIT).get())
                .hasCauseExactlyInstanceOf(RateLimitedException.class);
    }

    @Test
    void get_silence_endsAtTheLimit() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());

        assertThatThrownBy(() ->
                        provider.api().get("/things", Duration.ofMillis(100)).get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(AttemptTimeoutException.class);
    }

    @Test
    void cancel_ofAFuture_abortsItsExchange() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        CompletableFuture<List<ListedModel>> models = provider.api().models(LIMIT);
        server.takeRequest();

        assertThat(models.cancel(true)).isTrue();

        // A next question needs a connection of its own, since that of the first was closed and not given back.
        server.enqueue(new MockResponse.Builder().body("{\"data\":[]}").build());
        assertThat(provider.api().models(LIMIT).get()).isEmpty();
        assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(1);
    }

    @Test
    void close_openQuestion_ends() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        CompletableFuture<String> answer = provider.api().post("/things", Map.of("a", 1), LIMIT);
        server.takeRequest();

        provider.close();

        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
    }

    @Test
    void paths_outsideTheBase_areRefused() {
        for (String path : List.of("/../admin", "no-slash", "/a b", "/a?b", "/a#b", "/a/%2e%2e")) {
            assertThatThrownBy(() -> provider.api().get(path, LIMIT)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
