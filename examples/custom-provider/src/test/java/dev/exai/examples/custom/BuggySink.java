package dev.exai.examples.custom;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.UnavailableException;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Stands between the provider and the sink, and tells it what a provider with a bug would. */
final class BuggySink implements ReplySink {
    final CountDownLatch firstWord = new CountDownLatch(1);
    final CountDownLatch over = new CountDownLatch(1);
    private final ReplySink sink;
    private final Bug bug;
    private final Consumer<ReplySink> again;
    private boolean saidAborted;

    BuggySink(ReplySink sink, Bug bug, Consumer<ReplySink> again) {
        this.sink = sink;
        this.bug = bug;
        this.again = again;
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that it is over, though nothing was done to make it so. */
    synchronized void tellAborted() {
        if (!saidAborted) {
            saidAborted = true;
            sink.aborted();
        }
    }

    private synchronized boolean isDeaf() {
        return saidAborted && bug == Bug.ABORT_LEAVES_THE_SOCKET_OPEN;
    }

    @Override
    public void opened() {
        firstWord.countDown();
        if (!isDeaf()) {
            sink.opened();
        }
    }

    @Override
    public void chunk(Chunk chunk) {
        if (!isDeaf()) {
            sink.chunk(chunk);
        }
    }

    @Override
    public void completed(ReplyEnd end) {
        end(() -> sink.completed(end));
    }

    @Override
    public void failed(ProviderException failure) {
        switch (bug) {
            case SAYS_OPENED_WHATEVER_COMES -> {
                sink.opened();
                end(() -> sink.failed(failure));
            }
            case TRIES_AGAIN_BY_ITSELF -> again.accept(sink);
            case USED_UP_IS_A_RATE_LIMIT -> end(() -> sink.failed(asRateLimit(failure)));
            case HALF_AN_ANSWER_IS_WHOLE -> {
                boolean cut = failure instanceof UnavailableException;
                end(() -> {
                    if (cut) {
                        sink.completed(ReplyEnd.of(FinishReason.OTHER, Usage.none()));
                    } else {
                        sink.failed(failure);
                    }
                });
            }
            default -> end(() -> sink.failed(failure));
        }
    }

    private static ProviderException asRateLimit(ProviderException failure) {
        return failure instanceof QuotaExhaustedException
                ? new RateLimitedException(failure.upstream(), RateLimitedException.Scope.UNKNOWN, null)
                : failure;
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        end(() -> sink.timedOut(failure));
    }

    @Override
    public void aborted() {
        end(sink::aborted);
    }

    private void end(Runnable telling) {
        firstWord.countDown();
        try {
            if (!isDeaf()) {
                telling.run();
            }
        } finally {
            over.countDown();
        }
    }
}
