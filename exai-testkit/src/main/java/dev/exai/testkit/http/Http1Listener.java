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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Serves each connection on a thread of its own: HTTP/1.1, with or without TLS, and the faults that sockets have. */
final class Http1Listener implements Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final Handler handler;
    private final @Nullable SSLContext tls;
    private final ServerSocket socket;
    private final Thread acceptor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Thread, Client> connections = new HashMap<>();

    @GuardedBy("lock")
    private final List<Fault> faults = new ArrayList<>();

    @GuardedBy("lock")
    private int accepted;

    @GuardedBy("lock")
    private boolean stalled;

    private volatile boolean closed;

    private record Fault(int first, int last, ConnectionFault kind) {}

    private Http1Listener(String name, int port, int backlog, @Nullable SSLContext tls, Handler handler)
            throws IOException {
        this.handler = handler;
        this.tls = tls;
        this.socket = new ServerSocket();
        this.socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), backlog);
        this.name = "exai-fake-" + name + "-" + socket.getLocalPort();
        this.acceptor = thread(this.name + "-accept", this::accept);
    }

    static Http1Listener start(String name, int port, int backlog, @Nullable SSLContext tls, Handler handler) {
        try {
            Http1Listener listener = new Http1Listener(name, port, backlog, tls, handler);
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
                Socket connection = socket.accept();
                awaitNotStalled();
                add(connection);
            } catch (IOException e) {
                // Closed, or a client that left before it was accepted: the loop's condition tells.
            }
        }
    }

    private void awaitNotStalled() {
        synchronized (lock) {
            while (stalled && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Nobody interrupts this thread; it ends when the listener is closed.
                }
            }
        }
    }

    /** Sets whether connections are left to the operating system, which establishes them, and nobody serves them. */
    void stall(boolean on) {
        synchronized (lock) {
            stalled = on;
            lock.notifyAll();
        }
    }

    /** Sets what is done to connections in a row, the first of which is 1; what was set last decides. */
    void fault(int first, int last, ConnectionFault kind) {
        synchronized (lock) {
            faults.add(0, new Fault(first, last, kind));
        }
    }

    private void add(Socket connection) throws IOException {
        Client client = new Client(connection, tls);
        synchronized (lock) {
            if (closed) {
                connection.close();
                return;
            }
            accepted++;
            ConnectionFault fault = faultOf(accepted);
            Thread thread = thread(name + "-" + accepted, () -> serve(client, fault));
            connections.put(thread, client);
            thread.start();
        }
        handler.accepted();
    }

    @GuardedBy("lock")
    private @Nullable ConnectionFault faultOf(int number) {
        for (Fault fault : faults) {
            if (number >= fault.first() && number <= fault.last()) {
                return fault.kind();
            }
        }
        return null;
    }

    private void serve(Client client, @Nullable ConnectionFault fault) {
        try (client) {
            if (fault == null) {
                serve(client);
            } else {
                suffer(client, fault);
            }
        } catch (IOException e) {
            // The client left, sent no HTTP, or the server was closed: nobody is there to be told.
        } finally {
            synchronized (lock) {
                connections.remove(Thread.currentThread());
            }
        }
    }

    private void serve(Client client) throws IOException {
        boolean goesOn = true;
        while (goesOn) {
            HttpRequest request = HttpRequest.read(client);
            if (request != null) {
                client.asks(
                        request.method() + " " + request.path(),
                        request.headers().get("user-agent"));
            }
            goesOn = request != null && handler.handle(request, new Http1Wire(client)) && request.keepsAlive();
        }
    }

    private void suffer(Client client, ConnectionFault fault) throws IOException {
        switch (fault) {
            case RESET -> client.reset();
            case CLOSE -> client.halfClose();
            case BLACK_HOLE -> client.swallow();
            case STALL -> awaitClosed();
        }
    }

    private void awaitClosed() {
        synchronized (lock) {
            while (!closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Nobody interrupts this thread; it ends when the listener is closed.
                }
            }
        }
    }

    @Override
    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public InetAddress address() {
        return socket.getInetAddress();
    }

    @Override
    public int accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    @Override
    public List<String> open() {
        synchronized (lock) {
            return connections.entrySet().stream()
                    .map(entry -> "connection from " + entry.getValue().peer() + ", "
                            + entry.getValue().asked() + ", served by "
                            + entry.getKey().getName())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() {
        Map<Thread, Client> left;
        synchronized (lock) {
            closed = true;
            left = Map.copyOf(connections);
            lock.notifyAll();
        }
        closeQuietly(socket);
        left.values().forEach(client -> closeQuietly(client::cut));
        long end = System.nanoTime() + PATIENCE.toNanos();
        Threads.join(acceptor, end);
        List.copyOf(left.keySet()).forEach(thread -> Threads.join(thread, end));
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
