package dev.exai.providers.glm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's server on the loopback address, which gives prepared answers and keeps what it was asked. */
final class Server implements AutoCloseable {
    private final HttpServer http;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Server() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::handle);
        http.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + http.getAddress().getPort() + path;
    }

    void enqueue(int status, Map<String, String> headers, String body) {
        answers.add(new Answer(status, headers, body));
    }

    /** Takes the body of the next request. */
    String takeBody() throws InterruptedException {
        return String.valueOf(bodies.poll(10, TimeUnit.SECONDS));
    }

    /** Takes method and path of the next request. */
    String takeLine() throws InterruptedException {
        return String.valueOf(lines.poll(10, TimeUnit.SECONDS));
    }

    private void handle(HttpExchange exchange) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        lines.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        Answer answer = answers.remove();
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

    private record Answer(int status, Map<String, String> headers, String body) {}
}
