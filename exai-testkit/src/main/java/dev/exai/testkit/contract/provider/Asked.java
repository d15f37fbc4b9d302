package dev.exai.testkit.contract.provider;

import dev.exai.spi.Exchange;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.internal.RuleBroken;

/** One question that was asked of the provider, and what came of it. */
final class Asked {
    private final ProviderTrial trial;
    private final String prompt;
    private final UpstreamAnswer answer;
    private final Witness witness;
    private final Exchange exchange;

    Asked(ProviderTrial trial, String prompt, UpstreamAnswer answer, Witness witness, Exchange exchange) {
        this.trial = trial;
        this.prompt = prompt;
        this.answer = answer;
        this.witness = witness;
        this.exchange = exchange;
    }

    String prompt() {
        return prompt;
    }

    Witness witness() {
        return witness;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Aborts it, on a thread that must come back at once. */
    Asked abort(String when) {
        trial.returns("abort() " + when, exchange::abort);
        return this;
    }

    /** {@return its end} */
    Object end() {
        trial.expectEventually(witness::isOver, "no end is reported of an exchange whose upstream did: " + answer);
        return witness.ends().get(0);
    }

    ReplyEnd completed() {
        Object end = end();
        if (end instanceof ReplyEnd whole) {
            return whole;
        }
        throw new RuleBroken("a whole answer ends with " + ProviderTrial.describe(end));
    }

    /** {@return the failure that it ends with} */
    <T extends Throwable> T failed(Class<T> type) {
        Object end = end();
        if (type.isInstance(end)) {
            return type.cast(end);
        }
        throw new RuleBroken("instead of " + type.getSimpleName() + " comes " + ProviderTrial.describe(end)
                + " if the upstream does: " + answer);
    }

    /** Waits until the upstream has its request. */
    Asked arrived() {
        trial.expectEventually(() -> trial.requestsWith(prompt) > 0, "the request does not reach the upstream");
        return this;
    }

    /** Waits until a piece of the answer was told. */
    Asked begun() {
        trial.expectEventually(() -> witness.pieces() > 0, "the first piece of the answer is not told");
        return this;
    }

    /** Checks that it has exactly one end, now and after a while. */
    void endsOnce(String what) {
        trial.expectEventually(witness::isOver, what + ": no end is reported");
        trial.letPass();
        ProviderTrial.expect(
                witness.ends().size() == 1,
                what + ": " + witness.ends().size() + " ends are reported, "
                        + witness.ends().stream().map(ProviderTrial::describe).toList());
    }
}
