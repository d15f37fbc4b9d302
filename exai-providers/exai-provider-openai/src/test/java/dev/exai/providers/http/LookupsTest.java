package dev.exai.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.spi.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A name look-up that hangs, which no interrupt ends. */
@Timeout(30)
class LookupsTest {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final CompletableFuture<Object> end = new CompletableFuture<>();
    private final Dns hanging = host -> {
        asked.countDown();
        boolean done = false;
        while (!done) {
            try {
                answer.await();
                done = true;
            } catch (InterruptedException ignored) {
                // as the system's look-up does
            }
        }
        return List.of();
    };
    private final HttpTransport transport = HttpTransport.create(ProviderId.of("dns"), HttpSettings.DEFAULT, hanging);

    @AfterEach
    void stop() {
        answer.countDown();
        transport.close();
    }

    @Test
    void abort_nameLookUpHangs_endsAllTheSame() throws Exception {
        Exchange exchange = send(transport, Duration.ofSeconds(60));
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

        exchange.abort();

        assertThat(end.get(5, TimeUnit.SECONDS)).isEqualTo("aborted");
    }

    @Test
    void send_nameLookUpHangs_meetsTheConnectLimit() throws Exception {
        send(transport, Duration.ofMillis(100));

        assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(AttemptTimeoutException.class);
    }

    @Test
    void send_nameUnknown_isBroken() throws Exception {
        try (HttpTransport other = HttpTransport.create(ProviderId.of("dns"), HttpSettings.DEFAULT, host -> {
            throw new UnknownHostException(host);
        })) {
            send(other, Duration.ofSeconds(60));

            assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void send_nameLookUpThrows_isBroken() throws Exception {
        try (HttpTransport other = HttpTransport.create(ProviderId.of("dns"), HttpSettings.DEFAULT, host -> {
            throw new IllegalStateException("no");
        })) {
            send(other, Duration.ofSeconds(60));

            assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(UnknownHostException.class);
        }
    }

    private Exchange send(HttpTransport over, Duration connectLimit) {
        HttpCall call = HttpCall.json(
                HttpTarget.of(URI.create("http://example.invalid/x"), Map.of()), new byte[] {'{', '}'}, connectLimit);
        return over.send(call, new ResponseReader() {
            @Override
            public Demand head(ResponseHead head) {
                return Demand.MORE;
            }

            @Override
            public Demand body(byte[] bytes, int offset, int length) {
                return Demand.MORE;
            }

            @Override
            public void over() {
                end.complete("over");
            }

            @Override
            public void broken(IOException cause) {
                end.complete(cause);
            }

            @Override
            public void timedOut(AttemptTimeoutException failure) {
                end.complete(failure);
            }

            @Override
            public void aborted() {
                end.complete("aborted");
            }

            @Override
            public void crashed(Throwable cause) {
                end.complete(cause);
            }
        });
    }
}
