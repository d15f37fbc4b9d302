package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.Provider;
import java.time.Duration;

/** R34 and R35: the one limit that a provider keeps, and those that it does not. */
final class LimitRules {
    private static final Duration CONNECT = Duration.ofMillis(250);

    private LimitRules() {}

    static void r34(ProviderTrial trial) throws Exception {
        try (DeadAddress nowhere = DeadAddress.thatNeverAnswers()) {
            Provider provider = trial.providerAt(nowhere.address());
            LivenessLimits limits = LivenessLimits.plain().withConnect(CONNECT);
            long start = System.nanoTime();
            AttemptTimeoutException failure = trial.askNobody(provider, limits).failed(AttemptTimeoutException.class);
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            expect(
                    failure.limit() == AttemptTimeoutException.Limit.CONNECT
                            && failure.duration().equals(CONNECT),
                    "the connect limit of " + CONNECT + " is told as " + failure.limit() + " of " + failure.duration());
            expect(millis >= CONNECT.toMillis(), "the connect limit of " + CONNECT + " ends after " + millis + " ms");
        }
    }

    static void r35(ProviderTrial trial) {
        trial.ask(UpstreamAnswer.whole("first")).completed(); // what is done once is done
        Duration connect = Duration.ofSeconds(1);
        Duration tiny = Duration.ofMillis(20);
        LivenessLimits limits = LivenessLimits.plain()
                .withConnect(connect)
                .withFirstEvent(tiny)
                .withSilence(tiny)
                .withAttempt(tiny);
        UpstreamAnswer late =
                UpstreamAnswer.whole().withTexts(2, "x", Duration.ofMillis(100)).after(connect.plus(tiny));
        Asked asked = trial.ask(trial.provider(), late, new Witness(), limits);
        asked.completed(); // the library would have aborted it; the provider keeps the connect limit only
    }
}
