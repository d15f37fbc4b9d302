package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.internal.RuleBroken;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** R11 to R14: what is asked. */
final class RequestRules {
    private RequestRules() {}

    static void r11(ProviderTrial trial) {
        AtomicReference<@Nullable Asked> asked = new AtomicReference<>();
        Provider provider = trial.provider();
        trial.returns(
                "open() to an upstream that says nothing",
                () -> asked.set(
                        trial.ask(provider, UpstreamAnswer.of(Ending.SILENCE), new Witness(), LivenessLimits.plain())));
        Asked open = asked.get();
        expect(open != null, "open() returned nothing");
    }

    static void r12(ProviderTrial trial) {
        Provider provider = trial.provider();
        String prompt = trial.newPrompt();
        trial.prepare(prompt, UpstreamAnswer.whole("ok"));
        ChatRequest request = ChatRequest.builder(List.of(
                        ChatMessage.system("Be brief, number 4711."),
                        ChatMessage.user("Earlier question 4712."),
                        ChatMessage.assistant("Earlier answer 4713."),
                        ChatMessage.user(prompt)))
                .maxOutputTokens(791)
                .build();
        Witness witness = new Witness();
        ProviderCall call = ProviderTrial.call(provider, request, LivenessLimits.plain());
        Asked asked = new Asked(trial, prompt, UpstreamAnswer.whole("ok"), witness, provider.open(call, witness));
        asked.completed();
        String arrived = trial.requests().stream()
                .filter(each -> each.contains(prompt))
                .findFirst()
                .orElseThrow(() -> new RuleBroken("the request does not reach the upstream"));
        expect(arrived.contains(call.model().id()), "the model's id does not reach the upstream");
        expect(arrived.contains(Integer.toString(call.maxOutputTokens())), "no output-token limit is sent");
        int at = -1;
        for (ChatMessage message : request.messages()) {
            int next = arrived.indexOf(message.text(), at + 1);
            expect(next > at, "a message of " + message.role() + " is not sent, or not in its place");
            at = next;
        }
    }

    static void r13(ProviderTrial trial) {
        trial.ask(UpstreamAnswer.whole("first")).completed(); // so that there may be a connection to use again
        trial.forEach(
                List.of(
                        UpstreamAnswer.refusal(Refusal.OVERLOADED),
                        UpstreamAnswer.refusal(Refusal.SERVER_ERROR),
                        UpstreamAnswer.refusal(Refusal.CONCURRENCY),
                        UpstreamAnswer.of(Ending.LOST),
                        UpstreamAnswer.of(Ending.EARLY)),
                answer -> {
                    Asked asked = trial.ask(answer);
                    asked.end();
                    trial.letPass();
                    long sent = trial.requestsWith(asked.prompt());
                    expect(sent == 1, answer + ": sent " + sent + " times");
                });
    }

    static void r14(ProviderTrial trial) {
        Provider provider = trial.provider();
        expect(provider.id().equals(provider.id()), "the provider's name changes");
        List<String> first = ids(provider);
        expect(first.stream().distinct().count() == first.size(), "two models have one name: " + first);
        try {
            provider.catalog().clear();
        } catch (UnsupportedOperationException e) {
            // as it should be
        }
        expect(ids(provider).equals(first), "the catalogue changes from " + first + " to " + ids(provider));
    }

    private static List<String> ids(Provider provider) {
        return provider.catalog().stream().map(ModelInfo::id).toList();
    }
}
