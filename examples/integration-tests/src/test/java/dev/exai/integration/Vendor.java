package dev.exai.integration;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;

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
}
