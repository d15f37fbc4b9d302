package dev.exai.examples.custom;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Asks a server that speaks in lines of text, over a socket for each question.
 *
 * <p>Asked is with {@code KEY}, {@code MODEL}, {@code LIMIT}, a line for each message, and {@code GO}. The answer is
 * {@code OK}, any number of {@code T text} and of {@code -} to keep the connection alive, and
 * {@code END reason prompt-tokens answer-tokens}; at any point it may be {@code NO reason retry-after words} instead.
 * A line break in a text is written {@code \n}, a backslash {@code \\}.
 *
 * <p>Safe for use by many threads.
 */
public final class LineProvider implements Provider {
    static final String NAME = "lines";

    private static final List<ModelInfo> MODELS =
            List.of(ModelInfo.builder("line-1").maxOutputTokens(4_096).build());

    private final InetSocketAddress server;
    private final ApiKey key;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<LineExchange> open = new HashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    /**
     * Creates the provider; it connects when it is asked.
     *
     * @param server where the server is
     * @param key the key that it wants
     */
    public LineProvider(InetSocketAddress server, ApiKey key) {
        this.server = Objects.requireNonNull(server, "server");
        this.key = Objects.requireNonNull(key, "key");
    }

    @Override
    public ProviderId id() {
        return ProviderId.of(NAME);
    }

    @Override
    public List<ModelInfo> catalog() {
        return MODELS;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this provider is closed
     */
    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        LineExchange exchange = new LineExchange(server, key, call, sink, this::over);
        Thread thread = new Thread(exchange, "lines-" + call.attemptId());
        thread.setDaemon(true);
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException(NAME + " is closed");
            }
            open.add(exchange);
        }
        try {
            thread.start();
        } catch (Throwable e) { // no thread to be had: nothing was started
            over(exchange);
            throw e;
        }
        return exchange;
    }

    private void over(LineExchange exchange) {
        synchronized (lock) {
            open.remove(exchange);
        }
    }

    /** Aborts what is open, and waits for nothing. */
    @Override
    public void close() {
        List<LineExchange> left;
        synchronized (lock) {
            closed = true;
            left = List.copyOf(open);
        }
        left.forEach(LineExchange::abort);
    }

    @Override
    public String toString() {
        return "LineProvider[" + server + "]";
    }
}
