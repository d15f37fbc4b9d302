package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.error.AuthenticationException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.Provider;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import dev.exai.testkit.http.Refusal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** R24 to R33: which answer of the upstream becomes which exception. */
final class ErrorRules {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(7);

    private ErrorRules() {}

    static void r24(ProviderTrial trial) {
        refused(trial, RateLimitedException.class, Refusal.CONCURRENCY, Refusal.REQUEST_RATE, Refusal.TOKEN_RATE);
    }

    static void r25(ProviderTrial trial) {
        refused(trial, QuotaExhaustedException.class, Refusal.QUOTA_EXHAUSTED, Refusal.WINDOW_USED_UP);
        trial.forEach(List.of(UpstreamAnswer.refusal(Refusal.DAILY_LIMIT)), answer -> {
            Throwable failure = trial.ask(answer).failed(ProviderException.class);
            expect(
                    failure instanceof QuotaExhaustedException || failure instanceof RateLimitedException,
                    "the limit of the day is told as " + failure);
        });
    }

    static void r26(ProviderTrial trial) {
        refused(trial, AuthenticationException.class, Refusal.MISSING_KEY, Refusal.BAD_KEY, Refusal.FORBIDDEN);
    }

    static void r27(ProviderTrial trial) {
        refused(
                trial,
                RejectedException.class,
                Refusal.BAD_PARAMETER,
                Refusal.PROMPT_TOO_LONG,
                Refusal.CONTENT_FILTER,
                Refusal.MODEL_NOT_FOUND,
                Refusal.PATH_NOT_FOUND);
    }

    static void r28(ProviderTrial trial) {
        refused(trial, UnavailableException.class, Refusal.OVERLOADED, Refusal.SERVER_ERROR, Refusal.GATEWAY_TIMEOUT);
    }

    private static void refused(ProviderTrial trial, Class<? extends ProviderException> type, Refusal... all) {
        trial.forEach(Arrays.stream(all).map(UpstreamAnswer::refusal).toList(), answer -> {
            ProviderException failure = trial.ask(answer).failed(type);
            String named = failure.upstream().provider();
            String wanted = trial.provider().id().value();
            expect(named.equals(wanted), answer + " is said to come from '" + named + "', not from '" + wanted + "'");
        });
    }

    static void r29(ProviderTrial trial) {
        UpstreamAnswer tooMuch = UpstreamAnswer.refusal(Refusal.CONCURRENCY);
        UpstreamAnswer overloaded = UpstreamAnswer.refusal(Refusal.OVERLOADED);
        trial.forEach(
                List.of(tooMuch.retryAfter(RETRY_AFTER), overloaded.retryAfter(RETRY_AFTER), overloaded), answer -> {
                    Throwable failure = trial.ask(answer).failed(ProviderException.class);
                    Optional<Duration> told = failure instanceof RateLimitedException limited
                            ? limited.retryAfter()
                            : failure instanceof UnavailableException unavailable
                                    ? unavailable.retryAfter()
                                    : Optional.empty();
                    expect(
                            told.equals(answer.retryAfter()),
                            answer + " says to come back after " + answer.retryAfter() + ", told is " + told);
                });
    }

    static void r30(ProviderTrial trial) {
        trial.forEach(List.of(UpstreamAnswer.refusal(Refusal.SERVER_ERROR, "half an ")), answer -> {
            Asked asked = trial.ask(answer);
            asked.failed(UnavailableException.class);
            String told = asked.witness().text();
            expect(told.equals("half an "), "before the error came 'half an ', told is '" + told + "'");
        });
        trial.forEach(
                List.of(UpstreamAnswer.refusal(Refusal.QUOTA_EXHAUSTED, "half an ")),
                answer -> trial.ask(answer).failed(QuotaExhaustedException.class));
    }

    static void r31(ProviderTrial trial) {
        trial.forEach(
                List.of(
                        UpstreamAnswer.of(Ending.LOST, "half an "),
                        UpstreamAnswer.of(Ending.EARLY, "half an "),
                        UpstreamAnswer.of(Ending.LOST),
                        UpstreamAnswer.of(Ending.EARLY)),
                answer -> {
                    ProviderException failure = trial.ask(answer).failed(ProviderException.class);
                    expect(
                            failure instanceof UnavailableException || failure instanceof MalformedReplyException,
                            answer + " is told as " + failure);
                });
    }

    static void r32(ProviderTrial trial) {
        trial.forEach(
                List.of(UpstreamAnswer.of(Ending.GARBAGE), UpstreamAnswer.of(Ending.GARBAGE, "half an ")),
                answer -> trial.ask(answer).failed(MalformedReplyException.class));
    }

    static void r33(ProviderTrial trial) throws Exception {
        Provider provider = trial.providerAt(DeadAddress.thatRefuses());
        trial.askNobody(provider, LivenessLimits.plain()).failed(UnavailableException.class);
    }
}
