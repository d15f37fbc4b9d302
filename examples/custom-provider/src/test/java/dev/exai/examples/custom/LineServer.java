package dev.exai.examples.custom;

import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.contract.provider.Upstream;
import dev.exai.testkit.contract.provider.UpstreamAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that speaks the protocol on a loopback socket and answers as the suite tells it. */
final class LineServer implements Upstream {
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<String, UpstreamAnswer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();

    LineServer() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept, "line-server");
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> serve(socket), "line-client");
            }
        } catch (IOException closed) {
            // the end of the server
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            LineClient client = new LineClient(socket);
            String request = client.readRequest();
            requests.add(request);
            inFlight.incrementAndGet();
            try {
                client.play(answerTo(request));
            } finally {
                inFlight.decrementAndGet();
            }
        } catch (IOException left) {
            // the client has gone
        } finally {
            sockets.remove(socket);
        }
    }

    /** The last line is the last message of the user. */
    private UpstreamAnswer answerTo(String request) throws IOException {
        String prompt = LineFormat.unescape(request.substring(request.lastIndexOf("USER ") + "USER ".length()));
        UpstreamAnswer answer = answers.get(prompt);
        if (answer == null) {
            throw new IOException("no answer was set");
        }
        return answer;
    }

    @Override
    public Provider connect(String key) {
        return new LineProvider(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), ApiKey.of(key));
    }

    @Override
    public Optional<Provider> connectTo(InetSocketAddress address, String key) {
        return Optional.of(new LineProvider(address, ApiKey.of(key)));
    }

    @Override
    public void answer(String prompt, UpstreamAnswer answer) {
        answer.refusal().ifPresent(LineClient::reasonOf); // throws if the protocol has no word for it
        answers.put(prompt, answer);
    }

    @Override
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket each : sockets) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
