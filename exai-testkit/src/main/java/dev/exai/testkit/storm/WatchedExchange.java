package dev.exai.testkit.storm;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.Exchange;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One exchange, seen from both sides. */
final class WatchedExchange implements Exchange, ReplySink {
    private final WatchedProvider provider;
    private final Exchanges exchanges;
    private final ProviderCall call;
    private final ReplySink sink;
    private final long opened;
    private @Nullable Exchange inner;
    private long progress;
    private boolean begun;
    private boolean inFlight = true;
    private boolean aborted;
    private boolean over;

    WatchedExchange(WatchedProvider provider, Exchanges exchanges, ProviderCall call, ReplySink sink) {
        this.provider = provider;
        this.exchanges = exchanges;
        this.call = call;
        this.sink = sink;
        this.opened = exchanges.now();
        this.progress = opened;
    }

    ProviderCall call() {
        return call;
    }

    void isAt(Exchange opened) {
        inner = opened;
    }

    /** Counts as in flight no more. */
    void leave() {
        if (inFlight) {
            inFlight = false;
            exchanges.left(provider, this);
        }
    }

    /** I8: it is not left alone for longer than its limits say. */
    private void checkLiveness() {
        if (!inFlight) {
            return;
        }
        LivenessLimits limits = call.limits();
        long now = exchanges.now();
        Duration limit = begun ? limits.silence() : limits.firstEvent();
        if (now - progress > limit.toNanos()) {
            broken("it was silent for " + Duration.ofNanos(now - progress) + "; the limit is " + limit);
        }
        if (now - opened > limits.attempt().toNanos()) {
            broken("its attempt took " + Duration.ofNanos(now - opened) + "; the limit is " + limits.attempt());
        }
    }

    private void broken(String what) {
        exchanges.findings().broken("I8", WatchedProvider.callOf(call), what);
    }

    @Override
    public void abort() {
        checkLiveness();
        leave();
        if (!aborted && !over) {
            aborted = true;
            exchanges.countZombie(1);
        }
        Objects.requireNonNull(inner, "aborted before it was opened").abort();
    }

    @Override
    public void opened() {
        exchanges.inCallback(sink::opened);
    }

    @Override
    public void chunk(Chunk chunk) {
        checkLiveness();
        begun = true;
        progress = exchanges.now();
        exchanges.inCallback(() -> sink.chunk(chunk));
    }

    private void end(Runnable told) {
        checkLiveness();
        leave();
        if (aborted && !over) {
            exchanges.countZombie(-1);
        }
        over = true;
        exchanges.inCallback(told);
    }

    @Override
    public void completed(ReplyEnd end) {
        end(() -> sink.completed(end));
    }

    @Override
    public void failed(ProviderException failure) {
        end(() -> sink.failed(failure));
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        end(() -> sink.timedOut(failure));
    }

    @Override
    public void aborted() {
        end(sink::aborted);
    }
}
