package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Accepts connections on the loopback interface, and serves each on a thread of its own. */
final class Listener implements Closeable {
    private static final int BACKLOG = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final Handler handler;
    private final ServerSocket socket;
    private final Thread acceptor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Thread, Client> connections = new HashMap<>();

    @GuardedBy("lock")
    private int accepted;

    private volatile boolean closed;

    /** Answers requests. */
    interface Handler {
        /**
         * Answers one request.
         *
         * @return whether the connection may be used again
         */
        boolean handle(HttpRequest request, Client client) throws IOException;
    }

    private Listener(String name, int port, Handler handler) throws IOException {
        this.handler = handler;
        this.socket = new ServerSocket();
        this.socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        this.name = "exai-fake-" + name + "-" + socket.getLocalPort();
        this.acceptor = thread(this.name + "-accept", this::accept);
    }

    static Listener start(String name, int port, Handler handler) {
        try {
            Listener listener = new Listener(name, port, handler);
            listener.acceptor.start();
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on port " + port, e);
        }
    }

    private static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (!closed) {
            try {
                add(socket.accept());
            } catch (IOException e) {
                // Closed, or a client that left before it was accepted: the loop's condition tells.
            }
        }
    }

    private void add(Socket connection) throws IOException {
        Client client = new Client(connection);
        synchronized (lock) {
            if (closed) {
                connection.close();
                return;
            }
            accepted++;
            Thread thread = thread(name + "-" + accepted, () -> serve(client));
            connections.put(thread, client);
            thread.start();
        }
    }

    private void serve(Client client) {
        try (client) {
            boolean goesOn = true;
            while (goesOn) {
                HttpRequest request = HttpRequest.read(client);
                goesOn = request != null && handler.handle(request, client) && request.keepsAlive();
            }
        } catch (IOException e) {
            // The client left, sent no HTTP, or the server was closed: nobody is there to be told.
        } finally {
            synchronized (lock) {
                connections.remove(Thread.currentThread());
            }
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    InetAddress address() {
        return socket.getInetAddress();
    }

    int accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    /** Closes all connections and waits for the threads to end. */
    @Override
    public void close() {
        Map<Thread, Client> left;
        synchronized (lock) {
            closed = true;
            left = Map.copyOf(connections);
        }
        closeQuietly(socket);
        left.values().forEach(Listener::closeQuietly);
        long end = System.nanoTime() + PATIENCE.toNanos();
        join(acceptor, end);
        List.copyOf(left.keySet()).forEach(thread -> join(thread, end));
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    private static void join(Thread thread, long end) {
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis > 0) {
                thread.join(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
