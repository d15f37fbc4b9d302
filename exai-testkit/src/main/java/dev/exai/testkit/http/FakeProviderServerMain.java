package dev.exai.testkit.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * Runs {@link FakeProviderServer}s from the command line, for clients in other languages.
 *
 * <p>Arguments: {@code glm}, {@code kimi} or {@code openai}, one or several, and options; none shows them all. When all
 * are ready, prints one line with their base URLs in that order, with a space between two, and serves until its
 * standard input ends or it gets a signal. A client chooses what happens to its request by the header
 * {@code X-Fake-Script}, and reads the counts from {@code GET /_fake/counts}. Without header and options the answer is
 * "ok".
 */
public final class FakeProviderServerMain {
    private FakeProviderServerMain() {}

    /**
     * Starts servers and keeps them running.
     *
     * @param args the wire formats, and options
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        CommandLine line;
        List<FakeProviderServer> servers;
        try {
            line = CommandLine.parse(args);
            if (line.lists()) {
                line.names().forEach(System.out::println);
                return;
            }
            servers = line.start();
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> servers.forEach(FakeProviderServer::close), "exai-fake-end"));
        System.out.println(urls(servers));
        if (line.ignoresStdin()) {
            new CountDownLatch(1).await();
        }
        awaitEnd(System.in);
        servers.forEach(FakeProviderServer::close);
        servers.forEach(System.err::println);
    }

    static String urls(List<FakeProviderServer> servers) {
        return servers.stream().map(server -> server.baseUrl().toString()).collect(Collectors.joining(" "));
    }

    static void awaitEnd(InputStream in) {
        byte[] buffer = new byte[1024];
        try {
            while (in.read(buffer) >= 0) {
                // What is said there means nothing.
            }
        } catch (IOException e) {
            // Nobody is there any more.
        }
    }
}
