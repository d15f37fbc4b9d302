package dev.exai.testkit.contract.provider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address of this machine at which nobody answers. */
final class DeadAddress implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 200;
    private static final int MOST_WAITING = 20;

    private final ServerSocket server;
    private final List<Socket> waiting = new ArrayList<>();

    private DeadAddress(ServerSocket server) {
        this.server = server;
    }

    /** {@return an address that lets everyone wait who connects: its queue is full, and nobody is let in} */
    static DeadAddress thatNeverAnswers() throws IOException {
        DeadAddress dead = new DeadAddress(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        while (dead.waiting.size() < MOST_WAITING) {
            Socket socket = new Socket();
            dead.waiting.add(socket);
            try {
                socket.connect(dead.server.getLocalSocketAddress(), PATIENCE_MILLIS);
            } catch (SocketTimeoutException full) {
                return dead;
            }
        }
        dead.close();
        throw new NotTried("this machine lets everyone connect at once");
    }

    /** {@return an address that refuses everyone: it was free a moment ago} */
    static InetSocketAddress thatRefuses() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        for (Socket each : waiting) {
            each.close();
        }
        server.close();
    }
}
