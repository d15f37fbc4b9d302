package dev.exai.attempt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.ProviderException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UpstreamError;
import dev.exai.event.ExaiEvent;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.message.TokenEstimate;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitPath;
import dev.exai.permit.PermitRequest;
import dev.exai.resilience.HealthBoard;
import dev.exai.spi.Exchange;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt: a permit, an exchange, and the watch over it.
 */
final class Attempt {
    /*
     * State      ended: this attempt is decided, and exactly one thread reported its end (or none, if it was stopped).
     *            exchange: open at the provider. over: the provider has reported the end of the exchange.
     * Owner      lock guards them and the watch. It is held for no call into pool, provider or host.
     * Finish     release(), in this order: abort the exchange unless it is over, give the permit back, stop the watch.
     *            Every step is idempotent, so any number of threads may release at once, and each of them finds all
     *            steps done when it returns. The end is reported after that.
     * Race       stop | permit granted: the request is one unit with its permit; cancelling it gives back either.
     *            stop | exchange opening on another thread: the opener finds `ended` and aborts it. Until the provider
     *            reports its end it is a zombie, which holds no permit.
     */

    private static final Logger log = LoggerFactory.getLogger(Attempt.class);

    /** An abort() that takes this long breaks its contract; who comes after that does not wait for it. */
    private static final Duration ABORT_HANGS = Duration.ofMillis(500);

    /** A provider that asks for more than this is asked again after this: one answer must not stop it for a day. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final AttemptEngine engine;
    private final CallContext context;
    private final ProviderId provider;
    private final ModelInfo model;
    private final ChatRequest request;
    private final int number;
    private final LivenessLimits limits;
    private final AttemptHost host;
    private final Attempts series;
    private final PermitRequest permitRequest;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean ended;

    @GuardedBy("lock")
    private boolean opening;

    @GuardedBy("lock")
    private boolean over;

    @GuardedBy("lock")
    private boolean zombie;

    /** The permit, from the moment it is granted: kept here so that nobody can think it lost. */
    @GuardedBy("lock")
    private @Nullable Permit permit;

    /** Leave to ask the provider, from right before it is asked; its end is told once. */
    @GuardedBy("lock")
    private HealthBoard.@Nullable Leave leave;

    @GuardedBy("lock")
    private @Nullable Exchange exchange;

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled watch;

    /** Whether a thread is inside abort(), and since when the first one is. */
    @GuardedBy("lock")
    private int aborting;

    @GuardedBy("lock")
    private long abortingSinceNanos;

    @GuardedBy("lock")
    private long startedNanos;

    @GuardedBy("lock")
    private long progressNanos;

    @GuardedBy("lock")
    private boolean hasBegun;

    Attempt(
            AttemptEngine engine,
            CallContext context,
            Leg leg,
            ChatRequest request,
            int number,
            AttemptHost host,
            Attempts series) {
        this.engine = engine;
        this.context = context;
        this.provider = leg.provider();
        this.model = leg.model();
        this.request = request;
        this.number = number;
        this.limits = leg.limits();
        this.host = host;
        this.series = series;
        PermitPath path = PermitPath.of(context.sessionId(), provider, model.id());
        long tokens = engine.pool().limits().rate(provider).isPresent()
                ? TokenEstimate.ofPrompt(request) + request.maxOutputTokens().orElse(model.defaultOutputTokens())
                : 0;
        this.permitRequest = engine.pool().prepare(path, context, tokens, new PermitTaker());
    }

    /** Asks for the permit; the rest follows from its grant. */
    void begin() {
        CircuitOpenException refusal =
                engine.health().refusal(provider, model.id()).orElse(null);
        if (refusal != null) {
            end(refusal); // who would be refused with a permit does not wait for one
            return;
        }
        host.queued(number);
        try {
            permitRequest.submit();
        } catch (ExaiException refused) {
            end(refused);
        }
    }

    /** Why this attempt has no permit, or null if that is not what is wrong. */
    @Nullable
    ExaiException trouble() {
        return permitRequest.trouble().orElse(null);
    }

    /** Ends this attempt without a report. When this returns its permit is back and its exchange is being aborted. */
    void stop() {
        HealthBoard.Leave asked;
        AttemptTimeoutException hung = null;
        synchronized (lock) {
            asked = ended ? null : leave;
            ended = true;
            if (asked != null && opening && isHanging()) {
                hung = silenceMet();
            }
        }
        release();
        if (asked != null && hung != null) {
            asked.failed(hung); // whoever gave up on it did so for its silence: others need not find out for themselves
        } else if (asked != null) {
            asked.abandoned();
        }
    }

    /** Whether nothing has come for half of the time after which nothing more is waited for. */
    @GuardedBy("lock")
    private boolean isHanging() {
        return now() - progressNanos >= nanos(hasBegun ? limits.silence() : limits.firstEvent()) / 2;
    }

    @GuardedBy("lock")
    private AttemptTimeoutException silenceMet() {
        return hasBegun
                ? new AttemptTimeoutException(Limit.SILENCE, limits.silence())
                : new AttemptTimeoutException(Limit.FIRST_EVENT, limits.firstEvent());
    }

    /** Decides this attempt, releases everything, and reports the end; only the first of several ends counts. */
    private void end(@Nullable ExaiException failure, @Nullable ReplyEnd reply) {
        Permit held;
        HealthBoard.Leave asked;
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            held = permit;
            asked = leave;
        }
        try {
            tell(held, asked, failure, reply); // before the permit is back: who has it next must know
        } catch (RuntimeException | Error e) {
            log.warn("The end of an attempt at {} could not be told to all; it ends all the same", provider, e);
        } finally {
            release();
        }
        if (reply != null) {
            series.succeeded(reply);
        } else if (failure != null) {
            series.failed(failure);
        }
    }

    private void tell(
            @Nullable Permit held,
            HealthBoard.@Nullable Leave asked,
            @Nullable ExaiException failure,
            @Nullable ReplyEnd reply) {
        if (held != null) {
            tellPool(held, failure, reply);
        }
        if (asked != null && reply != null) {
            asked.answered();
        } else if (asked != null && failure != null) {
            asked.failed(failure);
        }
    }

    /** Has the pool learn what the provider said of how much it takes, while the permit is out. */
    private void tellPool(Permit held, @Nullable ExaiException failure, @Nullable ReplyEnd reply) {
        if (reply != null) {
            held.settle(reply.usage().totalTokens());
        }
        if (failure instanceof RateLimitedException refused) {
            if (refused.scope() == RateLimitedException.Scope.CONCURRENCY) {
                held.reportCongestion();
            }
            refused.retryAfter().ifPresent(wait -> {
                Duration pause = wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait;
                engine.pool().pause(provider, pause);
            });
        }
    }

    private void end(ExaiException failure) {
        end(failure, null);
    }

    private void release() {
        Exchange open;
        boolean becameZombie = false;
        boolean tooMany = false;
        Scheduler.Scheduled timer;
        synchronized (lock) {
            open = over ? null : exchange;
            timer = watch;
            if (opening && !over && !zombie) {
                zombie = true;
                becameZombie = true;
                tooMany = engine.zombieBorn(provider); // here, so that its end cannot be counted first
            }
        }
        if (becameZombie) {
            engine.emit(new ExaiEvent.ExchangeAborted(now(), context, provider, "attempt " + number));
        }
        if (open != null) {
            abort(open);
        }
        permitRequest.cancel();
        if (timer != null) {
            timer.cancel();
        }
        if (tooMany) {
            engine.lookAtZombies(provider);
        }
    }

    private void abort(Exchange open) {
        synchronized (lock) {
            if (aborting > 0 && now() - abortingSinceNanos >= ABORT_HANGS.toNanos()) {
                return; // another thread is in there and does not come back: the permit must not wait for it
            }
            if (aborting++ == 0) {
                abortingSinceNanos = now();
            }
        }
        try {
            open.abort();
        } catch (RuntimeException | Error e) {
            log.warn("{} threw from abort(); the call has ended all the same", provider, e);
        } finally {
            synchronized (lock) {
                aborting--;
            }
        }
    }

    /** What the pool answers. */
    private final class PermitTaker implements PermitRequest.Listener {
        @Override
        public void granted(Permit granted) {
            synchronized (lock) {
                permit = granted;
            }
            open();
        }

        @Override
        public void failed(ExaiException failure) {
            end(failure);
        }
    }

    private void open() {
        HealthBoard.Leave given;
        try {
            given = engine.health().admit(context, provider, model.id());
        } catch (CircuitOpenException refused) {
            end(refused); // the circuit opened while this one waited for its permit
            return;
        } catch (RuntimeException | Error e) {
            log.warn("Nobody could say whether {} may be asked", provider, e);
            end(new InternalErrorException("Nobody could say whether " + provider + " may be asked", e));
            return;
        }
        boolean stoppedBefore;
        synchronized (lock) {
            stoppedBefore = ended;
            if (!stoppedBefore) {
                leave = given;
            }
        }
        if (stoppedBefore) {
            given.abandoned();
            return; // stopped in the same moment: the request was cancelled, and its permit with it
        }
        if (number == 1) {
            engine.health().called(context.sessionId(), provider);
        }
        synchronized (lock) {
            if (ended) {
                return; // stopped since: whoever did that has told the end of the leave
            }
            if (context.deadline().isExpired()) {
                return; // granted at the moment of the deadline, which is about to stop this
            }
            opening = true;
            startedNanos = now();
            progressNanos = startedNanos;
            setWatch();
        }
        if (engine.isListenedTo()) {
            engine.emit(new ExaiEvent.AttemptStarted(now(), context, provider, "attempt " + number));
        }
        host.running(number);
        synchronized (lock) {
            stoppedBefore = ended;
        }
        if (stoppedBefore) {
            exchangeOver("stopped before it was opened");
            return;
        }
        LentThread lent = engine.mayEffectsBlock() ? new LentThread() : null;
        open(lent);
        if (lent != null) {
            runAfterOpen(lent); // also if the provider threw after it had given its work: somebody may wait for its end
        }
    }

    private void runAfterOpen(LentThread lent) {
        try {
            lent.run();
        } catch (RuntimeException | Error e) {
            log.warn("{} threw as it read an answer", provider, e);
            end(new InternalErrorException("Provider " + provider + " threw as it read an answer", e));
            exchangeOver("threw"); // its thread has left, so nobody would tell
        }
    }

    private void open(@Nullable LentThread lent) {
        ProviderCall call = ProviderCall.of(context, model, request, number, limits);
        try {
            Exchange open = engine.provider(provider).open(lent == null ? call : call.lending(lent), new Sink());
            boolean late;
            synchronized (lock) {
                exchange = open;
                late = ended && !over;
            }
            if (late) {
                abort(open); // stopped while it was being opened
            }
        } catch (RuntimeException | Error e) {
            exchangeOver("threw");
            end(openFailed(e));
        }
    }

    /** What a provider throws: a failure of its own, a request it cannot send, or a bug. */
    private ExaiException openFailed(Throwable thrown) {
        if (thrown instanceof ExaiException known) {
            return known;
        }
        if (thrown instanceof IllegalArgumentException) {
            return new RejectedException(
                    UpstreamError.of(provider.value()).withMessage("not sent, because " + thrown.getMessage()));
        }
        log.warn("{} threw from open()", provider, thrown);
        return new InternalErrorException("Provider " + provider + " threw from open()", thrown);
    }

    /** Sets the watch to the next limit that could be met. */
    @GuardedBy("lock")
    private void setWatch() {
        long dueNanos = dueNanos();
        watch = engine.scheduler().schedule(Duration.ofNanos(Math.max(0, dueNanos - now())), this::look);
    }

    /** The watch stands at the limit of the first event: silence may be met before that. */
    @GuardedBy("lock")
    private void watchForSilence() {
        if (watch != null && nanos(limits.silence()) < nanos(limits.firstEvent())) {
            watch.cancel();
            setWatch();
        }
    }

    @GuardedBy("lock")
    private long dueNanos() {
        long attemptEnd = startedNanos + nanos(limits.attempt());
        long progressEnd = progressNanos + nanos(hasBegun ? limits.silence() : limits.firstEvent());
        return attemptEnd - progressEnd < 0 ? attemptEnd : progressEnd;
    }

    /** A limit in nanoseconds; one that is longer than any deadline counts as the longest. */
    private static long nanos(Duration limit) {
        return (limit.compareTo(Deadline.LONGEST) > 0 ? Deadline.LONGEST : limit).toNanos();
    }

    /** The watch, on the timer's thread: one look at a time, moved on while there is progress. */
    private void look() {
        AttemptTimeoutException met = null;
        synchronized (lock) {
            if (ended) {
                return;
            }
            if (dueNanos() - now() > 0) {
                setWatch();
                return;
            }
            if (startedNanos + nanos(limits.attempt()) - now() <= 0) {
                met = new AttemptTimeoutException(Limit.ATTEMPT, limits.attempt());
            } else {
                met = silenceMet();
            }
        }
        AttemptTimeoutException failure = met;
        engine.onEffects(() -> end(failure));
    }

    private long now() {
        return engine.scheduler().nanoTime();
    }

    /** What the provider reports. */
    private final class Sink implements ReplySink {
        @Override
        public void opened() {
            synchronized (lock) {
                if (ended) {
                    return;
                }
            }
            host.opened(number);
        }

        @Override
        public void chunk(Chunk chunk) {
            synchronized (lock) {
                if (ended) {
                    return;
                }
                progressNanos = now();
                if (!hasBegun) {
                    hasBegun = true;
                    watchForSilence();
                }
            }
            ExaiException tooMuch = host.chunk(number, chunk);
            if (tooMuch != null) {
                end(tooMuch);
            }
        }

        @Override
        public void completed(ReplyEnd reply) {
            exchangeOver("completed");
            end(null, reply);
        }

        @Override
        public void failed(ProviderException failure) {
            exchangeOver("failed");
            end(failure);
        }

        @Override
        public void timedOut(AttemptTimeoutException failure) {
            exchangeOver("timed out");
            end(failure);
        }

        @Override
        public void aborted() {
            exchangeOver("aborted");
            end(new InternalErrorException(
                    "Provider " + provider + " aborted an exchange that nobody asked it to abort",
                    new IllegalStateException("aborted")));
        }
    }

    /** Notes that the provider has reported the end; later reports find it noted. */
    private void exchangeOver(String how) {
        boolean wasZombie;
        synchronized (lock) {
            if (over) {
                return;
            }
            over = true;
            wasZombie = zombie;
        }
        if (engine.isListenedTo()) {
            engine.emit(new ExaiEvent.AttemptEnded(now(), context, provider, "attempt " + number + " " + how));
        }
        if (wasZombie) {
            engine.zombieGone(provider);
            engine.emit(new ExaiEvent.ExchangeGone(now(), context, provider, "attempt " + number));
        }
    }
}
