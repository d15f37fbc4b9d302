package dev.exai.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.Deadline;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AuthenticationException;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.failsafe.Execution;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("I8: one retry layer decides what is tried again, and when")
class RetryRulesTest {
    private static final UpstreamError GLM = UpstreamError.of("glm");

    private static boolean repeats(ExaiException failure) {
        Execution<Object> series = RetryRules.exponential(3, new Random(1)).newSeries();
        series.recordException(failure);
        return !series.isComplete();
    }

    @Test
    void failure_eachClass_isRepeatedOnlyIfARepeatCanHelp() {
        assertThat(repeats(new UnavailableException(GLM, null))).isTrue();
        assertThat(repeats(limited(null))).isTrue();
        assertThat(repeats(new AttemptTimeoutException(AttemptTimeoutException.Limit.SILENCE, Duration.ofSeconds(1))))
                .isTrue();
        assertThat(repeats(new AuthenticationException(GLM))).isFalse();
        assertThat(repeats(new QuotaExhaustedException(GLM, null))).isFalse();
        assertThat(repeats(new OverloadedException("the queue", Duration.ofSeconds(1))))
                .as("our own refusal")
                .isFalse();
        assertThat(repeats(new PermitTimeoutException("glm", Duration.ofSeconds(1), 3, 3)))
                .isFalse();
        assertThat(repeats(new InternalErrorException("a bug", new IllegalStateException())))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void attempts_most_areNotPassed(int most) {
        Execution<Object> series = RetryRules.exponential(most, new Random(1)).newSeries();
        int attempts = 0;
        while (!series.isComplete()) {
            attempts++;
            series.recordException(new UnavailableException(GLM, null));
        }

        assertThat(attempts).isEqualTo(most);
    }

    @Test
    void delay_grows_withJitterUpToItsMost() {
        for (long seed = 0; seed < 50; seed++) {
            Execution<Object> series =
                    RetryRules.exponential(30, new Random(seed)).newSeries();
            long full = 500;
            for (int i = 0; i < 20; i++) {
                series.recordException(new UnavailableException(GLM, null));
                assertThat(series.getDelay().toMillis()).isBetween(full / 2, full);
                full = Math.min(2 * full, 20_000);
            }
        }
    }

    @Test
    void delay_retryAfter_isALowerBoundOnly() {
        assertThat(delayAfter(limited(Duration.ofSeconds(30)))).isEqualTo(Duration.ofSeconds(30));
        assertThat(delayAfter(limited(Duration.ZERO))).isGreaterThanOrEqualTo(Duration.ofMillis(250));
        assertThat(delayAfter(limited(Duration.ofSeconds(Long.MAX_VALUE / 1_000))))
                .isEqualTo(Deadline.LONGEST);
    }

    @Test
    void exponential_noAttempt_isRefused() {
        assertThatThrownBy(() -> RetryRules.exponential(0, new Random(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAttempts < 1: 0");
    }

    private static RateLimitedException limited(@org.jspecify.annotations.Nullable Duration retryAfter) {
        return new RateLimitedException(GLM, RateLimitedException.Scope.CONCURRENCY, retryAfter);
    }

    private static Duration delayAfter(ExaiException failure) {
        Execution<Object> series = RetryRules.exponential(3, new Random(1)).newSeries();
        series.recordException(failure);
        return series.getDelay();
    }
}
