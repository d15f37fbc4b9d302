package dev.exai.testkit.script;

import dev.exai.testkit.internal.Checks;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a provider allows, and so when it refuses: requests in flight, requests and tokens in a span of time.
 *
 * <p>The same model serves {@link ScriptedProvider} and the fake servers. Spans are counted backwards from the moment
 * of a request: what was admitted 60 s ago counts no more in a minute. Tokens are charged as Kimi does: prompt and
 * output limit together, at admission, however many are used. Immutable: each method gives another model.
 *
 * <pre>{@code
 * RateModel.glm(2);                                  // two in flight at each model
 * RateModel.kimi(3, 20, 500_000);                    // in flight, requests a minute, tokens a minute, over all models
 * RateModel.kimiTier(0).retryAfter(Duration.ofSeconds(1));
 * RateModel.unlimited().inFlight(8).slotsLinger(Duration.ofSeconds(2));
 * }</pre>
 */
public final class RateModel {
    private static final long NONE = Long.MAX_VALUE;

    /** What Kimi's large models take a request for that names no limit. */
    private static final long KIMI_OUTPUT = 131_072;

    private static final RateModel UNLIMITED = new RateModel(new Settings());

    private final Settings settings;

    /** Copied before each change. */
    static final class Settings {
        long inFlight = NONE;
        long inFlightOfEach = NONE;
        Map<String, Long> inFlightOf = Map.of();
        long requestsOfMinute = NONE;
        long tokensOfMinute = NONE;
        long tokensOfDay = NONE;
        long outputByDefault = KIMI_OUTPUT;
        Duration lingering = Duration.ZERO;
        boolean refusalsCount;

        @Nullable
        Duration retryAfter;

        Settings copy() {
            Settings copy = new Settings();
            copy.inFlight = inFlight;
            copy.inFlightOfEach = inFlightOfEach;
            copy.inFlightOf = inFlightOf;
            copy.requestsOfMinute = requestsOfMinute;
            copy.tokensOfMinute = tokensOfMinute;
            copy.tokensOfDay = tokensOfDay;
            copy.outputByDefault = outputByDefault;
            copy.lingering = lingering;
            copy.refusalsCount = refusalsCount;
            copy.retryAfter = retryAfter;
            return copy;
        }

        long inFlightAt(String model) {
            return inFlightOf.getOrDefault(model, inFlightOfEach);
        }
    }

    /** What there may be too much of. */
    public enum Limit {
        /** Requests in flight. */
        CONCURRENCY,
        /** Requests of the last minute. */
        REQUESTS,
        /** Tokens of the last minute. */
        TOKENS,
        /** Tokens of the last day. */
        TOKENS_OF_DAY
    }

    private RateModel(Settings settings) {
        this.settings = settings;
    }

    /** {@return a model that never refuses} */
    public static RateModel unlimited() {
        return UNLIMITED;
    }

    /**
     * {@return GLM's: so many in flight at each model, whatever time goes by; a refusal names no time}
     *
     * @param inFlightPerModel how many, at least 1
     */
    public static RateModel glm(int inFlightPerModel) {
        return UNLIMITED.inFlightPerModel(inFlightPerModel);
    }

    /**
     * {@return Kimi's: limits over all models, tokens reserved at admission; a refusal asks to come back in a second,
     * whether or not that is enough}
     *
     * @param inFlight how many in flight, at least 1
     * @param requestsPerMinute how many requests, at least 1
     * @param tokensPerMinute how many tokens, at least 1
     */
    public static RateModel kimi(int inFlight, int requestsPerMinute, long tokensPerMinute) {
        return UNLIMITED
                .inFlight(inFlight)
                .requestsPerMinute(requestsPerMinute)
                .tokensPerMinute(tokensPerMinute)
                .retryAfter(Duration.ofSeconds(1));
    }

    /**
     * {@return Kimi's with the limits of an account, as its international platform listed them in August 2026}
     *
     * @param tier the account's tier, from 0 to 5
     */
    public static RateModel kimiTier(int tier) {
        return switch (tier) {
            case 0 -> kimi(1, 3, 500_000).tokensPerDay(1_500_000);
            case 1 -> kimi(50, 200, 2_000_000);
            case 2 -> kimi(100, 500, 3_000_000);
            case 3 -> kimi(200, 5_000, 3_000_000);
            case 4 -> kimi(400, 5_000, 4_000_000);
            case 5 -> kimi(1_000, 10_000, 5_000_000);
            default -> throw new IllegalArgumentException("no tier between 0 and 5: " + tier);
        };
    }

    /**
     * {@return this model, with a limit on what is in flight over all models}
     *
     * @param most how many, at least 1
     */
    public RateModel inFlight(int most) {
        return with(changed -> changed.inFlight = Checks.atLeastOne("limit", most));
    }

    /**
     * {@return this model, with a limit on what is in flight at each model}
     *
     * @param most how many, at least 1
     */
    public RateModel inFlightPerModel(int most) {
        return with(changed -> changed.inFlightOfEach = Checks.atLeastOne("limit", most));
    }

    /**
     * {@return this model, with another limit on what is in flight at one model}
     *
     * @param model the model's id
     * @param most how many, at least 1
     */
    public RateModel inFlightOf(String model, int most) {
        Objects.requireNonNull(model, "model");
        Map<String, Long> all = new LinkedHashMap<>(settings.inFlightOf);
        all.put(model, Checks.atLeastOne("limit", most));
        return with(changed -> changed.inFlightOf = Map.copyOf(all));
    }

    private RateModel with(Consumer<Settings> change) {
        Settings changed = settings.copy();
        change.accept(changed);
        return new RateModel(changed);
    }

    /**
     * {@return this model, with a limit on requests in a minute}
     *
     * @param most how many, at least 1
     */
    public RateModel requestsPerMinute(int most) {
        return with(changed -> changed.requestsOfMinute = Checks.atLeastOne("requests", most));
    }

    /**
     * {@return this model, with a limit on tokens in a minute}
     *
     * @param most how many, at least 1
     */
    public RateModel tokensPerMinute(long most) {
        return with(changed -> changed.tokensOfMinute = Checks.atLeastOne("tokens", most));
    }

    /**
     * {@return this model, with a limit on tokens in a day}
     *
     * @param most how many, at least 1
     */
    public RateModel tokensPerDay(long most) {
        return with(changed -> changed.tokensOfDay = Checks.atLeastOne("tokens", most));
    }

    /**
     * {@return this model, with another number of output tokens for requests that name no limit; 131,072 by default}
     *
     * @param tokens how many are charged, at least 1
     */
    public RateModel outputTokensByDefault(long tokens) {
        return with(changed -> changed.outputByDefault = Checks.atLeastOne("tokens", tokens));
    }

    /**
     * {@return this model, with what its refusals say about when to come back} A daily limit says nothing about it.
     *
     * @param time the time, or null to say nothing
     */
    public RateModel retryAfter(@Nullable Duration time) {
        return with(changed -> changed.retryAfter = time);
    }

    /**
     * {@return this model, with a place in flight that stays taken for a while after its exchange is over or was left}
     * So it is with a provider that hears late of a client that went away.
     *
     * @param time how long
     */
    public RateModel slotsLinger(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a negative time: " + time);
        }
        return with(changed -> changed.lingering = time);
    }

    /** {@return this model, which counts what it refused among the requests of a minute too: a storm feeds itself} */
    public RateModel countingRefusals() {
        return with(changed -> changed.refusalsCount = true);
    }

    /** {@return whether it can refuse at all} */
    public boolean isUnlimited() {
        return settings.inFlight == NONE
                && settings.inFlightOfEach == NONE
                && settings.inFlightOf.isEmpty()
                && settings.requestsOfMinute == NONE
                && settings.tokensOfMinute == NONE
                && settings.tokensOfDay == NONE;
    }

    /** {@return what a refusal by this model says about when to come back} */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(settings.retryAfter);
    }

    /**
     * {@return a gate that has admitted nothing yet}
     *
     * @param nanoTime the clock; may be that of a simulation
     */
    public RateGate gate(LongSupplier nanoTime) {
        return new RateGate(settings, nanoTime);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("RateModel[");
        add(text, "in flight", settings.inFlight);
        add(text, "in flight at each model", settings.inFlightOfEach);
        settings.inFlightOf.forEach((model, most) -> add(text, "in flight at " + model, most));
        add(text, "requests a minute", settings.requestsOfMinute);
        add(text, "tokens a minute", settings.tokensOfMinute);
        add(text, "tokens a day", settings.tokensOfDay);
        return text.append(text.charAt(text.length() - 1) == '[' ? "unlimited]" : "]")
                .toString();
    }

    private static void add(StringBuilder text, String what, long most) {
        if (most != NONE) {
            text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ")
                    .append(most)
                    .append(' ')
                    .append(what);
        }
    }
}
