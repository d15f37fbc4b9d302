package dev.exai.integration;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.providers.openai.HttpOptions;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.TestCertificate;
import dev.exai.testkit.http.WireFormat;
import java.net.URI;
import okhttp3.OkHttpClient;

/** A vendor's real client and a fake server of it, for tests that hold for each. */
enum Vendor {
    GLM("glm-4.7") {
        @Override
        FakeProviderServer server() {
            return FakeProviderServer.glm();
        }

        @Override
        Provider client(FakeProviderServer server) {
            return GlmProvider.builder(ApiKey.of(KEY))
                    .baseUrl(server.baseUrl().toString())
                    .build();
        }
    },
    KIMI("kimi-k2.6") {
        @Override
        FakeProviderServer server() {
            return FakeProviderServer.kimi();
        }

        @Override
        Provider client(FakeProviderServer server) {
            return KimiProvider.builder(ApiKey.of(KEY))
                    .baseUrl(server.baseUrl().toString())
                    .build();
        }
    };

    /** A key that must be seen nowhere but in the header that carries it. */
    static final String KEY = "canary0123456789.secretcanary";

    private final String model;

    Vendor(String model) {
        this.model = model;
    }

    String model() {
        return model;
    }

    abstract FakeProviderServer server();

    abstract Provider client(FakeProviderServer server);

    /** {@return a provider that trusts the server's certificate and no other} */
    static Provider secure(WireFormat format, FakeProviderServer server, URI url, ApiKey key, boolean http2) {
        TestCertificate certificate = server.certificate().orElseThrow();
        HttpOptions.Builder http = HttpOptions.builder()
                .client(new OkHttpClient.Builder()
                        .sslSocketFactory(certificate.clientContext().getSocketFactory(), certificate.trustManager())
                        .build());
        HttpOptions options = (http2 ? http.http2() : http).build();
        String base = url.toString();
        return switch (format) {
            case GLM -> GlmProvider.builder(key).baseUrl(base).http(options).build();
            case KIMI -> KimiProvider.builder(key).baseUrl(base).http(options).build();
            case OPENAI ->
                OpenAiProvider.builder("local", base, key).http(options).build();
        };
    }
}
