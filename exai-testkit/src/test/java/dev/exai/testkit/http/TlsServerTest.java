package dev.exai.testkit.http;

import static dev.exai.testkit.http.Exchanges.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/1.1 over TLS. */
@Timeout(60)
class TlsServerTest {
    private final FakeProviderServer server =
            FakeProviderServer.builder(WireFormat.KIMI).tls().start();
    private final HttpClient client = Http2ServerTest.client(server); // offers HTTP/2, and gets HTTP/1.1

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void streamAndWhole_areAnsweredOverOneConnection() throws Exception {
        HttpResponse<String> stream = Exchanges.stream(client, server);
        HttpResponse<String> whole = Exchanges.whole(client, server);

        assertThat(stream.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(stream.sslSession()).isPresent();
        assertThat(stream.body()).endsWith("data: [DONE]\n\n");
        assertThat(whole.body()).contains("\"content\":\"ok\"");
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.baseUrl()).hasScheme("https");
    }

    @Test
    void certificate_notTrusted_failsTheHandshake() {
        HttpClient stranger = HttpClient.newBuilder().connectTimeout(LIMIT).build();

        assertThatThrownBy(() -> Exchanges.stream(stranger, server)).isInstanceOf(SSLHandshakeException.class);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void certificate_isForTheLoopbackAddressAndHasItsText() throws Exception {
        TestCertificate certificate = server.certificate().orElseThrow();
        X509Certificate x509 = certificate.certificate();

        assertThat(x509.getSubjectAlternativeNames().toString()).contains("127.0.0.1", "localhost");
        assertThat(certificate.pem()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(certificate.trustManager().getAcceptedIssuers()).containsExactly(x509);
    }

    @Test // I9
    void hang_clientLeaves_isNoticedUnderTls() throws Exception {
        server.script(1, HttpScript.hang()).script(2, HttpScript.text("par").hang());
        CompletableFuture<HttpResponse<String>> hung = Exchanges.async(client, server, "m");
        server.awaitInFlight(1, LIMIT);
        hung.cancel(true);
        server.awaitNoOpenExchanges(LIMIT);

        HttpResponse<InputStream> begun =
                client.send(Exchanges.request(server, Exchanges.body("m", "hi", true)), BodyHandlers.ofInputStream());
        begun.body().close();

        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void cut_inMidStream_failsTheClient(Cut how) {
        server.script(how.script);

        assertThatThrownBy(() -> Exchanges.stream(client, server)).isInstanceOf(IOException.class);
        assertThat(server.failed()).isEqualTo(1);
    }

    enum Cut {
        RESET(HttpScript.text("par").reset()),
        HALF_CLOSE(HttpScript.text("par").halfClose()),
        NONSENSE(HttpScript.nonsense());

        private final HttpScript script;

        Cut(HttpScript script) {
            this.script = script;
        }
    }

    @Test
    void stall_beforeTheHandshake_isOneThatNeverEnds() throws Exception {
        server.connection(1, ConnectionFault.STALL);
        CompletableFuture<HttpResponse<String>> stalled = Exchanges.async(client, server, "m");

        server.awaitConnections(1, LIMIT);

        assertThat(stalled).isNotDone();
        assertThat(server.requests()).isEmpty();
        stalled.cancel(true);
        assertThat(Exchanges.stream(client, server).statusCode()).isEqualTo(200);
    }
}
