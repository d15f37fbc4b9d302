package dev.exai.examples.incident;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * The way of the daemon that failed, in Java: three semaphores taken one inside the other, the widest first, each held
 * while waiting for the next.
 */
final class OldDaemon implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "old-daemon");
        thread.setDaemon(true);
        return thread;
    });
    private final Semaphore global = new Semaphore(8, true);
    private final Semaphore glm = new Semaphore(3, true);
    private final Semaphore kimi = new Semaphore(3, true);

    /** Sends GLM something and does not look back. */
    void send(URI glmServer, Semaphore session, String prompt) {
        threads.execute(() -> {
            try {
                nested(glm, session, () -> post(glmServer, "glm-4.7", prompt));
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Asks Kimi something; the answer is how long it took. */
    Future<Duration> ask(URI kimiServer, Semaphore session, String prompt) {
        long asked = System.nanoTime();
        return threads.submit(() -> {
            nested(kimi, session, () -> post(kimiServer, "kimi-k2.6", prompt));
            return Duration.ofNanos(System.nanoTime() - asked);
        });
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void nested(Semaphore provider, Semaphore session, Work work) throws InterruptedException {
        global.acquire(); // held while this waits for the next two
        try {
            provider.acquire();
            try {
                session.acquire();
                try {
                    work.run();
                } finally {
                    session.release();
                }
            } finally {
                provider.release();
            }
        } finally {
            global.release();
        }
    }

    /** One try with the provider's timeout; a time-out is an answer too, here. */
    void post(URI baseUrl, String model, String prompt) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/chat/completions"))
                .timeout(Providers.HANG_LIMIT)
                .header("Authorization", "Bearer demo.key")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}"))
                .build();
        try {
            client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException timedOut) {
            // the old daemon went on too
        }
    }

    /** A session's own semaphore, taken last. */
    static Semaphore session() {
        return new Semaphore(4, true);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
