package dev.exai.testkit.script;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the limits of a {@link RateModel}: admits requests, and refuses those that would be one too many.
 *
 * <p>For those who write a fake provider. Safe for use by many threads.
 */
public final class RateGate {
    /*
     * State      the models of those in flight and of those that linger; the charges that a limit still looks at.
     * Owner      lock guards all of it.
     * Invariant  charges are in the order of their moments.
     */
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long DAY = Duration.ofDays(1).toNanos();
    private static final long NONE = Long.MAX_VALUE;

    private final RateModel.Settings settings;
    private final LongSupplier nanoTime;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<String> inFlight = new ArrayList<>();

    @GuardedBy("lock")
    private final List<Lingering> lingering = new ArrayList<>();

    @GuardedBy("lock")
    private final Deque<Charge> charges = new ArrayDeque<>();

    private record Lingering(String model, long until) {}

    private record Charge(long moment, long requests, long tokens) {}

    RateGate(RateModel.Settings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /**
     * Admits a request, or says which limit it would exceed; of several limits the first in the order of
     * {@link RateModel.Limit}. A refusal takes nothing: ask {@link #refused} to count it.
     *
     * @param model the model that is asked
     * @param promptTokens how long the prompt is
     * @param outputTokens the output limit that the request names, or 0 if it names none
     * @return the answer
     */
    public Answer ask(String model, long promptTokens, long outputTokens) {
        long tokens = promptTokens + (outputTokens > 0 ? outputTokens : settings.outputByDefault);
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            forget(now);
            Answer refusal = refusal(model, tokens, now);
            if (refusal != null) {
                return refusal;
            }
            inFlight.add(model);
            charge(new Charge(now, 1, tokens));
            return new Answer(model);
        }
    }

    /** Counts a request that was refused for good, if the model counts such ones. */
    public void refused() {
        synchronized (lock) {
            if (settings.refusalsCount) {
                charge(new Charge(nanoTime.getAsLong(), 1, 0));
            }
        }
    }

    @GuardedBy("lock")
    private void charge(Charge charge) {
        if (settings.requestsOfMinute != NONE || settings.tokensOfMinute != NONE || settings.tokensOfDay != NONE) {
            charges.addLast(charge);
        }
    }

    @GuardedBy("lock")
    private void forget(long now) {
        long span = settings.tokensOfDay == NONE ? MINUTE : DAY;
        lingering.removeIf(each -> each.until() - now <= 0);
        while (!charges.isEmpty() && now - charges.getFirst().moment() >= span) {
            charges.removeFirst();
        }
    }

    @GuardedBy("lock")
    private @Nullable Answer refusal(String model, long tokens, long now) {
        if (inFlight.size() + lingering.size() >= settings.inFlight) {
            return new Answer(RateModel.Limit.CONCURRENCY, settings.inFlight);
        }
        if (inFlightAt(model) >= settings.inFlightAt(model)) {
            return new Answer(RateModel.Limit.CONCURRENCY, settings.inFlightAt(model));
        }
        long requestsOfMinute = 0;
        long tokensOfMinute = 0;
        long tokensOfDay = 0;
        for (Charge charge : charges) {
            boolean isOfMinute = now - charge.moment() < MINUTE;
            requestsOfMinute += isOfMinute ? charge.requests() : 0;
            tokensOfMinute += isOfMinute ? charge.tokens() : 0;
            tokensOfDay += charge.tokens();
        }
        if (requestsOfMinute >= settings.requestsOfMinute) {
            return new Answer(RateModel.Limit.REQUESTS, settings.requestsOfMinute);
        }
        if (tokensOfMinute > settings.tokensOfMinute - tokens) {
            return new Answer(RateModel.Limit.TOKENS, settings.tokensOfMinute);
        }
        if (tokensOfDay > settings.tokensOfDay - tokens) {
            return new Answer(RateModel.Limit.TOKENS_OF_DAY, settings.tokensOfDay);
        }
        return null;
    }

    @GuardedBy("lock")
    private long inFlightAt(String model) {
        return inFlight.stream().filter(model::equals).count()
                + lingering.stream().filter(each -> each.model().equals(model)).count();
    }

    private void release(String model) {
        synchronized (lock) {
            inFlight.remove(model);
            if (!settings.lingering.isZero()) {
                lingering.add(new Lingering(model, nanoTime.getAsLong() + settings.lingering.toNanos()));
            }
        }
    }

    /** What became of one request: it was admitted and holds a place in flight, or it met a limit. */
    public final class Answer {
        private final RateModel.@Nullable Limit limit;
        private final long most;
        private @Nullable String model;

        private Answer(String model) {
            this.model = model;
            this.limit = null;
            this.most = 0;
        }

        private Answer(RateModel.Limit limit, long most) {
            this.limit = limit;
            this.most = most;
        }

        /** {@return the limit that refused it, or empty if it was admitted} */
        public Optional<RateModel.Limit> refusedBy() {
            return Optional.ofNullable(limit);
        }

        /** {@return how many that limit allows; 0 if it was admitted} */
        public long most() {
            return most;
        }

        /** {@return when it is said to come back, if something is said about it} */
        public Optional<Duration> retryAfter() {
            boolean says = limit != null && limit != RateModel.Limit.TOKENS_OF_DAY;
            return says ? Optional.ofNullable(settings.retryAfter) : Optional.empty();
        }

        /** Gives its place back. Doing it again, or for a request that was refused, changes nothing. */
        public void release() {
            String mine;
            synchronized (lock) {
                mine = model;
                model = null;
            }
            if (mine != null) {
                RateGate.this.release(mine);
            }
        }
    }
}
