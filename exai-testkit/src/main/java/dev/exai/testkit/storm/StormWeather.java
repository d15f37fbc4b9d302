package dev.exai.testkit.storm;

import dev.exai.call.CallOptions;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.permit.PermitLimits;
import dev.exai.resilience.Resilience;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import java.time.Duration;
import java.util.Random;

/** What a storm is made of, all by one source of chance: limits, answers, and options of calls. */
final class StormWeather {
    /** What must not appear in anything that the library says of itself. */
    static final String CONTENT = "the-content-of-a-prompt";

    static final String ANSWER = "a-piece-of-an-answer";

    private static final int SCRIPTS = 40;
    private static final int OPTIONS = 32;
    private static final int NEVER = 1_000_000;

    private final Random chance;
    private final CallOptions[] options = new CallOptions[OPTIONS];

    /** Which script the exchange gets that is being opened. */
    private int drawn;

    StormWeather(Random chance) {
        this.chance = chance;
        for (int i = 0; i < OPTIONS; i++) {
            options[i] = makeOptions();
        }
    }

    PermitLimits limits() {
        int glm = 1 + chance.nextInt(8);
        int kimi = 1 + chance.nextInt(8);
        PermitLimits.Builder limits = PermitLimits.builder()
                .provider("glm", glm)
                .provider("kimi", kimi)
                .global(Math.max(1, glm + kimi - chance.nextInt(4)))
                .session(1 + chance.nextInt(6))
                .maxQueuedPerSession(chance.nextInt(3) == 0 ? 3 : 256);
        if (chance.nextInt(4) == 0) {
            limits.maxQueued(20);
        }
        if (chance.nextInt(4) == 0) {
            limits.sessionAtEachProvider(1 + chance.nextInt(3));
        }
        return limits.build();
    }

    /**
     * {@return what the library makes of failures: in every third storm its defaults, under which much is refused at once;
     * in the others next to nothing, so that more comes through}
     */
    Resilience resilience() {
        if (chance.nextInt(3) == 0) {
            return Resilience.defaults();
        }
        return Resilience.builder()
                .failuresInARow(NEVER)
                .leastResults(NEVER)
                .maxZombies(NEVER)
                .retriesPerMinute(NEVER)
                .parkFor(Duration.ofSeconds(1))
                .longestPark(Duration.ofSeconds(1))
                .build();
    }

    /** {@return limits in place of these, with other numbers at the providers and for all} */
    PermitLimits changed(PermitLimits limits) {
        int glm = 1 + chance.nextInt(8);
        int kimi = 1 + chance.nextInt(8);
        return limits.toBuilder()
                .provider("glm", glm)
                .provider("kimi", kimi)
                .global(Math.max(1, glm + kimi - chance.nextInt(4)))
                .build();
    }

    /** Gives a provider its scripts, one of which is drawn for each exchange. */
    void over(ScriptedProvider provider) {
        for (int i = 0; i < SCRIPTS; i++) {
            int number = i;
            provider.script(call -> draw(number), script(provider));
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
        Script.Steps steps = Script.after(some(5_000));
        for (int i = chance.nextInt(3); i > 0; i--) {
            steps = chance.nextBoolean() ? steps.chunk(ANSWER) : steps.reasoning(ANSWER);
            steps = (chance.nextBoolean() ? steps.chunk(ANSWER) : steps).after(some(15_000));
        }
        int kind = chance.nextInt(18);
        Script script = switch (kind) {
            case 0 -> steps.hang();
            case 1 -> steps.fail(() -> Failures.unavailable(name));
            case 2 -> steps.fail(() -> Failures.rateLimited(name, Duration.ofSeconds(chance.nextInt(40))));
            case 3 -> steps.fail(() -> Failures.rejected(name));
            case 4 -> steps.timeOut(Limit.CONNECT, Duration.ofSeconds(10));
            case 5 -> Script.throwOnOpen(new Own("open's own"));
            case 6 -> steps.complete().duplicateEnd();
            case 7 -> steps.fail(() -> Failures.unavailable(name)).duplicateEnd();
            case 8 -> Script.fail(() -> Failures.tooManyRequests(name, null));
            case 9 -> Script.refuse(Failures::quotaExhausted);
            case 10 -> steps.keepAliveForEver(Duration.ofSeconds(20));
            case 11 -> steps.cut();
            default -> steps.complete();
        };
        // one that hangs and ignores the abort would be a zombie for ever
        if (kind != 0 && kind != 10 && chance.nextInt(8) == 0) {
            script = script.ignoreAbort();
        }
        if (chance.nextInt(8) == 0) {
            script = script.abortThrows(new Own("abort's own"));
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
                .deadline(Duration.ofSeconds(1 + chance.nextInt(chance.nextBoolean() ? 10 : 300)))
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

    /** What a provider throws against its contract; without a trace, since all of them are logged. */
    private static final class Own extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Own(String message) {
            super(message, null, false, false);
        }
    }
}
