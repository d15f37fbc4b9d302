package dev.exai.attempt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.CallContext;
import dev.exai.context.Scheduler;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ErrorContext;
import dev.exai.error.ExaiException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.UnavailableException;
import dev.exai.event.ExaiEvent;
import dev.exai.message.ChatRequest;
import dev.exai.spi.ReplyEnd;
import dev.failsafe.Execution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call, one after the other, inside its one deadline.
 */
public final class Attempts {
    /*
     * State      current: the attempt under way, or null. backOff: the timer of the next one, or null. At most one of
     *            the two is there. stopped: nothing more will start.
     * Owner      lock guards them. It is held for no call into pool, provider or host.
     * Invariant  Between two attempts nothing is held: an attempt gives its permit back before it reports its end.
     * stop       After stop() returns, no attempt is open, no permit is held or waited for, no timer is set, and none
     *            will be. Any number of threads may stop at once: each does all the steps, which are idempotent.
     */

    /** Less time than this is not worth an attempt, unless the call has little time in all: then a tenth of that. */
    private static final Duration LEAST_USEFUL = Duration.ofSeconds(1);

    private static final int GATEWAY_TIMEOUT = 504;

    private final AttemptEngine engine;
    private final CallContext context;
    private final ChatRequest request;
    private final RetryRules rules;
    private final AttemptHost host;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Chain chain;

    /** Decides over attempts at the model that is asked now; made with the first failure, which most calls have none of. */
    @GuardedBy("lock")
    private @Nullable Execution<Object> series;

    @GuardedBy("lock")
    private final List<ExaiException> failures = new ArrayList<>(0);

    @GuardedBy("lock")
    private boolean stopped;

    @GuardedBy("lock")
    private int count;

    @GuardedBy("lock")
    private @Nullable Attempt current;

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled backOff;

    Attempts(
            AttemptEngine engine,
            CallContext context,
            Chain chain,
            ChatRequest request,
            RetryRules rules,
            AttemptHost host) {
        this.engine = engine;
        this.context = context;
        this.chain = chain;
        this.request = request;
        this.rules = rules;
        this.host = host;
    }

    /** Makes the first attempt, at the first of the models that may be asked. */
    public void start() {
        ExaiException skipped;
        Leg first;
        synchronized (lock) {
            skipped = chain.begin();
            first = chain.current();
        }
        if (skipped != null) {
            host.fellBack(first, skipped);
        }
        next();
    }

    private void next() {
        Attempt attempt;
        synchronized (lock) {
            if (stopped) {
                return;
            }
            backOff = null;
            attempt = new Attempt(engine, context, chain.current(), request, ++count, host, this);
            current = attempt;
        }
        attempt.begin();
    }

    /** Ends the series. When this returns nothing of it is held, open or waiting. */
    public void stop() {
        Attempt attempt;
        Scheduler.Scheduled timer;
        synchronized (lock) {
            stopped = true;
            attempt = current;
            timer = backOff;
        }
        if (timer != null) {
            timer.cancel();
        }
        if (attempt != null) {
            attempt.stop();
        }
    }

    /**
     * {@return what the call is waiting for: a permit, if an attempt is in the queue, else what the last attempt
     * failed with, else null}
     */
    public @Nullable ExaiException trouble() {
        Attempt attempt;
        ExaiException last;
        synchronized (lock) {
            attempt = current;
            last = failures.isEmpty() ? null : failures.get(failures.size() - 1);
        }
        ExaiException wait = attempt == null ? null : attempt.trouble();
        return wait != null ? wait : last;
    }

    void succeeded(ReplyEnd end) {
        host.succeeded(end);
    }

    /** Takes the end of an attempt that failed; its permit is back. */
    void failed(ExaiException cause) {
        ExaiException failure;
        Leg failed;
        Leg other;
        Duration delay;
        synchronized (lock) {
            if (stopped) {
                return;
            }
            failed = chain.current();
            failure = cause.in(context.errorContext()
                    .withProvider(failed.provider().value())
                    .withModel(failed.model().id()));
            current = null;
            failures.add(failure);
            Execution<Object> decides = series != null ? series : rules.newSeries();
            series = decides;
            decides.recordException(failure);
            boolean isLast = count >= rules.maxAttempts();
            other = isLast ? null : chain.after(failure);
            boolean again = !isLast && !decides.isComplete() && !isSecondGatewayTimeout(failure);
            delay = again ? decides.getDelay() : null;
        }
        if (failure instanceof PermitTimeoutException) {
            host.failed(new DeadlineExceededException(
                    DeadlineExceededException.Stage.QUEUED, context.deadline().budget(), failure));
        } else if (other != null && fits(Duration.ZERO) && startsOver(other, failure)) {
            synchronized (lock) {
                chain.goTo(other);
                series = null;
            }
            host.fellBack(other, failure);
            engine.emit(new ExaiEvent.FellBack(
                    engine.scheduler().nanoTime(), context, other.provider(), other + " after " + failure.summary()));
            engine.onEffects(this::next);
        } else if (delay != null && fits(delay) && startsOver(failed, failure)) {
            host.backingOff(delay, failure);
            backOff(delay);
        } else {
            host.failed(withEarlier(failure));
        }
    }

    /**
     * Starts the answer over for one more attempt, if the call allows that and then the budgets do, which are charged for
     * it only then. What was refused before it was sent to anyone costs nothing.
     *
     * @return whether it did
     */
    private boolean startsOver(Leg leg, ExaiException failure) {
        if (!host.mayRestart()) {
            return false;
        }
        if (failure instanceof CircuitOpenException || engine.health().mayRetry(context.sessionId(), leg.provider())) {
            return host.restart();
        }
        host.noted("not tried again at " + leg + ": too many retries there, or of this session, in the last minute");
        return false;
    }

    /** A gateway that gave up has waited for long, and the model may be at work still: one more try is enough. */
    @GuardedBy("lock")
    private boolean isSecondGatewayTimeout(ExaiException failure) {
        return isGatewayTimeout(failure)
                && failures.stream().filter(Attempts::isGatewayTimeout).count() > 1;
    }

    private static boolean isGatewayTimeout(ExaiException failure) {
        return failure instanceof UnavailableException unavailable
                && unavailable.upstream().status().orElse(0) == GATEWAY_TIMEOUT;
    }

    /** Whether an attempt after this delay would still have useful time. */
    private boolean fits(Duration delay) {
        Duration tenth = context.deadline().budget().dividedBy(10);
        Duration useful = tenth.compareTo(LEAST_USEFUL) < 0 ? tenth : LEAST_USEFUL;
        return delay.plus(useful).compareTo(context.deadline().remaining()) <= 0;
    }

    private void backOff(Duration delay) {
        synchronized (lock) {
            if (!stopped) {
                backOff = engine.scheduler().schedule(delay, () -> engine.onEffects(this::next));
            }
        }
    }

    private ExaiException withEarlier(ExaiException last) {
        ExaiException told = last.in(ErrorContext.unknown());
        synchronized (lock) {
            for (ExaiException earlier : failures) {
                if (earlier != last) {
                    told.addSuppressed(earlier);
                }
            }
        }
        return told;
    }
}
