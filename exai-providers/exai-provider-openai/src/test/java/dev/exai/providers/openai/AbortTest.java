package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.message.ChatRequest;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.LivenessLimits;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Aborts an exchange at each of its stages, over a socket that tells when the other side closes it. */
@Timeout(30)
class AbortTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String PIECE = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";

    private final ReplyRecorder sink = new ReplyRecorder();
    private ServerSocket server;
    private OpenAiProvider provider;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        provider = OpenAiProvider.builder("test", "http://127.0.0.1:" + server.getLocalPort() + "/v1", ApiKey.of("k"))
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        provider.close();
        server.close();
    }

    @Test
    void abort_headersAwaited_endsPromptlyAndClosesTheSocket() throws Exception {
        Exchange exchange = ask();
        try (Socket socket = accept()) {
            long before = System.nanoTime();
            exchange.abort();
            Duration took = Duration.ofNanos(System.nanoTime() - before);

            sink.assertAborted();
            assertThat(isClosedByPeer(socket)).isTrue();
            assertThat(took).isLessThan(Duration.ofSeconds(1));
            assertThat(sink.isOpened()).isFalse();
        }
    }

    @Test
    void abort_midBody_endsPromptlyAndClosesTheSocket() throws Exception {
        Exchange exchange = ask();
        try (Socket socket = accept()) {
            send(socket, HEAD + PIECE);
            sink.awaitFirstChunk();

            exchange.abort();

            sink.assertAborted();
            assertThat(isClosedByPeer(socket)).isTrue();
            assertThat(sink.text()).isEqualTo("a");
        }
    }

    @Test
    void abort_twiceAndAfterTheEnd_changesNothing() throws Exception {
        Exchange exchange = ask();
        try (Socket socket = accept()) {
            exchange.abort();
            exchange.abort();
            sink.assertAborted();
            exchange.abort();
            sink.assertAborted();
            assertThat(isClosedByPeer(socket)).isTrue();
        }
    }

    @Test
    void abort_connectionWaitsInTheBacklog_ends() throws Exception {
        Exchange exchange = ask();

        exchange.abort();

        sink.assertAborted();
    }

    // open <- abort, at whatever stage the exchange then is
    @RepeatedTest(50)
    void abort_atOnce_givesExactlyOneEnd() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Exchange> opened = new CompletableFuture<>();
        Thread aborter = new Thread(() -> {
            Exchange exchange = opened.join();
            go.countDown();
            exchange.abort();
        });
        aborter.start();

        opened.complete(ask());
        go.await();
        aborter.join();

        sink.assertAborted();
    }

    // last piece <- abort
    @RepeatedTest(50)
    void abort_asTheAnswerEnds_givesExactlyOneEnd() throws Exception {
        Exchange exchange = ask();
        try (Socket socket = accept()) {
            CountDownLatch go = new CountDownLatch(1);
            Thread aborter = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                exchange.abort();
            });
            aborter.start();
            send(socket, HEAD + PIECE);
            go.countDown();
            trySend(socket, "data: [DONE]\n\n");
            aborter.join();

            sink.end();
        }
    }

    @Test
    void close_exchangesOpen_areAborted() throws Exception {
        ask();
        try (Socket socket = accept()) {
            provider.close();

            sink.assertAborted();
            assertThat(isClosedByPeer(socket)).isTrue();
        }
    }

    @Test
    void close_nothingOpen_leavesNoThread() throws Exception {
        ask();
        try (Socket socket = accept()) {
            send(socket, HEAD + PIECE + "data: [DONE]\n\n");
            sink.completed();
        }
        List<Thread> ours = new ArrayList<>();
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            if (each.getName().startsWith("exai-http-test-")) {
                assertThat(each.isDaemon()).isTrue();
                ours.add(each);
            }
        }

        provider.close();

        for (Thread each : ours) {
            each.join(5_000);
            assertThat(each.isAlive()).isFalse();
        }
    }

    @Test
    void open_connectionNeverStands_meetsTheConnectLimit() throws Exception {
        Duration limit = Duration.ofMillis(300);
        List<Socket> fillers = fillBacklog();

        provider.open(Calls.of(ChatRequest.of("q"), LivenessLimits.plain().withConnect(limit)), sink);

        AttemptTimeoutException failure = sink.failed(AttemptTimeoutException.class);
        assertThat(failure.limit()).isEqualTo(AttemptTimeoutException.Limit.CONNECT);
        assertThat(failure.duration()).isEqualTo(limit);
        for (Socket each : fillers) {
            each.close();
        }
    }

    @Test
    void open_tlsNeverAnswered_meetsTheConnectLimit() throws Exception {
        try (OpenAiProvider tls = OpenAiProvider.builder(
                        "tls", "https://127.0.0.1:" + server.getLocalPort() + "/v1", ApiKey.of("k"))
                .build()) {
            tls.open(Calls.of(ChatRequest.of("q"), LivenessLimits.plain().withConnect(Duration.ofMillis(300))), sink);

            assertThat(sink.failed(AttemptTimeoutException.class).limit())
                    .isEqualTo(AttemptTimeoutException.Limit.CONNECT);
        }
    }

    @Test
    void open_answerSlowerThanTheConnectLimit_isNoTimeout() throws Exception {
        CountDownLatch later = new CountDownLatch(1);
        provider.open(Calls.of(ChatRequest.of("q"), LivenessLimits.plain().withConnect(Duration.ofMillis(200))), sink);
        try (Socket socket = accept()) {
            assertThat(later.await(400, TimeUnit.MILLISECONDS)).isFalse(); // the limit passes
            send(socket, HEAD + PIECE + "data: [DONE]\n\n");

            sink.completed();
        }
    }

    private Exchange ask() {
        return provider.open(Calls.of(ChatRequest.of("q")), sink);
    }

    /** Fills the queue of connections that nobody accepts, so that the next one gets no answer. */
    private List<Socket> fillBacklog() throws IOException {
        List<Socket> fillers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Socket socket = new Socket();
            fillers.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException full) {
                break;
            }
        }
        return fillers;
    }

    /** Accepts a connection and reads the head of its request. */
    private Socket accept() throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout(5_000);
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static void trySend(Socket socket, String text) {
        try {
            send(socket, text);
        } catch (IOException closed) {
            // the abort was first
        }
    }

    private static boolean isClosedByPeer(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            int next = in.read();
            while (next >= 0) { // the rest of the request
                next = in.read();
            }
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
