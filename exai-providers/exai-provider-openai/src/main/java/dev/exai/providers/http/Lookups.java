package dev.exai.providers.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.Dns;

/**
 * Looks names up on threads of its own, because the system's look-up can neither be interrupted nor given a limit:
 * an exchange that is aborted meanwhile leaves at once, and only the look-up's thread stays until the system answers.
 */
final class Lookups implements Dns {
    private final Dns system;
    private final Executor threads;

    Lookups(Dns system, Executor threads) {
        this.system = system;
        this.threads = threads;
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        HttpExchange exchange = HttpExchange.current();
        if (exchange == null) {
            return system.lookup(hostname);
        }
        CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
        exchange.setLookup(result);
        try {
            threads.execute(() -> {
                try {
                    result.complete(system.lookup(hostname));
                } catch (UnknownHostException | RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            });
            return result.get();
        } catch (ExecutionException e) {
            throw failed(hostname, e.getCause() == null ? e : e.getCause());
        } catch (RejectedExecutionException closed) {
            throw failed(hostname, closed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(hostname, e);
        }
    }

    private static UnknownHostException failed(String hostname, Throwable cause) {
        UnknownHostException failure = new UnknownHostException("no address found for " + hostname);
        failure.initCause(cause);
        return failure;
    }
}
