package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import dev.exai.testkit.http.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** R01 to R10: what a sink is told. */
final class EventRules {
    private EventRules() {}

    /** One of each way in which an exchange may end without an abort. */
    private static final List<UpstreamAnswer> WAYS = List.of(
            UpstreamAnswer.whole("one ", "two"),
            UpstreamAnswer.whole(),
            UpstreamAnswer.refusal(Refusal.CONCURRENCY),
            UpstreamAnswer.refusal(Refusal.SERVER_ERROR, "half an "),
            UpstreamAnswer.of(Ending.LOST, "half an "),
            UpstreamAnswer.of(Ending.EARLY, "half an "),
            UpstreamAnswer.of(Ending.GARBAGE));

    static void r01(ProviderTrial trial) {
        Asked asked = trial.ask(UpstreamAnswer.whole("one ", "two ", "three ").withTexts(20, "more ", Duration.ZERO));
        asked.completed();
        Witness seen = asked.witness();
        expect(seen.timesOpened() <= 1, "opened is told " + seen.timesOpened() + " times");
        expect(!seen.wasOpenedLate(), "opened is told after a piece");
        String sent = "one two three " + "more ".repeat(20);
        expect(seen.text().equals(sent), "sent was '" + sent + "', told was '" + seen.text() + "'");

        String odd = "a \"quoted\" back\\slash, a\nline, \u00fcml\u00e4ut, \u65e5\u672c, \ud83d\ude00";
        UpstreamAnswer oddly = UpstreamAnswer.whole(odd, " twice ", odd);
        for (UpstreamAnswer answer : List.of(oddly, oddly.byteByByte())) {
            Asked other = trial.ask(answer);
            other.completed();
            String told = other.witness().text();
            String cut = answer.isByteByByte() ? "byte by byte " : "";
            expect(told.equals(odd + " twice " + odd), cut + "sent was twice '" + odd + "', told was '" + told + "'");
        }
    }

    static void r02(ProviderTrial trial) {
        trial.forEach(WAYS, way -> trial.ask(way).endsOnce(way.toString()));
        Asked asked = trial.ask(UpstreamAnswer.of(Ending.SILENCE)).arrived();
        asked.exchange().abort();
        asked.endsOnce("aborted");
    }

    static void r03(ProviderTrial trial) {
        trial.forEach(WAYS, way -> nothingAfter(trial, trial.ask(way), way.toString()));
        Asked asked = trial.ask(UpstreamAnswer.of(Ending.SILENCE).withTexts(500, "x", Duration.ofMillis(1)))
                .begun();
        asked.exchange().abort();
        nothingAfter(trial, asked, "aborted in mid-answer");
    }

    private static void nothingAfter(ProviderTrial trial, Asked asked, String how) {
        asked.end();
        trial.letPass();
        List<String> late = asked.witness().afterEnd();
        expect(late.isEmpty(), how + ": after the end is told " + late);
    }

    static void r04(ProviderTrial trial) {
        UpstreamAnswer many = UpstreamAnswer.whole().withTexts(100, "x", Duration.ZERO);
        Asked whole = trial.ask(many, new Witness().onPiece(() -> LockSupport.parkNanos(100_000)));
        whole.completed();
        expect(whole.witness().mostAtOnce() == 1, whole.witness().mostAtOnce() + " pieces are told at once");

        AtomicInteger inPiece = new AtomicInteger();
        Asked aborted = trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one"), new Witness().onPiece(() -> {
                    inPiece.incrementAndGet();
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }));
        trial.expectEventually(() -> inPiece.get() > 0, "the first piece of the answer is not told");
        aborted.exchange().abort();
        aborted.end();
        expect(aborted.witness().mostAtOnce() == 1, "the end is told while a piece still is");
    }

    static void r05(ProviderTrial trial) {
        trial.forEach(
                List.of(UpstreamAnswer.refusal(Refusal.CONCURRENCY), UpstreamAnswer.refusal(Refusal.BAD_KEY)),
                refusal -> {
                    Asked asked = trial.ask(refusal);
                    asked.end();
                    expect(asked.witness().timesOpened() == 0, refusal + " is told as opened before it fails");
                });
    }

    static void r06(ProviderTrial trial) {
        Asked asked = trial.ask(UpstreamAnswer.of(Ending.SILENCE).accepting());
        trial.expectEventually(
                () -> asked.witness().timesOpened() == 1, "accepted, and not a piece sent: opened is not told");
    }

    static void r07(ProviderTrial trial) {
        Asked asked = trial.ask(UpstreamAnswer.of(Ending.KEEP_ALIVES, "one")).begun();
        trial.letPass();
        trial.letPass();
        expect(
                asked.witness().pieces() == 1,
                "keep-alives are told as " + (asked.witness().pieces() - 1) + " pieces");
        expect(!asked.witness().isOver(), "keep-alives end the exchange");
        asked.exchange().abort();
        asked.end();
    }

    static void r08(ProviderTrial trial) {
        UpstreamAnswer answer = UpstreamAnswer.whole();
        boolean reasons = trial.offers(ProviderFeature.REASONING);
        boolean asks = trial.offers(ProviderFeature.FUNCTIONS);
        if (reasons) {
            answer = answer.with(Chunk.reasoning("hm ")).with(Chunk.reasoning("yes"));
        }
        answer = answer.with(Chunk.text("I add."));
        if (asks) {
            answer = answer.with(Chunk.functionPiece(0, "call_1", "add", "{\"a\":1}"))
                    .with(Chunk.functionPiece(1, "call_2", "sub", "{\"b\":2}"));
        }
        Asked asked = trial.ask(answer);
        FinishReason reason = asked.completed().finishReason();
        Witness seen = asked.witness();
        expect(seen.text().equals("I add."), "text 'I add.' is told as '" + seen.text() + "'");
        expect(!reasons || seen.reasoning().equals("hm yes"), "reasoning is told as '" + seen.reasoning() + "'");
        if (asks) {
            List<String> wanted = List.of("call_1 add {\"a\":1}", "call_2 sub {\"b\":2}");
            expect(seen.functions().equals(wanted), "functions " + wanted + " are told as " + seen.functions());
            expect(reason == FinishReason.FUNCTION_CALLS, "functions are asked for, and the end says " + reason);
        }
    }

    static void r09(ProviderTrial trial) {
        FinishReason whole = trial.ask(UpstreamAnswer.whole("all")).completed().finishReason();
        expect(whole == FinishReason.STOP, "the model had said all, and the end says " + whole);
        trial.forEach(List.of(UpstreamAnswer.of(Ending.AT_LENGTH, "not all")), answer -> {
            FinishReason cut = trial.ask(answer).completed().finishReason();
            expect(cut == FinishReason.LENGTH, "the model met its limit, and the end says " + cut);
        });
    }

    static void r10(ProviderTrial trial) {
        UpstreamAnswer answer = UpstreamAnswer.whole("an answer of some length, so that it costs something");
        long tokens = trial.ask(answer).completed().usage().completionTokens();
        expect(tokens > 0, "an answer of 52 letters is said to have cost " + tokens + " tokens");
    }
}
