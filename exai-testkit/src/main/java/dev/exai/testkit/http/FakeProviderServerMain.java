package dev.exai.testkit.http;

import java.util.concurrent.CountDownLatch;

/**
 * Runs a {@link FakeProviderServer} from the command line, for clients in other languages.
 *
 * <p>Arguments: {@code glm}, {@code kimi} or {@code openai}, and optionally a port. Prints the base URL and serves
 * until the process is ended.
 */
public final class FakeProviderServerMain {
    private FakeProviderServerMain() {}

    /**
     * Starts a server and keeps it running.
     *
     * @param args the wire format and optionally the port
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        try (FakeProviderServer server = start(args)) {
            System.out.println(server.baseUrl());
            new CountDownLatch(1).await();
        }
    }

    static FakeProviderServer start(String[] args) {
        if (args.length < 1 || args.length > 2) {
            throw new IllegalArgumentException("usage: glm|kimi|openai [port]");
        }
        int port = args.length == 2 ? Integer.parseInt(args[1]) : 0;
        return FakeProviderServer.start(WireFormat.of(args[0]), port);
    }
}
