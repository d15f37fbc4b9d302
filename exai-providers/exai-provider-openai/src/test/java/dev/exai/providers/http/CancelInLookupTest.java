package dev.exai.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of the whole library while the look-up of the server's name hangs, which no interrupt ends. */
@Timeout(30)
class CancelInLookupTest {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private ServerSocket server;
    private Exai exai;
    private Session session;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        exai = Exai.builder(new Slow(server.getLocalPort())).build();
        session = exai.openSession("test");
    }

    @AfterEach
    void stop() throws IOException {
        answer.countDown();
        exai.close();
        server.close();
    }

    @Test
    void cancel_nameLookUpHangs_endsAtOnceAndNobodyConnectsLater() throws Exception { // I7, I9
        ChatCall call = session.chat(ChatRequest.of("hello"));
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

        assertThat(call.cancel("enough")).isTrue();

        assertThat(call.state()).isEqualTo(CallState.CANCELLED);
        assertThat(exai.snapshot().isIdle()).isTrue();
        assertThat(exai.audit().problems()).isEmpty();
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue(); // the exchange is over though the look-up goes on
        assertThat(exai.zombies()).isZero();
        answer.countDown();
        server.setSoTimeout(200);
        try {
            throw new AssertionError("connected after the cancel: " + server.accept());
        } catch (SocketTimeoutException nobody) {
            assertThat(session.calls()).isEmpty();
        }
    }

    @Test
    void deadline_nameLookUpHangs_endsTheCall() throws Exception { // I8
        ChatCall call = session.chat(ChatRequest.of("hello"), CallOptions.within(Duration.ofMillis(200)));

        assertThat(call.toCompletableFuture()
                        .handle((reply, failure) -> call.state())
                        .get(5, TimeUnit.SECONDS))
                .isEqualTo(CallState.DEADLINE_EXCEEDED);
        assertThat(exai.snapshot().isIdle()).isTrue();
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    }

    /** A provider over the transport whose name look-up hangs. */
    private final class Slow implements Provider {
        private final ProviderId id = ProviderId.of("slow");
        private final URI url;
        private final HttpTransport transport;

        Slow(int port) {
            url = URI.create("http://slow.invalid:" + port + "/v1");
            Dns hanging = host -> {
                asked.countDown();
                while (true) {
                    try {
                        answer.await();
                        return List.of(InetAddress.getLoopbackAddress());
                    } catch (InterruptedException ignored) {
                        continue; // as the system's look-up does
                    }
                }
            };
            transport = HttpTransport.create(id, HttpSettings.DEFAULT, hanging);
        }

        @Override
        public ProviderId id() {
            return id;
        }

        @Override
        public List<ModelInfo> catalog() {
            return List.of(ModelInfo.builder("m-1").build());
        }

        @Override
        public Exchange open(ProviderCall call, ReplySink sink) {
            return transport.send(
                    HttpCall.json(HttpTarget.of(url, Map.of()), new byte[] {'{', '}'}, call.connectLimit()),
                    over(sink));
        }

        private ResponseReader over(ReplySink sink) {
            return new ResponseReader() {
                @Override
                public Demand head(ResponseHead head) {
                    throw new AssertionError("nobody answers");
                }

                @Override
                public Demand body(byte[] bytes, int offset, int length) {
                    throw new AssertionError("nobody answers");
                }

                @Override
                public void over() {
                    throw new AssertionError("nobody answers");
                }

                @Override
                public void broken(IOException cause) {
                    sink.failed(new UnavailableException(UpstreamError.of("slow"), cause));
                    ended.countDown();
                }

                @Override
                public void timedOut(AttemptTimeoutException failure) {
                    sink.timedOut(failure);
                    ended.countDown();
                }

                @Override
                public void aborted() {
                    sink.aborted();
                    ended.countDown();
                }

                @Override
                public void crashed(Throwable cause) {
                    sink.failed(new UnavailableException(UpstreamError.of("slow"), cause));
                    ended.countDown();
                }
            };
        }

        @Override
        public void close() {
            transport.close();
        }
    }
}
