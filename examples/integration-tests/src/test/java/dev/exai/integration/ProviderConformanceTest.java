package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.testkit.contract.provider.ProviderContract;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.contract.provider.ProviderRule;
import dev.exai.testkit.http.WireFormat;
import dev.exai.testkit.junit.ProviderContractTests;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
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

    @ParameterizedTest
    @EnumSource
    void spec_everyRule_standsThereAsRequiredOrOptional(ProviderRule rule) throws IOException {
        String number = "R" + Integer.parseInt(rule.name().substring(1));
        String row = "\n| " + number + (rule.isRequired() ? " required |" : " optional |");

        assertThat(Files.readString(DocSnippetsTest.ROOT.resolve("docs/spec/providers.md")))
                .contains(row);
    }

    private static Stream<DynamicTest> test(ProviderFixture fixture) {
        return ProviderContractTests.of(ProviderContract.builder(fixture).build());
    }
}
