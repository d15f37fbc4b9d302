package dev.exai.testkit.http;

import static dev.exai.testkit.http.Exchanges.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same scripts over HTTP/2, asked by the JDK's client over TLS: all exchanges share one connection. */
@Timeout(60)
class Http2ServerTest {
    private final FakeProviderServer server =
            FakeProviderServer.builder(WireFormat.GLM).tls().http2().start();
    private final HttpClient client = client(server);

    static HttpClient client(FakeProviderServer server) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(server.certificate().orElseThrow().clientContext())
                .connectTimeout(LIMIT)
                .build();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void streamAndWhole_anyFormat_areAnsweredOverHttp2(WireFormat format) throws Exception {
        try (FakeProviderServer each =
                FakeProviderServer.builder(format).tls().http2().start()) {
            each.script(HttpScript.reasoning("hm").text("h\u00e9 \ud83d\ude00").complete());
            HttpClient itsClient = client(each);

            HttpResponse<String> stream = Exchanges.stream(itsClient, each);
            HttpResponse<String> whole = Exchanges.whole(itsClient, each);

            assertThat(stream.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(stream.statusCode()).isEqualTo(200);
            assertThat(stream.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            assertThat(stream.body()).contains("h\u00e9 \ud83d\ude00").endsWith("data: [DONE]\n\n");
            assertThat(JsonReader.read(whole.body())).isNotNull();
            assertThat(each.connections()).isEqualTo(1);
            assertThat(each.completed()).isEqualTo(2);
            assertThat(each.baseUrl().getScheme()).isEqualTo("https");
        }
    }

    @Test // I9: the reset of a stream reaches a server that has not even sent headers
    void hang_beforeHeaders_clientCancels_isNoticed() throws Exception {
        server.script(HttpScript.hang());
        CompletableFuture<HttpResponse<String>> hung = Exchanges.async(client, server, "a");
        server.awaitInFlight(1, LIMIT);

        hung.cancel(true);

        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(1);
        assertThat(server.counts().abortedAt("a")).isEqualTo(1);
        server.script(HttpScript.complete());
        assertThat(Exchanges.stream(client, server).statusCode()).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void hang_inMidStream_clientCloses_isNoticed() throws Exception {
        server.script(HttpScript.text("par").hang());
        HttpResponse<InputStream> response =
                client.send(Exchanges.request(server, Exchanges.body("m", "hi", true)), BodyHandlers.ofInputStream());
        assertThat(response.body().read()).isEqualTo('d');
        server.awaitInFlight(1, LIMIT);

        response.body().close();

        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(1);
    }

    @Test
    void keepAlive_forEver_clientCloses_isNoticed() throws Exception {
        server.script(HttpScript.headers().keepAliveForEver(Duration.ofMillis(1)));
        HttpResponse<InputStream> response =
                client.send(Exchanges.request(server, Exchanges.body("m", "hi", true)), BodyHandlers.ofInputStream());
        assertThat(new String(response.body().readNBytes(28), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(": keep-alive\n\n: keep-alive\n\n");

        response.body().close();

        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(1);
    }

    @Test
    void inFlight_streamsOfOneConnection_areCountedAndLimitedForEachModel() throws Exception {
        Exchanges.stream(client, server); // or else the client opens a connection for each of the first ones
        server.limitInFlight(2).script(HttpScript.headers().hang());
        List<CompletableFuture<HttpResponse<String>>> hung = new ArrayList<>();
        for (String model : List.of("a", "a", "b")) {
            hung.add(Exchanges.async(client, server, model));
        }
        server.awaitInFlight(3, LIMIT);

        HttpResponse<String> third = Exchanges.async(client, server, "a").get(10, TimeUnit.SECONDS);

        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.body()).contains("1302");
        assertThat(server.maxInFlight("a")).isEqualTo(2);
        assertThat(server.maxInFlight()).isEqualTo(3);
        assertThat(server.connections()).isEqualTo(1);
        hung.forEach(each -> each.cancel(true));
        server.awaitInFlight(0, LIMIT);
    }

    @Test
    void reset_oneStream_leavesTheOthersOfTheConnectionAlone() throws Exception {
        server.script(1, HttpScript.text("slow").after(Duration.ofMillis(200)).complete())
                .script(2, HttpScript.text("par").reset());
        CompletableFuture<HttpResponse<String>> first = Exchanges.async(client, server, "m");
        server.awaitRequests(1, LIMIT);

        assertThatThrownBy(() -> Exchanges.stream(client, server)).isInstanceOf(java.io.IOException.class);

        assertThat(first.get(10, TimeUnit.SECONDS).body()).endsWith("[DONE]\n\n");
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.failed()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Broken.class)
    void broken_connection_failsTheClient(Broken how) {
        server.script(how.script);

        assertThatThrownBy(() -> Exchanges.async(client, server, "m").get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
        assertThat(server.failed()).isEqualTo(1);
    }

    enum Broken {
        HALF_CLOSE(HttpScript.text("par").halfClose()),
        NONSENSE(HttpScript.nonsense());

        private final HttpScript script;

        Broken(HttpScript script) {
            this.script = script;
        }
    }

    @Test
    void refusals_haveStatusAndHeaders() throws Exception {
        server.script(HttpScript.refuse(Refusal.CONCURRENCY).retryAfter(Duration.ofDays(1)));

        HttpResponse<String> refused = Exchanges.stream(client, server);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).contains("86400");
    }

    @Test
    void largeAnswersAndRequests_passTheWindows() throws Exception {
        server.script(1, HttpScript.oversized(3_000_000))
                .script(2, HttpScript.text("ok").complete().byteByByte(Duration.ZERO));
        String longPrompt = "x".repeat(2_000_000);

        HttpResponse<String> large = Exchanges.stream(client, server);
        HttpResponse<String> slow =
                client.send(Exchanges.request(server, Exchanges.body("m", longPrompt, true)), BodyHandlers.ofString());

        assertThat(large.body().length()).isGreaterThan(3_000_000);
        assertThat(slow.body()).endsWith("[DONE]\n\n");
        assertThat(server.requests().get(1).promptText()).hasSize(2_000_000);
    }

    @Test
    void faultsOfConnections_areRefused() {
        assertThatThrownBy(server::stallAccept).hasMessageContaining("HTTP/1.1");
        assertThatThrownBy(() -> server.connection(1, ConnectionFault.RESET)).hasMessageContaining("HTTP/1.1");
    }

    @Test
    void close_openExchanges_leavesNoThread() throws Exception {
        server.script(HttpScript.hang());
        CompletableFuture<HttpResponse<String>> hung = Exchanges.async(client, server, "m");
        server.awaitInFlight(1, LIMIT);

        server.close();
        server.close();

        assertThatThrownBy(() -> hung.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(server.abortedByClient()).isZero();
        assertThat(server.failed()).isEqualTo(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("exai-fake-glm-h2"))
                .isEmpty();
    }

    @Test
    void port_taken_isSaid() {
        assertThatThrownBy(() -> FakeProviderServer.builder(WireFormat.GLM)
                        .http2()
                        .port(server.port())
                        .start())
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContaining(Integer.toString(server.port()));
    }
}
