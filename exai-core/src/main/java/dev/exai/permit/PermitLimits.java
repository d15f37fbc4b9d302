package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How much may be in flight at once, at each level, and how much may wait. Immutable.
 *
 * <pre>{@code
 * PermitLimits limits = PermitLimits.builder().provider("glm", 3).provider("kimi", 3).session(4).build();
 * }</pre>
 */
public final class PermitLimits {
    private static final int MOST = 100_000;

    /** What was asked for, or null where it follows from the providers. */
    private final @Nullable Integer givenGlobal;

    private final int global;
    private final Map<ProviderId, Integer> providers;
    private final int defaultProvider;
    private final int session;
    private final int maxQueuedPerSession;
    private final int maxQueued;
    private final boolean newcomerUnit;
    private final int bypassFactor;
    private final Duration grace;
    private final @Nullable Duration idleLease;
    private final Map<SessionId, Integer> sessions;
    private final Map<ProviderId, Map<String, Integer>> models;
    private final Map<ProviderId, Integer> defaultModels;
    private final Map<ProviderId, Integer> sessionAt;
    private final int defaultSessionAt;
    private final Map<ProviderId, RateBudget> rates;
    private final int ceilingFloor;
    private final Duration ceilingProbe;
    private final boolean refuseHopeless;

    private PermitLimits(Builder builder) {
        this.providers = Map.copyOf(builder.providers);
        this.defaultProvider = builder.defaultProvider;
        int sum =
                builder.providers.values().stream().mapToInt(Integer::intValue).sum();
        this.givenGlobal = builder.global;
        this.global = builder.global != null ? builder.global : Math.min(MOST, Math.max(8, sum));
        this.session = builder.session;
        this.maxQueuedPerSession = builder.maxQueuedPerSession;
        this.maxQueued = builder.maxQueued;
        this.newcomerUnit = builder.newcomerUnit;
        this.bypassFactor = builder.bypassFactor;
        this.grace = builder.grace;
        this.idleLease = builder.idleLease;
        this.sessions = Map.copyOf(builder.sessions);
        Map<ProviderId, Map<String, Integer>> byModel = new HashMap<>();
        builder.models.forEach((provider, limits) -> byModel.put(provider, Map.copyOf(limits)));
        this.models = Map.copyOf(byModel);
        this.defaultModels = Map.copyOf(builder.defaultModels);
        this.sessionAt = Map.copyOf(builder.sessionAt);
        this.defaultSessionAt = builder.defaultSessionAt;
        this.rates = Map.copyOf(builder.rates);
        this.ceilingFloor = builder.ceilingFloor;
        this.ceilingProbe = builder.ceilingProbe;
        this.refuseHopeless = builder.refuseHopeless;
    }

    /** {@return limits for two to five sessions: GLM 3, Kimi 3, others 2, a session 4, global 8} */
    public static PermitLimits forDevelopment() {
        return builder().build();
    }

    /**
     * {@return the limits of {@link #forDevelopment}, with what the environment sets put in place of them}
     *
     * <p>The names are those of the daemon that users come from: {@code EXAI_WS_GLOBAL_MAX_INFLIGHT},
     * {@code EXAI_WS_GLM_MAX_INFLIGHT}, {@code EXAI_WS_KIMI_MAX_INFLIGHT} (all sessions together, in this process)
     * and {@code EXAI_WS_SESSION_MAX_INFLIGHT}. Without the first, global is 8 or the sum of the providers,
     * whichever is more.
     *
     * @param environment variables by name, usually {@link System#getenv()}
     * @throws IllegalArgumentException if one of them is no whole number from 1 to 100,000; the message names it,
     *     its value and what is allowed
     */
    public static PermitLimits fromEnvironment(Map<String, String> environment) {
        Builder builder = builder();
        Integer global = number(environment, "EXAI_WS_GLOBAL_MAX_INFLIGHT");
        if (global != null) {
            builder.global(global);
        }
        for (String provider : List.of("glm", "kimi")) {
            Integer limit = number(environment, "EXAI_WS_" + provider.toUpperCase(Locale.ROOT) + "_MAX_INFLIGHT");
            if (limit != null) {
                builder.provider(provider, limit);
            }
        }
        Integer session = number(environment, "EXAI_WS_SESSION_MAX_INFLIGHT");
        if (session != null) {
            builder.session(session);
        }
        return builder.build();
    }

    private static @Nullable Integer number(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            return null;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= 1 && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, as a number out of range is
        }
        throw new IllegalArgumentException(name + "='" + value + "': allowed is a whole number from 1 to " + MOST);
    }

    /** {@return a builder that starts with the limits of {@link #forDevelopment}} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts as a copy of these limits} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.global = givenGlobal;
        builder.providers.clear();
        builder.providers.putAll(providers);
        builder.defaultProvider = defaultProvider;
        builder.session = session;
        builder.maxQueuedPerSession = maxQueuedPerSession;
        builder.maxQueued = maxQueued;
        builder.newcomerUnit = newcomerUnit;
        builder.bypassFactor = bypassFactor;
        builder.grace = grace;
        builder.idleLease = idleLease;
        builder.sessions.putAll(sessions);
        models.forEach((provider, limits) -> builder.models.put(provider, new LinkedHashMap<>(limits)));
        builder.defaultModels.putAll(defaultModels);
        builder.sessionAt.putAll(sessionAt);
        builder.defaultSessionAt = defaultSessionAt;
        builder.rates.putAll(rates);
        builder.ceilingFloor = ceilingFloor;
        builder.ceilingProbe = ceilingProbe;
        builder.refuseHopeless = refuseHopeless;
        return builder;
    }

    /**
     * {@return what in these limits contradicts itself or lets one provider delay another, in words; empty if
     * nothing does}
     *
     * @param inUse the providers that will be used
     */
    public List<String> warnings(Collection<ProviderId> inUse) {
        List<String> warnings = new ArrayList<>();
        if (session > global) {
            warnings.add("the session limit " + session + " is above the global limit " + global
                    + ": no session can ever use it");
        }
        for (ProviderId provider : inUse) {
            int limit = provider(provider);
            models.getOrDefault(provider, Map.of()).forEach((model, ofModel) -> {
                if (ofModel > limit) {
                    warnings.add("the limit " + ofModel + " of model " + model + " is above the limit " + limit + " of "
                            + provider + ": it can never be used");
                }
            });
        }
        int sum = inUse.stream().mapToInt(this::provider).sum();
        if (global < sum) {
            warnings.add("the global limit " + global + " is below the sum of the provider limits " + sum
                    + ": running calls of one provider can delay calls of another");
        }
        return warnings;
    }

    /** {@return how many permits may be out in all} */
    public int global() {
        return global;
    }

    /**
     * {@return how many permits may be out at a provider, all sessions together}
     *
     * @param provider the provider
     */
    public int provider(ProviderId provider) {
        return providers.getOrDefault(provider, defaultProvider);
    }

    /** {@return how many permits one session may have, all providers together} */
    public int session() {
        return session;
    }

    /**
     * {@return how many permits a session may have, all providers together}
     *
     * @param id the session
     */
    public int session(SessionId id) {
        return sessions.getOrDefault(id, session);
    }

    /**
     * {@return how many permits one session may have at a provider; the greatest int if that is not limited}
     *
     * @param provider the provider
     */
    public int sessionAt(ProviderId provider) {
        return sessionAt.getOrDefault(provider, defaultSessionAt);
    }

    /**
     * {@return how many permits may be out at a model, all sessions together; empty if that is not limited}
     *
     * @param provider its provider
     * @param model the model's id
     */
    public Optional<Integer> model(ProviderId provider, String model) {
        Integer limit = models.getOrDefault(provider, Map.of()).get(model);
        return Optional.ofNullable(limit == null ? defaultModels.get(provider) : limit);
    }

    /** {@return whether a model has a limit of its own: one that has but that of each model may have any name} */
    boolean names(ProviderId provider, String model) {
        return models.getOrDefault(provider, Map.of()).containsKey(model);
    }

    /** {@return which models have limits: where this changes, lanes do} */
    Object limitedModels() {
        Map<ProviderId, Object> named = new HashMap<>();
        models.forEach((provider, limits) -> named.put(provider, limits.keySet()));
        return List.of(named, defaultModels.keySet());
    }

    /**
     * {@return what a provider takes in a span of time; empty if that is not limited}
     *
     * @param provider the provider
     */
    public Optional<RateBudget> rate(ProviderId provider) {
        return Optional.ofNullable(rates.get(provider));
    }

    boolean hasRates() {
        return !rates.isEmpty();
    }

    /** {@return the least that a provider's refusals can lower its limit, or a model's, to} */
    public int ceilingFloor() {
        return ceilingFloor;
    }

    /** {@return how long a limit that was lowered so stays before it is raised by one} */
    public Duration ceilingProbe() {
        return ceilingProbe;
    }

    /** {@return whether a request whose deadline is sooner than its turn is estimated to come is refused at once} */
    public boolean refuseHopeless() {
        return refuseHopeless;
    }

    /** {@return how many requests of one session may wait} */
    public int maxQueuedPerSession() {
        return maxQueuedPerSession;
    }

    /** {@return how many requests may wait in all} */
    public int maxQueued() {
        return maxQueued;
    }

    /** {@return whether the last unit of a provider, and of global, is kept for a session that holds nothing there} */
    public boolean newcomerUnit() {
        return newcomerUnit;
    }

    /** {@return how many times its provider's limit a waiting head may be overtaken before it goes next} */
    public int bypassFactor() {
        return bypassFactor;
    }

    /**
     * {@return how long a permit may be out beyond its call's deadline before it is revoked} Its owner is told after a
     * sixth of that.
     */
    public Duration grace() {
        return grace;
    }

    /** {@return how long a permit may be out without being touched before its owner is told; empty for no such limit} */
    public Optional<Duration> idleLease() {
        return Optional.ofNullable(idleLease);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("PermitLimits[global " + global + ", providers " + sorted(providers)
                + " (others " + defaultProvider + "), session " + session);
        add(text, "sessions", sessions);
        add(text, "models", models);
        add(text, "each model of", defaultModels);
        add(text, "session at", sessionAt);
        if (defaultSessionAt != Integer.MAX_VALUE) {
            text.append(", session at a provider ").append(defaultSessionAt);
        }
        add(text, "rates", rates);
        return text.append(']').toString();
    }

    private static <K> void add(StringBuilder text, String what, Map<K, ?> values) {
        if (!values.isEmpty()) {
            text.append(", ").append(what).append(' ').append(sorted(values));
        }
    }

    private static String sorted(Map<?, ?> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "="
                        + (entry.getValue() instanceof Map<?, ?> inner ? sorted(inner) : entry.getValue()))
                .sorted()
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** Builds {@link PermitLimits}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable Integer global;
        private final Map<ProviderId, Integer> providers = new LinkedHashMap<>();
        private int defaultProvider = 2;
        private int session = 4;
        private int maxQueuedPerSession = 256;
        private int maxQueued = 4096;
        private boolean newcomerUnit = true;
        private int bypassFactor = 2;
        private Duration grace = Duration.ofSeconds(30);
        private @Nullable Duration idleLease;
        private final Map<SessionId, Integer> sessions = new LinkedHashMap<>();
        private final Map<ProviderId, Map<String, Integer>> models = new LinkedHashMap<>();
        private final Map<ProviderId, Integer> defaultModels = new LinkedHashMap<>();
        private final Map<ProviderId, Integer> sessionAt = new LinkedHashMap<>();
        private int defaultSessionAt = Integer.MAX_VALUE;
        private final Map<ProviderId, RateBudget> rates = new LinkedHashMap<>();
        private int ceilingFloor = 1;
        private Duration ceilingProbe = Duration.ofSeconds(30);
        private boolean refuseHopeless;

        private Builder() {
            providers.put(ProviderId.of("glm"), 3);
            providers.put(ProviderId.of("kimi"), 3);
        }

        /**
         * Sets how many permits may be out in all; by default 8 or the sum of the named providers, whichever is more.
         *
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder global(int limit) {
            this.global = checked("global", limit);
            return this;
        }

        /**
         * Sets how many permits may be out at a provider, all sessions together.
         *
         * @param provider the provider's name
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder provider(String provider, int limit) {
            providers.put(ProviderId.of(provider), checked(provider, limit));
            return this;
        }

        /**
         * Sets the limit of providers that have none of their own; 2 by default.
         *
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder otherProviders(int limit) {
            this.defaultProvider = checked("otherProviders", limit);
            return this;
        }

        /**
         * Sets how many permits one session may have, all providers together; 4 by default.
         *
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder session(int limit) {
            this.session = checked("session", limit);
            return this;
        }

        /**
         * Sets how many permits a session may have, all providers together, in place of {@link #session(int)}.
         *
         * @param id the session's id
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder session(String id, int limit) {
            sessions.put(SessionId.of(id), checked(id, limit));
            return this;
        }

        /**
         * Sets how many permits one session may have at any one provider; not limited by default.
         *
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder sessionAtEachProvider(int limit) {
            this.defaultSessionAt = checked("sessionAtEachProvider", limit);
            return this;
        }

        /**
         * Sets how many permits one session may have at a provider, in place of {@link #sessionAtEachProvider}.
         *
         * @param provider the provider's name
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder sessionAt(String provider, int limit) {
            sessionAt.put(ProviderId.of(provider), checked("session at " + provider, limit));
            return this;
        }

        /**
         * Sets how many permits may be out at one model, all sessions together. Requests for it then have a queue of
         * their own.
         *
         * @param provider its provider's name
         * @param model the model's id
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder model(String provider, String model, int limit) {
            if (model.isBlank()) {
                throw new IllegalArgumentException("a model's id must not be blank");
            }
            models.computeIfAbsent(ProviderId.of(provider), id -> new LinkedHashMap<>())
                    .put(model, checked(model, limit));
            return this;
        }

        /**
         * Sets how many permits may be out at each model of a provider that has no limit of its own by {@link #model}.
         *
         * @param provider the provider's name
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder eachModel(String provider, int limit) {
            defaultModels.put(ProviderId.of(provider), checked("each model of " + provider, limit));
            return this;
        }

        /**
         * Sets what a provider takes in a span of time; not limited by default.
         *
         * @param provider the provider's name
         * @param budget what it takes
         * @return this builder
         */
        public Builder rate(String provider, RateBudget budget) {
            rates.put(ProviderId.of(provider), Objects.requireNonNull(budget, "budget"));
            return this;
        }

        /**
         * Sets the least that a provider's refusals can lower its limit, or a model's, to; 1 by default. A limit that
         * is lower by itself stays.
         *
         * @param limit 1 to 100,000
         * @return this builder
         */
        public Builder ceilingFloor(int limit) {
            this.ceilingFloor = checked("ceilingFloor", limit);
            return this;
        }

        /**
         * Sets how long a limit that was lowered by a provider's refusals stays before it is raised by one; 30 s by
         * default.
         *
         * @param value more than zero, at most a day
         * @return this builder
         */
        public Builder ceilingProbe(Duration value) {
            this.ceilingProbe = checked("ceilingProbe", value);
            return this;
        }

        /**
         * Sets whether a request that has to wait is refused at once if its deadline is sooner than its turn is
         * estimated to come. The estimate is the backlog at the average hold time, so it can be wrong; false by default.
         *
         * @param on whether to refuse
         * @return this builder
         */
        public Builder refuseHopeless(boolean on) {
            this.refuseHopeless = on;
            return this;
        }

        /**
         * Sets how many requests of one session may wait; 256 by default.
         *
         * @param limit 1 or more
         * @return this builder
         */
        public Builder maxQueuedPerSession(int limit) {
            this.maxQueuedPerSession = atLeastOne("maxQueuedPerSession", limit);
            return this;
        }

        /**
         * Sets how many requests may wait in all; 4,096 by default.
         *
         * @param limit 1 or more
         * @return this builder
         */
        public Builder maxQueued(int limit) {
            this.maxQueued = atLeastOne("maxQueued", limit);
            return this;
        }

        /**
         * Sets whether the last unit of a provider, and of global, is kept for a session that holds nothing there;
         * true by default. It never applies at a limit of 1, and at 2 only while another session is open and was
         * active in the last five minutes.
         *
         * @param on whether to keep it
         * @return this builder
         */
        public Builder newcomerUnit(boolean on) {
            this.newcomerUnit = on;
            return this;
        }

        /**
         * Sets how many times its provider's limit a waiting head may be overtaken before it goes next; 2 by default.
         *
         * @param factor 1 or more
         * @return this builder
         */
        public Builder bypassFactor(int factor) {
            this.bypassFactor = atLeastOne("bypassFactor", factor);
            return this;
        }

        /**
         * Sets how long a permit may be out beyond its call's deadline before it is revoked; 30 s by default. Its owner
         * is told after a sixth of that, so that it can close the permit itself.
         *
         * @param value more than zero, at most a day
         * @return this builder
         */
        public Builder grace(Duration value) {
            this.grace = checked("grace", value);
            return this;
        }

        /**
         * Sets how long a permit may be out without being {@linkplain Permit#touch touched}: then its owner is told, and
         * after the grace it is revoked, also before the call's deadline. No such limit by default.
         *
         * @param value more than zero, at most a day
         * @return this builder
         */
        public Builder idleLease(Duration value) {
            this.idleLease = checked("idleLease", value);
            return this;
        }

        private static Duration checked(String name, Duration value) {
            if (value.isZero() || value.isNegative() || value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(name + " must be more than zero and at most a day: " + value);
            }
            return value;
        }

        /** {@return the limits} */
        public PermitLimits build() {
            return new PermitLimits(this);
        }

        private static int checked(String name, int limit) {
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
            throw new IllegalArgumentException(name + " limit not in 1.." + MOST + ": " + limit);
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " < 1: " + value);
            }
            return value;
        }
    }
}
