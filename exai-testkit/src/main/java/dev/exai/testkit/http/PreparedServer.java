package dev.exai.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback address that gives prepared answers, one after the other, and keeps what it was asked: for the
 * endpoints of a provider that are no chat. A {@link FakeProviderServer} plays those. Needs the JDK's module
 * {@code jdk.httpserver}. Safe for use by many threads.
 */
public final class PreparedServer implements AutoCloseable {
    private static final int NO_ANSWER = 500;
    private static final long LIMIT_SECONDS = 10;

    private final HttpServer http;
    private final BlockingQueue<Prepared> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private record Prepared(int status, Map<String, String> headers, String body) {}

    private PreparedServer(HttpServer http) {
        this.http = http;
    }

    /** {@return a server that listens, on a port that was free} */
    public static PreparedServer start() {
        try {
            PreparedServer server = new PreparedServer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            server.http.createContext("/", server::handle);
            server.http.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on the loopback address", e);
        }
    }

    /**
     * {@return the address of a path}
     *
     * @param path begins with a slash
     */
    public String url(String path) {
        return "http://127.0.0.1:" + http.getAddress().getPort() + path;
    }

    /**
     * Prepares an answer, to be given after those that were prepared before. A request for which there is none gets a 500.
     *
     * @param status the HTTP status
     * @param headers the headers
     * @param body the body, may be empty
     */
    public void enqueue(int status, Map<String, String> headers, String body) {
        answers.add(new Prepared(status, Map.copyOf(headers), Objects.requireNonNull(body, "body")));
    }

    /**
     * Takes the body of the next request, waiting ten seconds for one at the most.
     *
     * @return the body
     * @throws AssertionError if none came
     * @throws InterruptedException if this thread is interrupted
     */
    public String takeBody() throws InterruptedException {
        return taken(bodies);
    }

    /**
     * Takes method and path of the next request, such as {@code GET /v1/models}, waiting ten seconds for one at the most.
     *
     * @return both, with a space between them
     * @throws AssertionError if none came
     * @throws InterruptedException if this thread is interrupted
     */
    public String takeLine() throws InterruptedException {
        return taken(lines);
    }

    private static String taken(BlockingQueue<String> from) throws InterruptedException {
        String taken = from.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("no request came in " + LIMIT_SECONDS + " s");
        }
        return taken;
    }

    private void handle(HttpExchange exchange) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        lines.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        @Nullable Prepared next = answers.poll();
        Prepared answer = next == null ? new Prepared(NO_ANSWER, Map.of(), "no answer was prepared") : next;
        answer.headers.forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
