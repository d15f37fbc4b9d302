package dev.exai.providers.openai;

import dev.exai.context.Scheduler;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.providers.http.ResponseHead;
import dev.exai.providers.http.ResponseReader;
import dev.exai.spi.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads one whole response into a future, within a limit of time and one of size.
 *
 * <p>The exchange's thread alone ends the future, but for who cancels it: what depends on it is code of users, which must not run on
 * the timer. At the limit the exchange is aborted, and its thread then tells why.
 */
final class WholeReader implements ResponseReader {
    private static final int MAX_BYTES = 64 << 20;

    private final Upstream upstream;
    private final Duration limit;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final AtomicReference<@Nullable Exchange> exchange = new AtomicReference<>();
    private final SideFuture<String> result = new SideFuture<>(this::abort);
    private final boolean document;
    private volatile boolean expired;
    private boolean refused;
    private boolean tooLong;

    /** @param document whether the answer is somebody's text, which may look like an error and be none */
    WholeReader(Upstream upstream, Duration limit, boolean document) {
        this.upstream = upstream;
        this.limit = limit;
        this.document = document;
    }

    /** Starts the limit, and {@return the answer to come} */
    @SuppressWarnings("FutureReturnValueIgnored") // the limit is stopped whatever comes
    CompletableFuture<String> begin(Exchange open, Scheduler timer) {
        exchange.set(open);
        Scheduler.Scheduled watch = timer.schedule(limit, () -> {
            expired = true;
            open.abort();
        });
        result.whenComplete((text, failure) -> watch.cancel());
        return result;
    }

    private void abort() {
        Exchange open = exchange.get();
        if (open != null) {
            open.abort();
        }
    }

    @Override
    public Demand head(ResponseHead head) {
        upstream.setHead(head);
        refused = !head.isSuccess();
        return refused ? Demand.LINGER : Demand.MORE;
    }

    @Override
    public Demand body(byte[] bytes, int offset, int length) {
        if (collected.size() > MAX_BYTES - length) {
            tooLong = true;
            return Demand.ENOUGH;
        }
        collected.write(bytes, offset, length);
        return refused ? Demand.LINGER : Demand.MORE;
    }

    @Override
    public void over() {
        String text = collected.toString(StandardCharsets.UTF_8);
        ErrorBody error = refused ? ErrorBody.parse(text) : document ? null : ErrorBody.inSuccess(text);
        if (tooLong) {
            result.completeExceptionally(upstream.malformed("it is longer than " + MAX_BYTES + " bytes"));
        } else if (error != null) {
            result.completeExceptionally(upstream.refused(error));
        } else {
            result.complete(text);
        }
    }

    @Override
    public void broken(IOException cause) {
        result.completeExceptionally(expired ? tooLate() : upstream.broken(cause));
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        result.completeExceptionally(failure);
    }

    @Override
    public void aborted() {
        result.completeExceptionally(expired ? tooLate() : new CancellationException("the provider was closed"));
    }

    private AttemptTimeoutException tooLate() {
        return new AttemptTimeoutException(Limit.ATTEMPT, limit);
    }

    @Override
    public void crashed(Throwable cause) {
        result.completeExceptionally(upstream.crashed(cause));
    }
}
