package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import dev.exai.testkit.internal.RuleBroken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** R36 to R40: exchanges have nothing to do with one another. */
final class CompanyRules {
    private static final int MANY = 24;

    private CompanyRules() {}

    static void r36(ProviderTrial trial) {
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            String word = "answer-" + i + " ";
            all.add(trial.ask(UpstreamAnswer.whole().withTexts(5, word, Duration.ofMillis(2))));
        }
        for (int i = 0; i < MANY; i++) {
            Asked asked = all.get(i);
            asked.completed();
            String wanted = ("answer-" + i + " ").repeat(5);
            String told = asked.witness().text();
            expect(told.equals(wanted), "of " + MANY + " at once one is told '" + told + "', not '" + wanted + "'");
        }
    }

    static void r37(ProviderTrial trial) {
        List<Asked> hung = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            hung.add(trial.ask(UpstreamAnswer.of(Ending.SILENCE)));
        }
        Asked other = trial.ask(UpstreamAnswer.whole("here"));
        trial.expectEventually(() -> other.witness().isOver(), "while " + MANY + " hang, no other is answered");
        other.completed();
        hung.forEach(each -> each.exchange().abort());
        hung.forEach(Asked::end);
    }

    static void r38(ProviderTrial trial) {
        thrownFrom(trial, new Witness().onOpened(CompanyRules::fail), "opened");
        thrownFrom(trial, new Witness().onPiece(CompanyRules::fail), "a piece");
        thrownFrom(trial, new Witness().onEnd(CompanyRules::fail), "the end");
    }

    private static void thrownFrom(ProviderTrial trial, Witness witness, String what) {
        Asked thrown;
        try {
            thrown = trial.ask(UpstreamAnswer.whole("one ", "two"), witness);
        } catch (FailingSinkException e) {
            throw new RuleBroken("what a sink throws comes out of open()");
        }
        thrown.endsOnce("a sink throws when told " + what);
        trial.ask(UpstreamAnswer.whole("still here")).completed();
        trial.expectNoneInFlight("a sink threw when told " + what + ", and");
    }

    private static void fail() {
        throw new FailingSinkException();
    }

    private static final class FailingSinkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailingSinkException() {
            super("a sink that throws", null, false, false);
        }
    }

    static void r39(ProviderTrial trial) {
        StringBuilder sent = new StringBuilder();
        String[] texts = new String[100];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = i + " ";
            sent.append(texts[i]);
        }
        Witness slow = new Witness().onPiece(() -> LockSupport.parkNanos(200_000));
        Asked asked = trial.ask(UpstreamAnswer.whole(texts), slow);
        asked.completed();
        expect(slow.text().contentEquals(sent), "a slow sink is told '" + slow.text() + "', sent was '" + sent + "'");
    }

    static void r40(ProviderTrial trial) {
        CountDownLatch release = new CountDownLatch(1);
        Witness blocking = new Witness().onPiece(() -> AbortRules.awaitQuietly(release));
        try {
            Asked blocked = trial.ask(UpstreamAnswer.whole("one ", "two"), blocking);
            blocked.begun();
            Asked other = trial.ask(UpstreamAnswer.whole("here"));
            trial.expectEventually(() -> other.witness().isOver(), "while a sink blocks, no other is answered");
        } finally {
            release.countDown();
        }
    }
}
