package dev.exai.providers.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.error.MalformedReplyException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatRequest;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.testkit.contract.provider.ReplyRecorder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that closes a connection that it has kept open, just as the next request comes over it. */
@Timeout(30)
class DeadConnectionTest {
    private static final String BODY = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: "
            + BODY.length() + "\r\n\r\n" + BODY;
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final ReplyRecorder first = new ReplyRecorder();
    private final ReplyRecorder sink = new ReplyRecorder();
    private ServerSocket server;
    private OpenAiProvider provider;
    private Socket pooled;

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setSoTimeout(5_000);
        provider = OpenAiProvider.builder("test", "http://127.0.0.1:" + server.getLocalPort() + "/v1", ApiKey.of("k"))
                .build();
        provider.open(Calls.of(ChatRequest.of("one")), first);
        pooled = server.accept();
        readRequest(pooled);
        send(pooled, ANSWER);
        first.completed();
    }

    @AfterEach
    void stop() throws IOException {
        provider.close();
        pooled.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void open_closedAsTheRequestComes_isSentOnceMoreOverANewConnection(boolean reset) throws Exception {
        ask();
        String sent = readRequest(pooled);
        close(pooled, reset);

        try (Socket fresh = server.accept()) {
            assertThat(readRequest(fresh)).isEqualTo(sent).contains("two");
            send(fresh, ANSWER);

            sink.completed();
            assertThat(sink.text()).isEqualTo("hi");
        }
    }

    @Test
    void open_closedWhileIdle_isSentOverANewConnection() throws Exception {
        pooled.close();
        ask();

        try (Socket fresh = server.accept()) {
            assertThat(readRequest(fresh)).contains("two");
            send(fresh, ANSWER);

            sink.completed();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void open_theNewConnectionIsClosedToo_isUnavailable(boolean reset) throws Exception {
        ask();
        readRequest(pooled);
        close(pooled, reset);
        Socket fresh = server.accept();
        readRequest(fresh);
        close(fresh, reset);

        sink.failed(UnavailableException.class);
        assertNoMoreConnections();
    }

    @Test
    void open_closedInTheStatusLine_isNotSentAgain() throws Exception {
        ask();
        readRequest(pooled);
        send(pooled, "HTTP/1.");
        pooled.close();

        sink.failed(UnavailableException.class);
        assertNoMoreConnections();
    }

    @Test
    void open_garbageInPlaceOfAnAnswer_isNotSentAgain() throws Exception {
        ask();
        readRequest(pooled);
        send(pooled, "what?\r\n\r\n");
        pooled.close();

        sink.failed(MalformedReplyException.class);
        assertNoMoreConnections();
    }

    @Test
    void open_closedAfterAWhile_wasAlive_andIsNotSentAgain() throws Exception {
        ask();
        readRequest(pooled);
        assertThat(new CountDownLatch(1).await(2_100, TimeUnit.MILLISECONDS)).isFalse(); // the server is at work on it
        pooled.close();

        sink.failed(UnavailableException.class);
        assertNoMoreConnections();
    }

    @Test
    void abort_underTheSecondSending_endsAndClosesTheSocket() throws Exception {
        Exchange exchange = ask();
        readRequest(pooled);
        pooled.close();
        try (Socket fresh = server.accept()) {
            readRequest(fresh);

            exchange.abort();

            sink.assertAborted();
            fresh.setSoTimeout(5_000);
            assertThat(fresh.getInputStream().read()).isEqualTo(-1);
        }
        assertNoMoreConnections();
    }

    private Exchange ask() {
        return provider.open(Calls.of(ChatRequest.of("two")), sink);
    }

    private void assertNoMoreConnections() throws IOException {
        server.setSoTimeout(50);
        try (Socket socket = server.accept()) {
            throw new AssertionError("connected once more: " + socket);
        } catch (SocketTimeoutException none) {
            // as it should be: the exchange was over before this waited
        }
    }

    private static void close(Socket socket, boolean reset) throws IOException {
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    /** Reads a request whole, or closing the socket would reset the connection. */
    private static String readRequest(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int next = in.read();
            assertThat(next).isNotNegative();
            head.write(next);
        }
        String text = head.toString(StandardCharsets.UTF_8);
        Matcher length = LENGTH.matcher(text);
        assertThat(length.find()).isTrue();
        return text + new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }
}
