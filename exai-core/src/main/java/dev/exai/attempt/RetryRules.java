package dev.exai.attempt;

import dev.exai.context.Deadline;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.ExaiException;
import dev.exai.error.ProviderException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.UnavailableException;
import dev.failsafe.Execution;
import dev.failsafe.ExecutionContext;
import dev.failsafe.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When to try again, and after how long: Failsafe's retry policy, with our error classes and our seeded jitter.
 *
 * <p>Only the decision is Failsafe's: {@link Execution} runs nothing and waits for nothing. Safe for use by many
 * threads.
 */
public final class RetryRules {
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(20);

    /** Nobody waits longer than this for a circuit to close: its call fails, and says when to come back. */
    private static final Duration LONGEST_WAIT_FOR_A_PROBE = Duration.ofMinutes(1);

    private final RetryPolicy<Object> policy;
    private final int maxAttempts;

    private RetryRules(int maxAttempts, RandomGenerator random) {
        this.maxAttempts = maxAttempts;
        policy = RetryPolicy.builder()
                .handleIf((result, failure) -> failure != null && isWorthRepeating(failure))
                .withMaxAttempts(maxAttempts)
                .withDelayFn(context -> delay(context, random))
                .build();
    }

    /**
     * {@return rules with exponential back-off from 0.5 s to 20 s}
     *
     * @param maxAttempts the most attempts, the first included, 1 or more
     * @param random makes the jitter; safe for use by many threads
     */
    public static RetryRules exponential(int maxAttempts, RandomGenerator random) {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts < 1: " + maxAttempts);
        }
        return new RetryRules(maxAttempts, random);
    }

    /** A new series of attempts. */
    Execution<Object> newSeries() {
        return Execution.of(policy);
    }

    /** {@return the most attempts, the first included} */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Only what a provider or the way to it did wrong is repeated; the library's own refusals are the caller's. */
    private static boolean isWorthRepeating(Throwable failure) {
        if (failure instanceof CircuitOpenException open) {
            return open.nextProbe().compareTo(LONGEST_WAIT_FOR_A_PROBE) <= 0;
        }
        return (failure instanceof ProviderException || failure instanceof AttemptTimeoutException)
                && ((ExaiException) failure).isRetryable();
    }

    /** The larger of our own back-off, with jitter of half of it, and what the provider asked for. */
    private static Duration delay(ExecutionContext<Object> context, RandomGenerator random) {
        int doublings = Math.min(context.getAttemptCount() - 1, 10);
        long full = Math.min(FIRST_DELAY.toMillis() << doublings, LONGEST_DELAY.toMillis());
        Duration own = Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
        Duration asked = asked(context.getLastException());
        Duration longer = asked.compareTo(own) > 0 ? asked : own;
        return longer.compareTo(Deadline.LONGEST) > 0 ? Deadline.LONGEST : longer;
    }

    private static Duration asked(@Nullable Throwable failure) {
        if (failure instanceof RateLimitedException limited) {
            return limited.retryAfter().orElse(Duration.ZERO);
        } else if (failure instanceof UnavailableException unavailable) {
            return unavailable.retryAfter().orElse(Duration.ZERO);
        } else if (failure instanceof CircuitOpenException open) {
            return open.nextProbe();
        }
        return Duration.ZERO;
    }
}
