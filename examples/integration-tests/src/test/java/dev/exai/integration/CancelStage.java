package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.testkit.http.ConnectionFault;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.http.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where a call stands when it is cancelled, and what the other side can tell of it afterwards. */
enum CancelStage {
    /** The server's queue of connections is full, so no connection comes about. */
    CONNECT {
        @Override
        Place place() {
            return new Unreachable();
        }
    },
    /** The server accepts the connection, reads the client's hello, and says nothing. */
    TLS_HANDSHAKE {
        @Override
        Place place() {
            return new SilentTls();
        }
    },
    /** The server does not read, so that the request cannot be sent to its end. */
    REQUEST_SENT {
        @Override
        Place place() {
            return new Scripted(HttpScript.hang()) {
                @Override
                ChatRequest request() {
                    return ask("x".repeat(24 << 20));
                }

                @Override
                void arrange() {
                    server.everyConnection(ConnectionFault.STALL);
                }

                @Override
                void awaitReached(ChatCall call) throws Exception {
                    server.awaitConnections(1, GENEROUS);
                }

                @Override
                void assertGone() {
                    assertThat(server.opened()).isZero();
                }
            };
        }
    },
    /** The server has the request and sends nothing. */
    HEADERS_AWAITED {
        @Override
        Place place() {
            return new Scripted(HttpScript.hang());
        }
    },
    /** The server sends the head and nothing more. */
    FIRST_EVENT_AWAITED {
        @Override
        Place place() {
            return new Scripted(HttpScript.headers().hang());
        }
    },
    /** The server hangs in the middle of its answer. */
    BODY {
        @Override
        Place place() {
            return new Scripted(HttpScript.text("once").hang()) {
                @Override
                void awaitReached(ChatCall call) {
                    call.chunks().iterator().next();
                }
            };
        }
    },
    /** Another call has the only permit. */
    QUEUE {
        @Override
        Place place() {
            return new Scripted(HttpScript.hang()) {
                @Override
                boolean isQueued() {
                    return true;
                }

                @Override
                void awaitReached(ChatCall call) throws Exception {
                    server.awaitInFlight(1, GENEROUS);
                    awaitState(call, CallState.QUEUED);
                }

                @Override
                void assertGone() throws Exception {
                    server.awaitNoOpenExchanges(GENEROUS); // that other one has been cancelled too by now
                    assertThat(server.requests()).hasSize(1);
                }
            };
        }
    },
    /** The server refused, and the next attempt is some time ahead. */
    BACK_OFF {
        @Override
        Place place() {
            return new Scripted(HttpScript.refuse(Refusal.SERVER_ERROR)) {
                @Override
                void awaitReached(ChatCall call) {
                    awaitState(call, CallState.BACKING_OFF);
                }

                @Override
                void assertGone() throws Exception {
                    assertThat(new CountDownLatch(1).await(600, TimeUnit.MILLISECONDS))
                            .as("the longest first back-off passes")
                            .isFalse();
                    assertThat(server.requests()).hasSize(1);
                    assertThat(server.abortedByClient()).isZero();
                }
            };
        }
    },
    /** The selector of models does not answer. */
    RESOLVING {
        @Override
        Place place() {
            return new Scripted(HttpScript.complete()) {
                @Override
                ChatRequest request() {
                    return ChatRequest.of("hello");
                }

                @Override
                void awaitReached(ChatCall call) {
                    awaitState(call, CallState.RESOLVING);
                }

                @Override
                void assertGone() {
                    assertThat(server.connections()).isZero();
                }
            };
        }
    };

    static final Duration GENEROUS = Duration.ofSeconds(10);

    /** {@return a server that holds up whoever asks it, at this stage} */
    abstract Place place();

    static ChatRequest ask(String text) {
        return ChatRequest.builder(text).model(Vendor.GLM.model()).build();
    }

    static void awaitState(ChatCall call, CallState state) {
        await().atMost(GENEROUS).until(call::state, state::equals);
    }

    /** A server, and what is seen there. */
    abstract static class Place implements AutoCloseable {
        abstract String baseUrl();

        ChatRequest request() {
            return ask("hello");
        }

        /** {@return whether another call takes the only permit first} */
        boolean isQueued() {
            return false;
        }

        /** Makes the server behave so. */
        abstract void arrange() throws Exception;

        /** Waits until the call is where it shall be. */
        abstract void awaitReached(ChatCall call) throws Exception;

        /** Checks on the other side that nothing of the call is left, or comes after. */
        abstract void assertGone() throws Exception;

        @Override
        public abstract void close();
    }

    private static class Scripted extends Place {
        final FakeProviderServer server = FakeProviderServer.glm();
        private final HttpScript script;

        Scripted(HttpScript script) {
            this.script = script;
        }

        @Override
        String baseUrl() {
            return server.baseUrl().toString();
        }

        @Override
        void arrange() {
            server.script(script);
        }

        @Override
        void awaitReached(ChatCall call) throws Exception {
            server.awaitInFlight(1, GENEROUS);
        }

        @Override
        void assertGone() throws Exception {
            server.awaitNoOpenExchanges(GENEROUS);
            assertThat(server.abortedByClient()).isEqualTo(1);
            assertThat(server.requests()).hasSize(1);
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private static final class Unreachable extends Place {
        private final FakeProviderServer server =
                FakeProviderServer.builder(WireFormat.GLM).backlog(1).start();
        private final List<Socket> fillers = new ArrayList<>();

        @Override
        String baseUrl() {
            return server.baseUrl().toString();
        }

        @Override
        void arrange() throws IOException {
            server.stallAccept();
            try {
                for (int i = 0; i < 10; i++) {
                    Socket socket = new Socket();
                    fillers.add(socket);
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 200);
                }
            } catch (SocketTimeoutException full) {
                return;
            }
            throw new AssertionError("the queue never filled");
        }

        @Override
        void awaitReached(ChatCall call) {
            awaitState(call, CallState.RUNNING);
        }

        @Override
        void assertGone() {
            server.resumeAccept();
            assertThat(server.requests()).isEmpty();
        }

        @Override
        public void close() {
            for (Socket filler : fillers) {
                try {
                    filler.close();
                } catch (IOException alreadyGone) {
                    continue;
                }
            }
            server.close();
        }
    }

    private static final class SilentTls extends Place {
        private final ServerSocket server;
        private Socket accepted = new Socket();

        SilentTls() {
            try {
                server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        String baseUrl() {
            return "https://127.0.0.1:" + server.getLocalPort() + "/v4";
        }

        @Override
        void arrange() throws IOException {
            server.setSoTimeout((int) GENEROUS.toMillis());
        }

        @Override
        void awaitReached(ChatCall call) throws IOException {
            accepted = server.accept();
            accepted.setSoTimeout((int) GENEROUS.toMillis());
            assertThat(accepted.getInputStream().read()).isEqualTo(22); // a handshake record
        }

        @Override
        void assertGone() throws IOException {
            try {
                InputStream in = accepted.getInputStream();
                int next = in.read();
                while (next >= 0) { // the rest of the hello
                    next = in.read();
                }
            } catch (SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
        }

        @Override
        public void close() {
            try {
                accepted.close();
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
