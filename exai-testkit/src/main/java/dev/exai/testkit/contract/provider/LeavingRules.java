package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.message.ChatRequest;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.Provider;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import dev.exai.testkit.http.Refusal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** R41 to R45: what a provider leaves, and what it tells. */
final class LeavingRules {
    private static final int CYCLES = 4;

    private LeavingRules() {}

    static void r41(ProviderTrial trial) {
        Provider provider = trial.provider();
        List<Asked> open = List.of(
                trial.ask(UpstreamAnswer.of(Ending.SILENCE)).arrived(),
                trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one")).begun(),
                trial.ask(UpstreamAnswer.of(Ending.SILENCE)));
        trial.returns("close() with exchanges open", provider::close);
        open.forEach(each -> each.endsOnce("the provider was closed"));
        trial.returns("close() once more", provider::close);
        trial.expectNoneInFlight("the provider was closed, and");
    }

    static void r42(ProviderTrial trial) {
        Provider provider = trial.provider();
        trial.ask(UpstreamAnswer.whole("one")).completed();
        provider.close();
        String prompt = trial.newPrompt();
        UpstreamAnswer answer = UpstreamAnswer.whole("one");
        trial.prepare(prompt, answer);
        Witness witness = new Witness();
        boolean refused = false;
        try {
            provider.open(ProviderTrial.call(provider, ChatRequest.of(prompt), LivenessLimits.plain()), witness);
        } catch (RuntimeException e) {
            refused = true;
        }
        if (refused) {
            trial.letPass();
            expect(!witness.isOver(), "open() throws, and the sink is told an end all the same");
        } else {
            trial.expectEventually(witness::isOver, "opened at a closed provider, an exchange has no end");
        }
        expect(trial.requestsWith(prompt) == 0, "a closed provider sends a request");
    }

    /** A leak is what grows: threads of the whole process come and go, and some stay for good reason. */
    static void r43(ProviderTrial trial) {
        useAndClose(trial);
        Set<Thread> before = living();
        for (int i = 0; i < CYCLES; i++) {
            useAndClose(trial);
        }
        boolean gone = trial.eventually(() -> newSince(before).size() < CYCLES);
        expect(gone, CYCLES + " providers were used and closed, and these threads stay: " + newSince(before));
    }

    private static void useAndClose(ProviderTrial trial) {
        Provider provider = trial.newProvider();
        Asked whole = trial.ask(provider, UpstreamAnswer.whole("one"), new Witness(), LivenessLimits.plain());
        whole.completed();
        Asked hung =
                trial.ask(provider, UpstreamAnswer.of(Ending.SILENCE, "one"), new Witness(), LivenessLimits.plain());
        hung.begun();
        hung.exchange().abort();
        hung.end();
        provider.close();
    }

    private static Set<Thread> living() {
        Set<Thread> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(Thread.getAllStackTraces().keySet());
        return all;
    }

    private static List<String> newSince(Set<Thread> before) {
        return living().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.startsWith("contract-"))
                .sorted()
                .toList();
    }

    static void r44(ProviderTrial trial) {
        String words = "Incorrect API key provided: " + ProviderTrial.KEY + " for you";
        notShown(trial.provider().toString(), "toString() of the provider");
        trial.forEach(
                List.of(
                        UpstreamAnswer.refusal(Refusal.BAD_KEY),
                        UpstreamAnswer.refusal(Refusal.BAD_KEY).saying(words),
                        UpstreamAnswer.refusal(Refusal.SERVER_ERROR).saying(words),
                        UpstreamAnswer.of(Ending.GARBAGE).saying(words),
                        UpstreamAnswer.of(Ending.LOST),
                        UpstreamAnswer.whole(words)),
                answer -> {
                    Asked asked = trial.ask(answer);
                    notShown(asked.exchange().toString(), "toString() of an exchange");
                    notShown(whole(asked.end()), "the end of an exchange whose upstream did: " + answer);
                });
    }

    private static void notShown(String text, String where) {
        for (String part : ProviderTrial.KEY_PARTS) {
            expect(!text.contains(part), where + " shows the key");
        }
    }

    static void r45(ProviderTrial trial) {
        String secret = "canary-content";
        notIn(trial.provider().toString(), "toString() of the provider", secret);
        trial.forEach(
                List.of(
                        UpstreamAnswer.of(Ending.GARBAGE).saying(secret),
                        UpstreamAnswer.of(Ending.EARLY, secret),
                        UpstreamAnswer.of(Ending.LOST, secret),
                        UpstreamAnswer.refusal(Refusal.SERVER_ERROR, secret),
                        UpstreamAnswer.whole(secret)),
                answer -> {
                    Asked asked = trial.ask(answer);
                    Object end = asked.end();
                    for (String content : List.of(secret, asked.prompt())) {
                        notIn(asked.exchange().toString(), "toString() of an exchange", content);
                        notIn(whole(end), "the end of an exchange whose upstream did: " + answer, content);
                    }
                });
    }

    private static void notIn(String text, String where, String content) {
        expect(!text.contains(content), where + " shows what was asked or answered");
    }

    private static String whole(Object end) {
        StringWriter text = new StringWriter();
        text.append(end.toString());
        if (end instanceof Throwable e) {
            e.printStackTrace(new PrintWriter(text, true));
        }
        return text.toString();
    }
}
