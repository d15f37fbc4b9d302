package dev.exai.testkit.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Puts faults around a provider: an open that throws, an abort that throws or blocks. Only the cell's call has them. */
final class FaultyProvider implements Provider {
    private final Provider behind;
    private final Fault fault;
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Object lock = new Object();

    /** What happens inside the next open, before it throws; null if it does not throw. */
    @GuardedBy("lock")
    private @Nullable Runnable beforeThrow;

    private volatile boolean blocked;

    FaultyProvider(Provider behind, Fault fault) {
        this.behind = behind;
        this.fault = fault;
    }

    /** Has the next open of the cell's call do something, and then throw. */
    void throwOnOpen(Runnable before) {
        synchronized (lock) {
            beforeThrow = before;
        }
    }

    /** Lets go of threads that are inside an abort. */
    void letGo() {
        letGo.countDown();
    }

    @Override
    public ProviderId id() {
        return behind.id();
    }

    @Override
    public List<ModelInfo> catalog() {
        return behind.catalog();
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        if (!Peer.isStep(call)) {
            return behind.open(call, sink);
        }
        Runnable before;
        synchronized (lock) {
            before = beforeThrow;
            beforeThrow = null;
        }
        if (before == null) {
            Exchange exchange = behind.open(call, sink);
            return () -> abort(exchange);
        }
        CutSink cut = new CutSink(sink);
        Exchange exchange = behind.open(call, cut);
        before.run();
        cut.cut(); // a provider that throws from open has started nothing, and tells nothing
        exchange.abort();
        throw Thrown.by(fault);
    }

    private void abort(Exchange exchange) {
        exchange.abort();
        if (fault == Fault.ABORT_THROWS) {
            throw new IllegalStateException("thrown by the abort of the cell");
        }
        if (fault == Fault.ABORT_BLOCKS) {
            block();
        }
    }

    /** Whether a thread is inside an abort that blocks. */
    boolean isBlocking() {
        return blocked;
    }

    private void block() {
        blocked = true;
        boolean interrupted = false;
        while (letGo.getCount() > 0) {
            try {
                letGo.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        behind.close();
    }

    /** Passes on what comes before it is cut. */
    private static final class CutSink implements ReplySink {
        private final ReplySink behind;
        private volatile boolean isCut;

        CutSink(ReplySink behind) {
            this.behind = behind;
        }

        void cut() {
            isCut = true;
        }

        private void pass(Runnable delivery) {
            if (!isCut) {
                delivery.run();
            }
        }

        @Override
        public void opened() {
            pass(behind::opened);
        }

        @Override
        public void chunk(Chunk chunk) {
            pass(() -> behind.chunk(chunk));
        }

        @Override
        public void completed(ReplyEnd end) {
            pass(() -> behind.completed(end));
        }

        @Override
        public void failed(ProviderException failure) {
            pass(() -> behind.failed(failure));
        }

        @Override
        public void timedOut(AttemptTimeoutException failure) {
            pass(() -> behind.timedOut(failure));
        }

        @Override
        public void aborted() {
            pass(behind::aborted);
        }
    }
}
