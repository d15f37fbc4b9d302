package dev.exai.testkit.contract.provider;

import dev.exai.context.ProviderId;
import dev.exai.message.ChatMessage;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A plain provider that keeps every rule, but for the bugs that it is made with. Each use of {@link #has} is a place
 * where a provider can go wrong.
 */
final class ToyProvider implements Provider {
    final ToyUpstream upstream;
    final @Nullable InetSocketAddress address;
    final String key;
    final ReentrantLock sinksLock = new ReentrantLock();
    volatile String lastPrompt = "";
    final ExecutorService few = Executors.newFixedThreadPool(4, ToyProvider::daemon);
    private final Set<Bug> bugs;
    private final List<ModelInfo> catalog;
    private final List<ToyExchange> open = new ArrayList<>();
    private boolean closed;

    ToyProvider(ToyUpstream upstream, @Nullable InetSocketAddress address, String key, Set<Bug> bugs) {
        this.upstream = upstream;
        this.address = address;
        this.key = key;
        this.bugs = bugs;
        List<ModelInfo> models = new ArrayList<>();
        models.add(ModelInfo.builder("toy-1").build());
        models.add(ModelInfo.builder(has(Bug.TWO_MODELS_OF_ONE_NAME) ? "toy-1" : "toy-2")
                .build());
        this.catalog = has(Bug.CATALOGUE_CAN_BE_CHANGED) ? models : List.copyOf(models);
    }

    boolean has(Bug bug) {
        return bugs.contains(bug);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "toy");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public ProviderId id() {
        return ProviderId.of("toy");
    }

    @Override
    public List<ModelInfo> catalog() {
        return catalog;
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        ToyExchange exchange = new ToyExchange(this, call, sink);
        synchronized (open) {
            if (closed && !has(Bug.OPENS_THOUGH_CLOSED)) {
                throw new IllegalStateException("closed");
            }
            open.add(exchange);
        }
        if (has(Bug.FEW_THREADS)) {
            few.execute(exchange);
        } else {
            daemon(exchange).start();
        }
        if (has(Bug.OPEN_WAITS_FOR_HEADERS)) {
            exchange.awaitHeaders();
        }
        return exchange;
    }

    void over(ToyExchange exchange) {
        synchronized (open) {
            open.remove(exchange);
        }
    }

    /** {@return what is sent: a line for the model, and one for each message} */
    String requestOf(ProviderCall call) {
        StringBuilder text = new StringBuilder(call.model().id());
        if (!has(Bug.NO_OUTPUT_LIMIT)) {
            text.append(' ').append(call.maxOutputTokens());
        }
        List<ChatMessage> all = call.request().messages();
        List<ChatMessage> sent = has(Bug.LAST_MESSAGE_ONLY) ? all.subList(all.size() - 1, all.size()) : all;
        sent.forEach(message -> text.append('\n').append(message.text()));
        return text.toString();
    }

    @Override
    public void close() {
        List<ToyExchange> left;
        synchronized (open) {
            closed = true;
            left = List.copyOf(open);
        }
        if (!has(Bug.CLOSE_LEAVES_WHAT_IS_OPEN)) {
            left.forEach(ToyExchange::abort);
        }
        if (has(Bug.CLOSE_WAITS)) {
            left.forEach(ToyExchange::join);
        }
        if (has(Bug.A_THREAD_STAYS)) {
            daemon(() -> AbortRules.awaitQuietly(new CountDownLatch(1))).start();
        }
        few.shutdown();
    }

    @Override
    public String toString() {
        return "ToyProvider" + (has(Bug.KEY_IN_TO_STRING) ? "[" + key + "]" : "");
    }
}
