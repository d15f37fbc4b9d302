package dev.exai.testkit.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.script.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A provider in the same process that says something when it is told to, on the thread that tells it. */
final class Puppet implements Provider, Peer {
    private static final ProviderId ID = ProviderId.of("puppet");
    private static final ModelInfo MODEL = ModelInfo.builder("strings").build();

    private final Executor executor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Strings> open = new ArrayList<>();

    /** What an exchange gets at once; with silence it waits to be told. */
    @GuardedBy("lock")
    private Answer standing = Answer.SILENCE;

    @GuardedBy("lock")
    private boolean hangsOn;

    Puppet(Executor executor) {
        this.executor = executor;
    }

    @Override
    public ProviderId id() {
        return ID;
    }

    @Override
    public List<ModelInfo> catalog() {
        return List.of(MODEL);
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        Strings exchange = new Strings(Peer.isStep(call), sink);
        Answer answer;
        synchronized (lock) {
            open.add(exchange);
            answer = exchange.isStep ? standing : Answer.SILENCE;
        }
        if (answer != Answer.SILENCE) {
            executor.execute(() -> exchange.end(answer));
        }
        return exchange;
    }

    @Override
    public Provider provider() {
        return this;
    }

    @Override
    public void expect(Answer answer) {
        // it waits to be told
    }

    @Override
    public void give(Answer answer) {
        steps().forEach(exchange -> exchange.end(answer));
    }

    @Override
    public void giveAll(Answer answer) {
        synchronized (lock) {
            standing = answer;
        }
        give(answer);
    }

    private List<Strings> steps() {
        synchronized (lock) {
            return open.stream()
                    .filter(each -> each.isStep && !each.aborted.get())
                    .toList();
        }
    }

    @Override
    public boolean isAsked() {
        return !steps().isEmpty();
    }

    @Override
    public int inFlight() {
        synchronized (lock) {
            return (int) open.stream().filter(each -> !each.aborted.get()).count();
        }
    }

    @Override
    public int hanging() {
        return hung().size();
    }

    private List<Strings> hung() {
        synchronized (lock) {
            return open.stream().filter(each -> each.aborted.get()).toList();
        }
    }

    @Override
    public void hangOn() {
        synchronized (lock) {
            hangsOn = true;
        }
    }

    @Override
    public void letGo() {
        synchronized (lock) {
            hangsOn = false;
        }
        hung().forEach(exchange -> executor.execute(exchange::endAborted));
    }

    @Override
    public void close() {
        List<Strings> left;
        synchronized (lock) {
            left = List.copyOf(open);
        }
        left.forEach(Strings::abort);
    }

    private final class Strings implements Exchange {
        private final boolean isStep;
        private final ReplySink sink;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicBoolean aborted = new AtomicBoolean();

        Strings(boolean isStep, ReplySink sink) {
            this.isStep = isStep;
            this.sink = sink;
        }

        void end(Answer answer) {
            if (answer == Answer.SILENCE || !claim()) {
                return;
            }
            switch (answer) {
                case WHOLE -> {
                    sink.opened();
                    sink.chunk(Chunk.text("ok"));
                    sink.completed(ReplyEnd.of(FinishReason.STOP, Usage.none()));
                }
                case REFUSED -> sink.failed(Failures.rejected(ID.value()));
                default -> sink.failed(Failures.serverError(ID.value()));
            }
        }

        private boolean claim() {
            if (!over.compareAndSet(false, true)) {
                return false;
            }
            synchronized (lock) {
                open.remove(this);
            }
            return true;
        }

        void endAborted() {
            if (claim()) {
                sink.aborted();
            }
        }

        @Override
        public void abort() {
            boolean hangs;
            synchronized (lock) {
                hangs = hangsOn && isStep;
            }
            if (!over.get() && aborted.compareAndSet(false, true) && !hangs) {
                executor.execute(this::endAborted);
            }
        }
    }
}
