package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.TestCertificate;
import dev.exai.testkit.http.WireFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OkHttp speaks HTTP/2 to the fake servers: known beforehand, and over TLS. */
@Timeout(60)
class Http2ClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String BODY =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private static Request ask(FakeProviderServer server) {
        return new Request.Builder()
                .url(server.baseUrl() + "/chat/completions")
                .header("Authorization", "Bearer " + Vendor.KEY)
                .post(RequestBody.create(BODY, MediaType.get("application/json")))
                .build();
    }

    private static void close(OkHttpClient client) {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    @Test
    void knownBeforehand_streamAndCancel_reachTheServer() throws Exception {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .readTimeout(LIMIT)
                .build();
        try (FakeProviderServer server =
                FakeProviderServer.builder(WireFormat.GLM).http2().start()) {
            server.script(2, HttpScript.text("par").hang());
            try (Response response = client.newCall(ask(server)).execute()) {
                assertThat(response.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
                assertThat(response.body().string()).endsWith("data: [DONE]\n\n");
            }
            Call hung = client.newCall(ask(server));
            try (Response response = hung.execute()) {
                assertThat(response.body().source().readUtf8Line()).contains("par");
                hung.cancel();
                assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
            }

            server.awaitNoOpenExchanges(LIMIT);
            assertThat(server.abortedByClient()).isEqualTo(1);
            assertThat(server.connections()).isEqualTo(1);
        } finally {
            close(client);
        }
    }

    @Test
    void overTls_bothProtocols_areNegotiated() throws Exception {
        for (boolean http2 : new boolean[] {false, true}) {
            FakeProviderServer.Builder builder =
                    FakeProviderServer.builder(WireFormat.KIMI).tls();
            try (FakeProviderServer server = (http2 ? builder.http2() : builder).start()) {
                TestCertificate certificate = server.certificate().orElseThrow();
                OkHttpClient client = new OkHttpClient.Builder()
                        .sslSocketFactory(certificate.clientContext().getSocketFactory(), certificate.trustManager())
                        .build();
                try (Response response = client.newCall(ask(server)).execute()) {
                    assertThat(response.protocol()).isEqualTo(http2 ? Protocol.HTTP_2 : Protocol.HTTP_1_1);
                    assertThat(response.body().string()).endsWith("data: [DONE]\n\n");
                } finally {
                    close(client);
                }
            }
        }
    }
}
