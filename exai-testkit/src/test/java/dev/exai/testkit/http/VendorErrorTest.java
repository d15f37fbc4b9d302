package dev.exai.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class VendorErrorTest {
    private final HttpClient client = Exchanges.client();

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void error_eachOfTheVendors_isSentWithItsStatusAndWords(WireFormat format) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.start(format, 0)) {
            for (VendorError error : format.errors()) {
                server.script(HttpScript.error(error.name()));

                HttpResponse<String> stream = Exchanges.stream(client, server);

                assertThat(stream.statusCode()).as(error.name()).isEqualTo(error.status());
                assertThat(stream.body()).as(error.name()).contains(error.message());
            }
        }
    }

    @Test
    void error_glm_hasItsCodeAsAString() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.glm()) {
            server.script(HttpScript.error("1305:529"));
            assertThat(Exchanges.stream(client, server).body()).contains("{\"error\":{\"code\":\"1305\",");

            server.script(HttpScript.error("1001:success-false"));
            assertThat(Exchanges.stream(client, server).body()).contains("\"code\":1001", "\"success\":false");

            server.script(HttpScript.text("par").breakOffWith("1234"));
            assertThat(Exchanges.stream(client, server).body())
                    .contains("\"content\":\"par\"")
                    .endsWith("please contact customer service\"}}\n\n");
        }
    }

    @Test
    void error_kimi_saysWhenToComeBackOnlyForItsOwnLimits() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.kimi()) {
            List<String> waits = new ArrayList<>();
            for (VendorError error : WireFormat.KIMI.errors()) {
                server.script(HttpScript.error(error.name()));
                Exchanges.stream(client, server)
                        .headers()
                        .firstValue("Retry-After")
                        .ifPresent(seconds -> waits.add(error.name()));
            }
            assertThat(waits)
                    .containsExactly(
                            "rate_limit_reached_error:concurrency",
                            "rate_limit_reached_error:RPM",
                            "rate_limit_reached_error:TPM",
                            "rate_limit_reached_error:TPD");
        }
    }
}
