package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.providers.openai.HttpOptions;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.testkit.contract.provider.ProviderContract;
import dev.exai.testkit.contract.provider.ProviderFeature;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.contract.provider.ProviderRule;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.WireFormat;
import dev.exai.testkit.junit.ContractTests;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The providers that come with the library keep every rule of docs/spec/providers.md. */
class ProviderConformanceTest {
    @TestFactory
    Stream<DynamicTest> glm() {
        return test(ProviderFixture.overHttp(
                WireFormat.GLM,
                (url, key) -> GlmProvider.builder(key).baseUrl(url.toString()).build()));
    }

    @TestFactory
    Stream<DynamicTest> kimi() {
        return test(ProviderFixture.overHttp(
                WireFormat.KIMI,
                (url, key) -> KimiProvider.builder(key).baseUrl(url.toString()).build()));
    }

    @TestFactory
    Stream<DynamicTest> openAiCompatible() {
        return test(ProviderFixture.overHttp(
                WireFormat.OPENAI,
                (url, key) ->
                        OpenAiProvider.builder("local", url.toString(), key).build()));
    }

    @Tag("ci")
    @TestFactory
    Stream<DynamicTest> glm_overTls() {
        return test(secure(WireFormat.GLM, false));
    }

    @Tag("ci")
    @TestFactory
    Stream<DynamicTest> kimi_overTls() {
        return test(secure(WireFormat.KIMI, false));
    }

    @Tag("ci")
    @TestFactory
    Stream<DynamicTest> openAiCompatible_overTls() {
        return test(secure(WireFormat.OPENAI, false));
    }

    @Tag("ci")
    @TestFactory
    Stream<DynamicTest> glm_overTlsAndHttp2() {
        return test(secure(WireFormat.GLM, true));
    }

    @Tag("ci")
    @TestFactory
    Stream<DynamicTest> kimi_overTlsAndHttp2() {
        return test(secure(WireFormat.KIMI, true));
    }

    @Tag("ci")
    @TestFactory
    Stream<DynamicTest> openAiCompatible_overHttp2() {
        return test(ProviderFixture.overServer(
                "openai over HTTP/2",
                EnumSet.allOf(ProviderFeature.class),
                () -> FakeProviderServer.builder(WireFormat.OPENAI).http2().start(),
                (server, url, key) -> OpenAiProvider.builder("local", url.toString(), key)
                        .http(HttpOptions.builder().http2().build())
                        .build()));
    }

    private static ProviderFixture secure(WireFormat format, boolean http2) {
        return ProviderFixture.overServer(
                format + " over TLS" + (http2 ? " and HTTP/2" : ""),
                EnumSet.allOf(ProviderFeature.class),
                () -> {
                    FakeProviderServer.Builder builder =
                            FakeProviderServer.builder(format).tls();
                    return (http2 ? builder.http2() : builder).start();
                },
                (server, url, key) -> Vendor.secure(format, server, url, key, http2));
    }

    @ParameterizedTest
    @EnumSource
    void spec_everyRule_standsThereAsRequiredOrOptional(ProviderRule rule) throws IOException {
        String number = "R" + Integer.parseInt(rule.name().substring(1));
        String row = "\n| " + number + (rule.isRequired() ? " required |" : " optional |");

        assertThat(Files.readString(DocSnippetsTest.ROOT.resolve("docs/spec/providers.md")))
                .contains(row);
    }

    private static Stream<DynamicTest> test(ProviderFixture fixture) {
        return ContractTests.of(ProviderContract.builder(fixture).build());
    }
}
