package dev.exai.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.script.Latency;
import dev.exai.testkit.script.RateModel;
import dev.exai.testkit.time.ManualScheduler;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which request gets which script, and what the limits of a rate model let in, on a clock that stands still. */
@Timeout(60)
class HttpScriptChoiceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualScheduler clock = ManualScheduler.create();
    private final FakeProviderServer server =
            FakeProviderServer.builder(WireFormat.KIMI).clock(clock::nanoTime).start();
    private final HttpClient client = Exchanges.client();

    @AfterEach
    void close() {
        server.close();
    }

    private static HttpScript say(String text) {
        return HttpScript.text(text).complete();
    }

    private String ask(String model) throws Exception {
        return answer(Exchanges.body(model, "hi", false)).body();
    }

    private HttpResponse<String> answer(String body) throws Exception {
        return client.send(Exchanges.request(server, body), BodyHandlers.ofString());
    }

    @Test
    void script_perModelRangeAndTime_theFirstRuleThatMatchesDecides() throws Exception {
        server.script(say("default"))
                .script(2, say("second"))
                .script(1, 3, say("early"))
                .script("fast", say("quick"))
                .script(SECOND, Duration.ofSeconds(2), say("in that second"));

        assertThat(ask("fast")).contains("early");
        assertThat(ask("fast")).contains("second");
        assertThat(ask("slow")).contains("early");
        assertThat(ask("fast")).contains("quick");
        assertThat(ask("slow")).contains("default");
        clock.advance(SECOND);
        assertThat(ask("slow")).contains("in that second");
        clock.advance(SECOND);
        assertThat(ask("slow")).contains("default");
        assertThat(server.requests().get(5).arrival()).isEqualTo(SECOND);
    }

    @Test
    void sometimes_sameSeed_meetsTheSameRequests() throws Exception {
        server.seed(4).sometimes(0.5, say("heads")).script(say("tails"));
        List<String> here = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            here.add(ask("m").contains("heads") ? "heads" : "tails");
        }

        try (FakeProviderServer other = FakeProviderServer.kimi()) {
            other.seed(4).sometimes(0.5, say("heads")).script(say("tails"));
            for (String side : here) {
                assertThat(Exchanges.whole(client, other).body()).contains(side);
            }
        }
        assertThat(here).contains("heads", "tails");
    }

    @Test
    void storm_withRetryAfterAndWithout_saysSo() throws Exception {
        server.storm(1, 1, Duration.ofDays(1)).storm(2, 2, null);

        HttpResponse<String> first = Exchanges.stream(client, server);
        HttpResponse<String> second = Exchanges.stream(client, server);

        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.headers().allValues("Retry-After")).containsExactly("86400");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().map()).doesNotContainKeys("retry-after", "x-retry-after", "msh-cooldown-seconds");
        assertThat(Exchanges.stream(client, server).statusCode()).isEqualTo(200);
    }

    @Test
    void rates_kimi_reservePromptAndLimitAtAdmissionForAMinute() throws Exception {
        server.rates(RateModel.kimi(9, 9, 2_000));
        String large = "{\"model\":\"m\",\"max_completion_tokens\":1990,\"messages\":[{\"role\":\"user\",\"content\":"
                + "\"twelve chars\"}]}";
        assertThat(answer(large).statusCode()).isEqualTo(200);

        HttpResponse<String> refused = answer(large);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("max TPM: 2000", "rate_limit_reached_error");
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.headers().firstValue("Msh-Cooldown-Seconds")).contains("1");
        clock.advance(Duration.ofSeconds(59));
        assertThat(answer(large).statusCode()).isEqualTo(429);
        clock.advance(SECOND);
        assertThat(answer(large).statusCode()).isEqualTo(200);
        assertThat(server.refused()).isEqualTo(2);
        assertThat(server.opened()).isEqualTo(2);
    }

    @Test
    void rates_requestsADay_areRefusedByTheirOwnNames() throws Exception {
        server.rates(RateModel.kimi(9, 1, 1_000_000).retryAfter(null));
        ask("m");
        HttpResponse<String> refused = answer(Exchanges.body("m", "hi", true));
        assertThat(refused.body()).contains("max RPM: 1");
        assertThat(refused.headers().firstValue("Retry-After")).isEmpty();

        server.rates(RateModel.unlimited().tokensPerDay(5));
        assertThat(ask("m")).contains("max TPD: 5");
        server.rates(RateModel.unlimited());
        assertThat(ask("m")).contains("ok");
    }

    @Test
    void rates_glm_refuseWithoutSayingWhenToComeBack() throws Exception {
        try (FakeProviderServer glm = FakeProviderServer.glm()) {
            glm.rates(RateModel.unlimited().requestsPerMinute(1));
            Exchanges.whole(client, glm);

            HttpResponse<String> refused = Exchanges.whole(client, glm);

            assertThat(refused.body()).contains("\"1303\"");
            assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
        }
    }

    @Test
    void withdraw_model_isNeitherListedNorAnswered() throws Exception {
        assertThat(ask("kimi-k3")).contains("ok");

        server.withdraw("kimi-k3");

        assertThat(ask("kimi-k3")).contains("resource_not_found_error");
        assertThat(ask("kimi-k2.6")).contains("ok");
        assertThat(client.send(
                                java.net.http.HttpRequest.newBuilder(java.net.URI.create(server.baseUrl() + "/models"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body())
                .contains("kimi-k2.6")
                .doesNotContain("kimi-k3\"");
    }

    @Test
    void after_latency_isSampledAndTokensComeAtARate() throws Exception {
        server.script(HttpScript.after(Latency.uniform(Duration.ofMillis(1), Duration.ofMillis(2)))
                .tokens(20, 2_000)
                .tokens(2, Latency.fixed(Duration.ofMillis(1)))
                .complete());

        assertThat(ask("m")).contains("tok tok ", "\"completion_tokens\":22");
    }

    @Test
    void error_unknownName_isRefusedWhenItIsSet() {
        assertThatThrownBy(() -> server.script(HttpScript.error("1302")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no error '1302'")
                .hasMessageContaining("engine_overloaded_error");
    }

    @Test
    void counts_asJson_areForAnyClient() throws Exception {
        ask("a \"model\"");

        HttpResponse<String> counts = client.send(
                java.net.http.HttpRequest.newBuilder(server.baseUrl().resolve("/_fake/counts"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(counts.body())
                .startsWith("{\"open\":0,\"in_flight\":0,\"max_in_flight\":1,\"opened\":1,\"completed\":1,")
                .contains("\"a \\\"model\\\"\":{\"open\":0");
        assertThat(JsonReader.read(counts.body())).isNotNull();
        assertThat(server.requests()).hasSize(1);
    }
}
