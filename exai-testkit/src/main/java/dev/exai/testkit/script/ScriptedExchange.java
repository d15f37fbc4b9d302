package dev.exai.testkit.script;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.Scheduler;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.Exchange;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.internal.Tokens;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Plays one script into one sink. */
final class ScriptedExchange implements Exchange {
    /*
     * State      position in the script; whether a step is being told; whether it was aborted, and is over.
     * Owner      lock guards the flags. The position belongs to the chain: each step schedules the one after it, so
     *            only one thread at a time has it, and the scheduler or the executor hands it on.
     * Hand-off   abort <- a step is being told: the teller reports the abort when it has returned, so a sink is
     *            never told two things at once.
     * Ordering   counts change before the sink is told, because whoever hears of an end may open the next exchange
     *            inside that call. The sink is told outside the lock.
     */
    private final ProviderCall call;
    private final Script script;
    private final ReplySink sink;
    private final Scheduler scheduler;
    private final @Nullable Executor executor;
    private final ExchangeCounts.Counted counted;
    private final String provider;
    private final String requestId;
    private final RandomGenerator chance;
    private final Consumer<ScriptedExchange> whenOver;
    private final ReplyTally tally = new ReplyTally();

    private int position;
    private boolean saidOpened;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled next;

    @GuardedBy("lock")
    private boolean telling;

    @GuardedBy("lock")
    private boolean aborted;

    @GuardedBy("lock")
    private boolean over;

    ScriptedExchange(
            ProviderCall call,
            Script script,
            ReplySink sink,
            Scheduler scheduler,
            @Nullable Executor executor,
            ExchangeCounts.Counted counted,
            String provider,
            int number,
            RandomGenerator chance,
            Consumer<ScriptedExchange> whenOver) {
        this.call = call;
        this.script = script;
        this.sink = sink;
        this.scheduler = scheduler;
        this.executor = executor;
        this.counted = counted;
        this.provider = provider;
        this.requestId = provider + "-" + number;
        this.chance = chance;
        this.whenOver = whenOver;
    }

    void start() {
        try {
            boolean goesOn = script.startsInOpen();
            while (goesOn && position < script.steps().size() && !isWait(position)) {
                goesOn = playStep();
            }
        } finally {
            scheduleNext();
        }
    }

    private boolean isWait(int at) {
        return script.steps().get(at) instanceof Step.Wait;
    }

    private void scheduleNext() {
        Duration wait = Duration.ZERO;
        while (position < script.steps().size() && script.steps().get(position) instanceof Step.Wait pause) {
            wait = wait.plus(pause.time().apply(chance));
            position++;
        }
        synchronized (lock) {
            if (position < script.steps().size() && !isStopped()) {
                next = scheduler.schedule(wait, () -> deliver(this::playAndGoOn));
            }
        }
    }

    private void deliver(Runnable telling) {
        if (executor == null) {
            telling.run();
            return;
        }
        try {
            executor.execute(telling);
        } catch (RejectedExecutionException closed) {
            // The one end is owed also when the executor is gone.
            telling.run();
        }
    }

    private void playAndGoOn() {
        try {
            playStep();
        } finally {
            scheduleNext();
        }
    }

    /** {@return whether the step was played: not if the exchange was aborted before} */
    private boolean playStep() {
        Step step = script.steps().get(position);
        synchronized (lock) {
            if (isStopped()) {
                return false;
            }
            telling = true;
            over |= step.isEnd();
        }
        position++;
        try {
            tell(step);
        } finally {
            synchronized (lock) {
                telling = false;
                // abort <- a step was being told: the abort left the end to us
                if (isStopped()) {
                    scheduleAborted();
                }
            }
        }
        return true;
    }

    @GuardedBy("lock")
    private boolean isStopped() {
        return aborted && !script.ignoresAbort();
    }

    private void tell(Step step) {
        if (step instanceof Step.Opened) {
            sayOpened();
        } else if (step instanceof Step.Piece piece) {
            sayOpened();
            piece.chunk().accept(tally);
            sink.chunk(piece.chunk());
        } else if (step instanceof Step.Complete complete) {
            sayOpened();
            end(ExchangeCounts.Outcome.COMPLETED);
            sink.completed(complete.end() != null ? complete.end() : madeUpEnd());
        } else if (step instanceof Step.Fail fail) {
            end(ExchangeCounts.Outcome.FAILED);
            sink.failed(fail.failure().apply(provider));
        } else if (step instanceof Step.TimeOut timeOut) {
            end(ExchangeCounts.Outcome.FAILED);
            sink.timedOut(timeOut.failure().get());
        }
    }

    private void sayOpened() {
        if (!saidOpened) {
            saidOpened = true;
            sink.opened();
        }
    }

    private void end(ExchangeCounts.Outcome outcome) {
        whenOver.accept(this);
        counted.end(outcome);
    }

    private ReplyEnd madeUpEnd() {
        return ReplyEnd.of(tally.finishReason(), tally.usage(call))
                .withServedModel(call.model().id())
                .withRequestId(requestId);
    }

    @Override
    public void abort() {
        counted.leave();
        synchronized (lock) {
            if (!aborted && !over) {
                aborted = true;
                if (isStopped()) {
                    if (next != null) {
                        next.cancel();
                    }
                    if (!telling) {
                        scheduleAborted();
                    }
                }
            }
        }
        script.abortActions().forEach(Runnable::run);
    }

    @GuardedBy("lock")
    private void scheduleAborted() {
        scheduler.schedule(script.abortDelay(), () -> deliver(this::reportAborted));
    }

    private void reportAborted() {
        synchronized (lock) {
            over = true;
        }
        end(ExchangeCounts.Outcome.FAILED);
        sink.aborted();
    }

    @Override
    public String toString() {
        boolean zombie;
        synchronized (lock) {
            zombie = aborted;
        }
        return requestId + " " + call.context().callId() + " of session "
                + call.context().sessionId() + ", "
                + call.model().id() + (zombie ? ", aborted and not over" : "") + ", asked at "
                + call.context().origin();
    }

    /** Sums up what was sent, for an end that is made up. */
    private static final class ReplyTally implements Chunk.Visitor {
        private long chars;
        private long reasoningChars;
        private boolean functions;

        @Override
        public void text(Chunk.Text chunk) {
            chars += chunk.text().length();
        }

        @Override
        public void reasoning(Chunk.Reasoning chunk) {
            reasoningChars += chunk.text().length();
        }

        @Override
        public void functionPiece(Chunk.FunctionPiece chunk) {
            functions = true;
            chars += chunk.arguments().length();
        }

        FinishReason finishReason() {
            return functions ? FinishReason.FUNCTION_CALLS : FinishReason.STOP;
        }

        Usage usage(ProviderCall call) {
            long thought = Tokens.in(reasoningChars);
            return Usage.of(promptTokens(call), 0, Tokens.in(chars) + thought, thought);
        }
    }

    static long promptTokens(ProviderCall call) {
        return Tokens.in(call.request().messages().stream()
                .mapToLong(message -> message.text().length())
                .sum());
    }
}
