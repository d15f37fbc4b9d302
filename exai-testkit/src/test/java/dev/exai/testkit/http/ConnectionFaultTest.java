package dev.exai.testkit.http;

import static dev.exai.testkit.http.Exchanges.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class ConnectionFaultTest {
    private final FakeProviderServer server = FakeProviderServer.openAi();

    @AfterEach
    void close() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(server.baseUrl().getHost(), server.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }

    @Test
    void reset_oneConnection_isResetAtOnceAndTheNextIsServed() throws Exception {
        server.connection(1, ConnectionFault.RESET);

        try (Socket first = connect()) {
            assertThatThrownBy(() -> first.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(Exchanges.stream(Exchanges.client(), server).statusCode()).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.opened()).isEqualTo(1);
    }

    @Test
    void close_connection_endsWithoutAnAnswer() throws Exception {
        server.everyConnection(ConnectionFault.CLOSE);

        try (Socket socket = connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void blackHole_request_isSwallowedAndNeverAnswered() throws Exception {
        server.everyConnection(ConnectionFault.BLACK_HOLE);

        try (Socket socket = Exchanges.open(server, Exchanges.body("m", "x".repeat(20_000_000), true))) {
            socket.setSoTimeout(50);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void stall_largeRequest_cannotEvenBeSent() throws Exception {
        server.everyConnection(ConnectionFault.STALL);

        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(server.baseUrl().getHost(), server.port()))) {
            channel.configureBlocking(false);
            ByteBuffer large = ByteBuffer.allocateDirect(64 * 1024 * 1024);
            server.awaitConnections(1, LIMIT);
            long sent = 0;
            for (int idle = 0; idle < 1_000; idle++) {
                int count = channel.write(large);
                sent += count;
                idle = count > 0 ? 0 : idle;
            }
            assertThat(sent).isLessThan(large.capacity());
        }
    }

    @Test
    void stallAccept_connection_waitsUntilItIsResumed() throws Exception {
        server.stallAccept();

        try (Socket socket = Exchanges.openStream(server)) {
            socket.setSoTimeout(50);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.connections()).isZero();

            server.resumeAccept();
            socket.setSoTimeout((int) LIMIT.toMillis());
            assertThat(Exchanges.readUntil(socket, "[DONE]")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX) // others fill or overflow the queue of the system in their own ways
    void stallAccept_shortQueue_isAServerThatCannotBeConnectedTo() throws Exception {
        try (FakeProviderServer small =
                FakeProviderServer.builder(WireFormat.GLM).backlog(1).start()) {
            small.stallAccept();
            List<Socket> queued = new ArrayList<>();
            try {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 10; i++) {
                                Socket socket = new Socket();
                                queued.add(socket);
                                socket.connect(
                                        new InetSocketAddress(small.baseUrl().getHost(), small.port()), 300);
                            }
                        })
                        .isInstanceOf(SocketTimeoutException.class);
            } finally {
                for (Socket socket : queued) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void close_whileAcceptIsStalled_ends() throws Exception {
        server.stallAccept();
        try (Socket socket = connect()) {
            server.close();
            assertThatThrownBy(() -> assertThat(socket.getInputStream().read()).isEqualTo(0))
                    .isInstanceOfAny(AssertionError.class, IOException.class);
        }
    }
}
