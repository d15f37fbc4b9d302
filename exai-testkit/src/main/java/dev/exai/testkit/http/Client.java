package dev.exai.testkit.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The client at the other end of a connection. All methods but {@link #cut} belong to the connection's thread.
 *
 * <p>Whoever waits here reads at the same time, so it is known at once when the client leaves; what it sends too
 * early is kept for the next request. Faults are done to the TCP connection, also under TLS.
 */
final class Client implements Closeable {
    private static final int BUFFER = 64 * 1024;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** The TCP connection, and what is spoken over it: itself, or TLS. */
    private final Socket tcp;

    private final Socket socket;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    private @Nullable Duration byteDelay;

    /** What it asked last, for others to read. */
    private volatile String asked = "which has asked nothing";

    Client(Socket tcp, @Nullable SSLContext tls) throws IOException {
        this.tcp = tcp;
        tcp.setTcpNoDelay(true);
        this.socket = tls == null ? tcp : serverSide(tcp, tls);
        this.out = socket.getOutputStream();
    }

    private static SSLSocket serverSide(Socket tcp, SSLContext tls) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(tcp, null, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** {@return the address and port of the other end} */
    String peer() {
        return String.valueOf(tcp.getRemoteSocketAddress());
    }

    /** Keeps what it asks, and as what it introduces itself, to tell whose a connection is that stays open. */
    void asks(String what, @Nullable String userAgent) {
        asked = "which last asked " + what + (userAgent == null ? "" : " as " + userAgent);
    }

    String asked() {
        return asked;
    }

    /** {@return the next byte, or -1 if the client has closed} */
    int read() throws IOException {
        if (start == end) {
            start = 0;
            end = 0;
            socket.setSoTimeout(0);
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                return -1;
            }
            end = count;
        }
        return buffer[start++] & 0xff;
    }

    /** Reads and forgets, until the client closes. */
    void swallow() throws IOException {
        while (tcp.getInputStream().read(buffer) >= 0) {
            // Nobody looks at it.
        }
    }

    /** Lets time pass while the client stays; there is no answer to somebody who has left. */
    void pause(Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            long millis = Math.min(Integer.MAX_VALUE, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
            listen((int) millis);
        }
    }

    /** Waits until the client leaves. */
    void awaitLeaving() throws IOException {
        while (true) {
            listen(0);
        }
    }

    private void listen(int millis) throws IOException {
        if (start > 0 && start == end) {
            start = 0;
            end = 0;
        }
        if (end == BUFFER) {
            throw new IOException("the client sends on and on without waiting for its answer");
        }
        socket.setSoTimeout(millis);
        try {
            int count = socket.getInputStream().read(buffer, end, BUFFER - end);
            if (count < 0) {
                throw new ClientLeftException();
            }
            end += count;
        } catch (SocketTimeoutException timeIsUp) {
            // The client is still there.
        }
    }

    /** Sets how bytes are written from now on: at once, or one by one with a delay. */
    void writeWith(@Nullable Duration delay) {
        this.byteDelay = delay;
    }

    void write(byte[] bytes) throws IOException {
        Duration delay = byteDelay;
        if (delay == null) {
            out.write(bytes);
            return;
        }
        for (byte each : bytes) {
            pause(delay);
            out.write(each);
        }
    }

    /** Ends the connection with a reset, which discards what the client has not read yet. */
    void reset() throws IOException {
        tcp.setSoLinger(true, 0);
        tcp.close();
    }

    /** Says that nothing more will come. */
    void halfClose() throws IOException {
        tcp.shutdownOutput();
    }

    /** Ends the connection from outside. */
    void cut() throws IOException {
        tcp.close();
    }

    @Override
    public void close() throws IOException {
        try (tcp) {
            socket.close();
        }
    }
}
