package dev.exai.testkit.storm;

import dev.exai.call.CallOptions;
import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.RateBudget;
import dev.exai.resilience.Resilience;
import dev.exai.session.SessionOptions;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.RateModel;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import java.time.Duration;
import java.util.Random;

/** What a storm is made of, all by one source of chance: limits, answers, and options of calls. */
final class StormWeather {
    /** What must not appear in anything that the library says of itself. */
    static final String CONTENT = "the-content-of-a-prompt";

    static final String ANSWER = "a-piece-of-an-answer";

    private static final String[] MODELS = {"glm-standard", "glm-fast", "kimi-standard", ChatRequest.AUTO};
    private static final int SCRIPTS = 40;
    private static final int KINDS = 26;
    private static final int OPTIONS = 32;
    private static final int NEVER = 1_000_000;
    private static final int TOKENS_OF_A_CALL = 1_000;

    /** About how long a call has its permits, over all its attempts. */
    private static final double MEAN_CALL_MILLIS = 9_000;

    private static final double MINUTE = 60_000;

    private final Random chance;
    private final CallOptions[] options = new CallOptions[OPTIONS];
    private final ChatRequest[] requests = new ChatRequest[MODELS.length];

    /** Whether the library makes of failures what it does by default, so that much is refused at once. */
    private final boolean hasCircuits;

    /** Whether an account can run dry, which closes its provider to everybody for a while. */
    private final boolean runsDry;

    private final boolean hasModelLimits;
    private final boolean hasWeights;

    /** What kimi takes in a minute; 0 if it does not count. */
    private final int requestsPerMinute;

    private final int tokensPerMinute;

    /** What an account at glm allows less than is configured; 0 if it allows all of that. */
    private final int glmInFlight;

    /** Which script the exchange gets that is being opened. */
    private int drawn;

    StormWeather(Random chance) {
        this.chance = chance;
        for (int i = 0; i < OPTIONS; i++) {
            options[i] = makeOptions();
        }
        for (int i = 0; i < requests.length; i++) {
            requests[i] = ChatRequest.builder(CONTENT)
                    .model(MODELS[i])
                    .maxOutputTokens(TOKENS_OF_A_CALL)
                    .build();
        }
        hasCircuits = chance.nextInt(3) == 0;
        runsDry = hasCircuits && chance.nextBoolean();
        hasModelLimits = chance.nextInt(3) == 0;
        hasWeights = chance.nextInt(3) == 0;
        boolean hasRates = chance.nextInt(3) == 0;
        requestsPerMinute = hasRates ? 10 + chance.nextInt(50) : 0;
        tokensPerMinute = hasRates ? (2 + chance.nextInt(50)) * TOKENS_OF_A_CALL : 0;
        glmInFlight = chance.nextInt(3) == 0 ? 1 + chance.nextInt(3) : 0;
    }

    /** {@return whether models go down and come back here} */
    boolean hasCircuits() {
        return hasCircuits;
    }

    PermitLimits limits() {
        PermitLimits.Builder limits = PermitLimits.builder()
                .session(1 + chance.nextInt(6))
                .maxQueuedPerSession(chance.nextInt(3) == 0 ? 3 : 256);
        if (chance.nextInt(4) == 0) {
            limits.maxQueued(20);
        }
        if (chance.nextInt(4) == 0) {
            limits.sessionAtEachProvider(1 + chance.nextInt(3));
        }
        if (chance.nextInt(6) == 0) {
            limits.newcomerUnit(false);
        }
        if (requestsPerMinute > 0) {
            limits.rate("kimi", budget(RateBudget.Charge.RESERVED)).rate("glm", budget(RateBudget.Charge.ACTUAL));
        }
        return withNumbers(limits).build();
    }

    private RateBudget budget(RateBudget.Charge charge) {
        return RateBudget.builder()
                .requestsPerMinute(requestsPerMinute)
                .tokensPerMinute(tokensPerMinute)
                .charge(charge)
                .build();
    }

    /** {@return limits in place of these, with other numbers at the providers, their models, and for all} */
    PermitLimits changed(PermitLimits limits) {
        return withNumbers(limits.toBuilder()).build();
    }

    private PermitLimits.Builder withNumbers(PermitLimits.Builder limits) {
        int glm = 1 + chance.nextInt(8);
        int kimi = 1 + chance.nextInt(8);
        if (hasModelLimits) {
            limits.model("glm", "glm-fast", 1 + chance.nextInt(glm));
            limits.eachModel("kimi", 1 + chance.nextInt(kimi));
            if (chance.nextInt(3) == 0) { // from now on this one too
                limits.model("glm", "glm-standard", 1 + chance.nextInt(glm));
            }
        }
        return limits.provider("glm", glm).provider("kimi", kimi).global(Math.max(1, glm + kimi - chance.nextInt(4)));
    }

    /** {@return what the library makes of failures: its defaults, or next to nothing, so that more comes through} */
    Resilience resilience() {
        if (hasCircuits) {
            return Resilience.defaults();
        }
        return Resilience.builder()
                .failuresInARow(NEVER)
                .leastResults(NEVER)
                .maxZombies(NEVER)
                .retriesPerMinute(NEVER)
                .build();
    }

    /**
     * {@return how long it is from one call to the next, to have as many as the providers can bear, or more, or fewer}
     *
     * @param units how many can have a permit at once
     */
    double millisBetweenCalls(int units) {
        double load = (1 + chance.nextInt(6)) / 4.0;
        double rate = units / MEAN_CALL_MILLIS;
        if (requestsPerMinute > 0) {
            rate = Math.min(rate, 2 * requestsPerMinute / MINUTE);
            rate = Math.min(rate, 2.0 * tokensPerMinute / TOKENS_OF_A_CALL / MINUTE);
        }
        return 1 / (rate * load);
    }

    /** {@return the options of a session, which has more weight than another one here and there} */
    SessionOptions session(String name) {
        SessionOptions made = SessionOptions.named(name);
        return hasWeights ? made.withWeight(1 + chance.nextInt(3)) : made;
    }

    /** {@return one of the things that can be asked} */
    ChatRequest request() {
        return requests[chance.nextInt(requests.length)];
    }

    /** {@return one of the providers} */
    ProviderId provider() {
        return ProviderId.of(chance.nextBoolean() ? "glm" : "kimi");
    }

    /** Gives a provider its scripts, one of which is drawn for each exchange, and what it allows. */
    void over(ScriptedProvider provider) {
        for (int i = 0; i < SCRIPTS; i++) {
            int number = i;
            provider.script(call -> draw(number), script(provider));
        }
        boolean isGlm = provider.id().value().equals("glm");
        if (isGlm && glmInFlight > 0) {
            provider.rates(RateModel.glm(glmInFlight).slotsLinger(some(2_000)));
        } else if (!isGlm && requestsPerMinute > 0) {
            provider.rates(RateModel.kimi(NEVER, requestsPerMinute, tokensPerMinute));
        }
    }

    private boolean draw(int number) {
        if (number == 0) {
            drawn = chance.nextInt(SCRIPTS);
        }
        return drawn == number;
    }

    /** {@return some time, every second one a round one: those meet each other, and the limits} */
    Duration some(int mostMillis) {
        int millis = chance.nextInt(mostMillis + 1);
        return Duration.ofMillis(chance.nextBoolean() ? millis / 1_000 * 1_000 : millis);
    }

    private Script script(ScriptedProvider provider) {
        String name = provider.id().value();
        Script.Steps steps = Script.after(some(3_000));
        for (int i = chance.nextInt(3); i > 0; i--) {
            steps = chance.nextBoolean() ? steps.chunk(ANSWER) : steps.reasoning(ANSWER);
            steps = (chance.nextBoolean() ? steps.chunk(ANSWER) : steps)
                    .after(some(chance.nextInt(3) == 0 ? 15_000 : 3_000));
        }
        int kind = chance.nextInt(KINDS);
        Script script = switch (kind) {
            case 0 -> steps.hang();
            case 1 -> steps.fail(() -> Failures.unavailable(name));
            case 2 -> steps.fail(() -> Failures.rateLimited(name, Duration.ofSeconds(chance.nextInt(40))));
            case 3 -> steps.fail(() -> Failures.rejected(name));
            case 4 -> steps.timeOut(Limit.CONNECT, Duration.ofSeconds(10));
            case 5 -> Script.throwOnOpen(new StormFailure("open's own"));
            case 6 -> steps.complete().duplicateEnd();
            case 7 -> steps.fail(() -> Failures.unavailable(name)).duplicateEnd();
            case 8 -> Script.fail(() -> Failures.tooManyRequests(name, null));
            case 9 -> Script.refuse(runsDry ? Failures::quotaExhausted : Failures::serverError);
            case 10 -> steps.keepAliveForEver(Duration.ofSeconds(20));
            case 11 -> steps.cut();
            default -> steps.complete();
        };
        // one that hangs and ignores the abort would be a zombie for ever
        if (kind != 0 && kind != 10 && chance.nextInt(8) == 0) {
            script = script.ignoreAbort();
        }
        if (chance.nextInt(8) == 0) {
            script = script.abortThrows(new StormFailure("abort's own"));
        }
        if (chance.nextInt(8) == 0) {
            script = script.endAfterAbort(some(30_000));
        }
        if (chance.nextInt(8) == 0 && kind != 10) {
            script = script.insideOpen();
        }
        return script;
    }

    private CallOptions makeOptions() {
        CallOptions.Builder made = CallOptions.builder()
                .deadline(
                        Duration.ofSeconds(chance.nextInt(4) == 0 ? 1 + chance.nextInt(10) : 10 + chance.nextInt(290)))
                .maxAttempts(1 + chance.nextInt(4));
        if (chance.nextInt(3) == 0) {
            made.firstEvent(Duration.ofSeconds(1 + chance.nextInt(5)));
            made.silence(Duration.ofSeconds(1 + chance.nextInt(5)));
        }
        if (chance.nextInt(6) == 0) {
            made.attempt(Duration.ofSeconds(5 + chance.nextInt(20)));
        }
        return made.build();
    }

    CallOptions options() {
        return options[chance.nextInt(OPTIONS)];
    }

    /** Sees that kimi had nothing to refuse: the pool keeps to its budget. */
    void checkBudget(ScriptedProvider kimi) {
        if (requestsPerMinute > 0 && kimi.refused() > 0) {
            throw new InvariantBroken(
                    "I1",
                    null,
                    kimi.refused() + " requests went to kimi beyond its budget of " + requestsPerMinute
                            + " requests and " + tokensPerMinute + " tokens a minute");
        }
    }
}
