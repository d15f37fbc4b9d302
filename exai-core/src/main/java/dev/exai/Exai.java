package dev.exai;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.CallEngine;
import dev.exai.call.CallOptions;
import dev.exai.call.ToolCall;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.SessionClosedException;
import dev.exai.event.ExaiListener;
import dev.exai.model.CatalogChanges;
import dev.exai.model.LiveModels;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelResolver;
import dev.exai.model.ModelSelector;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPool;
import dev.exai.permit.PoolAudit;
import dev.exai.permit.PoolSnapshot;
import dev.exai.resilience.HealthBoard;
import dev.exai.resilience.HealthReport;
import dev.exai.resilience.Resilience;
import dev.exai.run.RunSettings;
import dev.exai.run.Runs;
import dev.exai.run.store.RunStore;
import dev.exai.session.Session;
import dev.exai.session.SessionOptions;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to LLM providers for many sessions at once.
 *
 * <p>An application makes one, shares it, and closes it at the end:
 *
 * <pre>{@code
 * try (Exai exai = Exai.builder(glm, kimi).limits(PermitLimits.forDevelopment()).build();
 *     Session session = exai.openSession("editor")) {
 *   ChatCall call = session.chat(ChatRequest.of("hello"));  // started; call.cancel("...") works from here
 *   ChatReply reply = call.await();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class Exai implements AutoCloseable {
    /*
     * State      sessions: those that are open. closing: none is opened any more.
     * Owner      lock guards both; sessions are closed outside it.
     * Threads    Three roles, never mixed. timer: decides only. effects: the library's own steps, no user code. user
     *            code: tools, listeners, continuations, model selectors. The last two have a thread for each task.
     */

    private static final Logger log = LoggerFactory.getLogger(Exai.class);

    private final Map<ProviderId, Provider> providers;
    private final Scheduler scheduler;
    private final UserCode userCode;
    private final List<AutoCloseable> owned;
    private final CallOptions defaults;
    private final EventBus events;
    private final PermitPool pool;
    private final HealthBoard health;
    private final ModelResolver resolver;
    private final CallEngine engine;
    private final @Nullable LiveModels liveModels;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<Session> sessions = new LinkedHashSet<>();

    @GuardedBy("lock")
    private long opened;

    @GuardedBy("lock")
    private boolean closing;

    private Exai(Builder builder) {
        this.providers = builder.providersById();
        this.defaults = builder.defaults;
        List<AutoCloseable> toClose = new ArrayList<>();
        this.scheduler = builder.schedulerOr(toClose);
        Executor effects = executorOr(builder.effects, "exai-effects", toClose);
        this.userCode = new UserCode(executorOr(builder.userCode, "exai-user", toClose), scheduler);
        this.owned = List.copyOf(toClose);
        this.events = new EventBus(builder.listeners, userCode.of("listeners of events"));
        PermitPool.Builder poolBuilder =
                PermitPool.builder(builder.limits, scheduler).executor(effects).providers(providers.keySet());
        if (!builder.listeners.isEmpty()) {
            poolBuilder.events(events);
        }
        if (builder.scheduler == null) {
            poolBuilder.reclaimThread(Threads.daemons("exai-reclaimer"));
        }
        this.pool = poolBuilder.build();
        this.health = new HealthBoard(pool, scheduler, events, builder.resilience);
        ModelCatalog catalog = ModelCatalog.of(providers.values()).with(builder.models);
        this.resolver = ModelResolver.caching(
                catalog, builder.selector, health::view, scheduler, userCode.of("the model selector"), effects);
        health.onChange(resolver::refresh);
        CallEngine.Builder calls = CallEngine.builder(pool, resolver, scheduler);
        if (!builder.listeners.isEmpty()) {
            calls.events(events);
        }
        this.engine = calls.providers(providers)
                .effects(effects)
                .effectsMayBlock(builder.effects == null)
                .health(health)
                .livenessLimits(builder.livenessLimits)
                .random(builder.seed == null ? new Random() : new Random(builder.seed))
                .build();
        this.liveModels = builder.refreshModels == null
                ? null
                : LiveModels.start(
                        providers,
                        resolver,
                        builder.refreshModels,
                        scheduler,
                        userCode.of("readers of lists"),
                        effects);
        warn(builder.limits);
        for (ProviderId each : builder.models.providers()) {
            if (!providers.containsKey(each)) {
                log.warn("Changes of models of provider '{}' have no effect: it is not here", each);
            }
        }
    }

    private static Executor executorOr(@Nullable Executor given, String name, List<AutoCloseable> toClose) {
        if (given != null) {
            return given;
        }
        ExecutorService own = Threads.threadPerTask(name);
        toClose.add(own::shutdown);
        return own;
    }

    /**
     * {@return a builder}
     *
     * @param first a provider
     * @param more others, in order of preference
     */
    public static Builder builder(Provider first, Provider... more) {
        List<Provider> all = new ArrayList<>();
        all.add(first);
        all.addAll(List.of(more));
        return new Builder(all);
    }

    /**
     * {@return a builder with every provider that is on the class path or module path and has a key in the
     * environment, and with the limits that the environment sets}
     *
     * @param environment variables by name, usually {@link System#getenv()}
     * @throws IllegalStateException if no provider has a key; the message says what was looked for
     * @throws IllegalArgumentException if a variable makes no sense
     */
    public static Builder fromEnvironment(Map<String, String> environment) {
        List<Provider> found = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (ProviderFactory factory : ServiceLoader.load(ProviderFactory.class)) {
            names.add(factory.name());
            factory.create(environment).ifPresent(found::add);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    names.isEmpty()
                            ? "no provider is on the class path: add exai-provider-glm or exai-provider-kimi"
                            : "none of the providers " + names + " has a key in the environment");
        }
        return new Builder(found).environment(environment);
    }

    /**
     * Opens a session. Its id is the name with a number, so two sessions never share one by accident.
     *
     * @param name what to call it in audits, events and errors
     * @return the session, to be closed
     * @throws SessionClosedException if this library instance is closed or closing
     */
    public Session openSession(String name) {
        return openSession(SessionOptions.named(name));
    }

    /**
     * Opens a session. Its id is its name with a number, so two sessions never share one by accident.
     *
     * @param options its name, and how it is to be
     * @return the session, to be closed
     * @throws SessionClosedException if this library instance is closed or closing
     */
    public Session openSession(SessionOptions options) {
        SessionId id;
        synchronized (lock) {
            id = SessionId.of(options.name() + "/" + ++opened);
        }
        Session session = Session.open(id, options, engine, pool, defaults, userCode.of("session " + id), this::forget);
        boolean late;
        synchronized (lock) {
            late = closing;
            if (!late && session.isOpen()) {
                sessions.add(session);
            }
        }
        if (late) {
            session.close();
            throw new SessionClosedException("Exai");
        }
        return session;
    }

    private void forget(Session session) {
        synchronized (lock) {
            sessions.remove(session);
        }
        health.forget(session.id());
    }

    /** {@return the permit limits in force} */
    public PermitLimits limits() {
        return pool.limits();
    }

    /**
     * Puts other permit limits in force, at once, while calls are under way. More grants what waits; less revokes
     * nothing and grants nothing until enough has come back.
     *
     * @param limits the new limits
     */
    public void resize(PermitLimits limits) {
        pool.resize(limits);
        warn(limits);
    }

    private void warn(PermitLimits limits) {
        limits.warnings(providers.keySet()).forEach(warning -> log.warn("Permit limits: {}", warning));
    }

    /** {@return what is in use and what waits, at one moment} */
    public PoolSnapshot snapshot() {
        return pool.snapshot();
    }

    /** {@return a recount of the pool from the permits that are out, which names their holders} */
    public PoolAudit audit() {
        return pool.audit();
    }

    /** {@return how providers and models do at this moment, with the figures behind it} */
    public HealthReport health() {
        return health.report();
    }

    /**
     * Takes a provider as well again: one that was parked for want of balance is asked again, and so is each of its models.
     *
     * @param provider the provider's name
     */
    public void resume(String provider) {
        health.resume(ProviderId.of(provider));
    }

    /** {@return the resolver of models} */
    public ModelResolver models() {
        return resolver;
    }

    /**
     * {@return what starts runs of workflows and keeps them in a store} It is closed before the sessions of its runs are; the store
     * is closed after it.
     *
     * @param store keeps the runs
     */
    public Runs runs(RunStore store) {
        return runs(store, RunSettings.defaults());
    }

    /**
     * {@return what starts runs of workflows and keeps them in a store} It is closed before the sessions of its runs are; the store
     * is closed after it.
     *
     * @param store keeps the runs
     * @param settings how runs deal with the store
     */
    public Runs runs(RunStore store, RunSettings settings) {
        return Runs.over(store, settings, scheduler, resolver, defaults, userCode.of("runs"));
    }

    /** {@return how many aborted exchanges and abandoned tools have not come to their end yet} They hold no permit. */
    public int zombies() {
        return engine.zombies();
    }

    /** {@return how many events found a listener's queue full and were dropped} */
    public long droppedEvents() {
        return events.dropped();
    }

    /** {@return the sessions that are open} */
    public List<Session> sessions() {
        synchronized (lock) {
            return List.copyOf(sessions);
        }
    }

    /**
     * {@return the code of users that runs at this moment, with its owner, its thread and its stack} After {@link #close}
     * too: a tool or a listener that does not return goes on, without its permit, until it does.
     */
    public List<RunningCode> running() {
        return userCode.running();
    }

    /**
     * Opens no more sessions, waits until the calls under way have ended, then closes.
     *
     * @param limit the most time to wait
     * @return whether all calls had ended; false if the rest was cancelled
     * @throws InterruptedException if this thread is interrupted; everything was cancelled and closed then
     * @throws IllegalStateException on the thread of a simulation, where waiting could never end; nothing was closed
     */
    public boolean closeGracefully(Duration limit) throws InterruptedException {
        Deadline end = Deadline.after(limit, scheduler);
        if (!scheduler.mayBlock()) {
            throw new IllegalStateException(
                    "closeGracefully would block the simulation's own thread for ever: use close");
        }
        synchronized (lock) {
            closing = true;
        }
        try {
            for (Session session : sessions()) {
                for (ToolCall<?> call : session.calls()) {
                    try {
                        call.toCompletableFuture().get(end.remaining().toNanos(), TimeUnit.NANOSECONDS);
                    } catch (TimeoutException late) {
                        return false;
                    } catch (ExecutionException ended) {
                        // it has ended, which is what we wait for
                    }
                }
            }
            // a call that has ended may still be on its way out of its session
            return sessions().stream()
                    .flatMap(session -> session.calls().stream())
                    .allMatch(ToolCall::isDone);
        } finally {
            close();
        }
    }

    /**
     * Cancels every call, closes every session and provider, and ends the threads. When this returns, no permit is
     * held. May be called twice.
     */
    @Override
    public void close() {
        List<Session> left;
        synchronized (lock) {
            closing = true;
            left = List.copyOf(sessions);
        }
        if (liveModels != null) {
            liveModels.close();
        }
        pool.stopGranting(); // what one session gives back must not start calls of the next, to be cancelled at once
        left.forEach(Session::close);
        pool.close();
        resolver.invalidate(); // and its timers
        health.close();
        providers.values().forEach(Exai::closeQuietly);
        owned.forEach(Exai::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable what) {
        try {
            what.close();
        } catch (Exception | Error e) {
            log.warn("{} threw from close()", what, e);
        }
    }

    @Override
    public String toString() {
        return "Exai[" + providers.keySet() + ", " + pool.snapshot() + "]";
    }

    /** Builds an {@link Exai}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Provider> providers;
        private PermitLimits limits = PermitLimits.forDevelopment();
        private CallOptions defaults = CallOptions.defaults();
        private CatalogChanges models = CatalogChanges.none();
        private Resilience resilience = Resilience.defaults();
        private ModelSelector selector = ModelSelector.standard();
        private final Map<ProviderId, UnaryOperator<LivenessLimits>> livenessLimits = new LinkedHashMap<>();
        private final List<ExaiListener> listeners = new ArrayList<>();
        private @Nullable Scheduler scheduler;
        private @Nullable Executor effects;
        private @Nullable Executor userCode;
        private @Nullable Long seed;
        private @Nullable Duration refreshModels;

        private Builder(List<Provider> providers) {
            this.providers = List.copyOf(providers);
            providersById();
        }

        private Map<ProviderId, Provider> providersById() {
            Map<ProviderId, Provider> byId = new LinkedHashMap<>();
            for (Provider provider : providers) {
                if (byId.put(provider.id(), provider) != null) {
                    throw new IllegalArgumentException("two providers are called '" + provider.id() + "'");
                }
            }
            return byId;
        }

        private Scheduler schedulerOr(List<AutoCloseable> toClose) {
            if (scheduler != null) {
                return scheduler;
            }
            SystemScheduler own = SystemScheduler.create("exai-timer");
            toClose.add(own);
            return own;
        }

        /**
         * Sets how much may be in flight; {@link PermitLimits#forDevelopment()} by default.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder limits(PermitLimits value) {
            this.limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /**
         * Takes the limits that an environment sets, in place of any that were set before: those of {@link PermitLimits#fromEnvironment}, and for each
         * provider {@code <NAME>_TIMEOUT_SECS}, the limit of one attempt.
         *
         * @param environment variables by name, usually {@link System#getenv()}
         * @return this builder
         * @throws IllegalArgumentException if a variable makes no sense; the message names it, its value and what is
         *     allowed
         */
        public Builder environment(Map<String, String> environment) {
            this.limits = PermitLimits.fromEnvironment(environment);
            EnvironmentSettings.attemptLimits(environment, providersById().keySet())
                    .forEach((provider, limit) -> attemptLimit(provider.value(), limit));
            return this;
        }

        /**
         * Sets the limit of one attempt at a provider, in place of its models' own.
         *
         * @param provider the provider's name
         * @param limit more than zero
         * @return this builder
         */
        public Builder attemptLimit(String provider, Duration limit) {
            return livenessLimit(provider, limits -> limits.withAttempt(limit));
        }

        /**
         * Sets the limit until a connection to a provider stands, in place of its models' own.
         *
         * @param provider the provider's name
         * @param limit more than zero
         * @return this builder
         */
        public Builder connectLimit(String provider, Duration limit) {
            return livenessLimit(provider, limits -> limits.withConnect(limit));
        }

        /**
         * Sets the limit until the first piece of a provider's answers, in place of its models' own.
         *
         * @param provider the provider's name
         * @param limit more than zero
         * @return this builder
         */
        public Builder firstEventLimit(String provider, Duration limit) {
            return livenessLimit(provider, limits -> limits.withFirstEvent(limit));
        }

        /**
         * Sets the limit of silence in a provider's answers, in place of its models' own.
         *
         * @param provider the provider's name
         * @param limit more than zero
         * @return this builder
         */
        public Builder silenceLimit(String provider, Duration limit) {
            return livenessLimit(provider, limits -> limits.withSilence(limit));
        }

        private Builder livenessLimit(String provider, UnaryOperator<LivenessLimits> change) {
            LivenessLimits unused = change.apply(LivenessLimits.plain()); // what makes no sense is refused here
            livenessLimits.merge(
                    ProviderId.of(provider), change, (before, more) -> limits -> more.apply(before.apply(limits)));
            return this;
        }

        /**
         * Sets the options of calls that are made without any.
         *
         * @param value the options
         * @return this builder
         */
        public Builder defaultOptions(CallOptions value) {
            this.defaults = Objects.requireNonNull(value, "defaultOptions");
            return this;
        }

        /**
         * Sets what is known better than by the providers' catalogues; by default nothing. Changes that were set before
         * stay, and these have the last word.
         *
         * @param changes the models to add, change and hide
         * @return this builder
         */
        public Builder models(CatalogChanges changes) {
            this.models = models.then(changes);
            return this;
        }

        /**
         * Has the providers asked which models they have and what these can do, at once and then again and again, in the
         * background: no call waits for it, and what cannot be had changes nothing. By default nobody asks. What was said
         * of a model in {@link #models} stays.
         *
         * @param every how long from one round of asking to the next, more than zero; an hour is plenty
         * @return this builder
         */
        public Builder refreshModels(Duration every) {
            if (Objects.requireNonNull(every, "refreshModels").isZero() || every.isNegative()) {
                throw new IllegalArgumentException("refreshModels must be more than zero: " + every);
            }
            this.refreshModels = every;
            return this;
        }

        /**
         * Sets when a model is no longer asked, and how much is tried again; {@link Resilience#defaults()} by default.
         *
         * @param value the rules
         * @return this builder
         */
        public Builder resilience(Resilience value) {
            this.resilience = Objects.requireNonNull(value, "resilience");
            return this;
        }

        /**
         * Sets who chooses models for "auto"; by default the catalogue's order.
         *
         * @param value the selector
         * @return this builder
         */
        public Builder modelSelector(ModelSelector value) {
            this.selector = Objects.requireNonNull(value, "modelSelector");
            return this;
        }

        /**
         * Adds a listener of events.
         *
         * @param listener who is told
         * @return this builder
         */
        public Builder listener(ExaiListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets the clock and timer, which stay the caller's to close; by default the real ones, owned.
         *
         * @param value the scheduler
         * @return this builder
         */
        public Builder scheduler(Scheduler value) {
            this.scheduler = Objects.requireNonNull(value, "scheduler");
            return this;
        }

        /**
         * Sets what runs code of users: tools, listeners, continuations, model selectors. It stays the caller's to
         * close. By default an owned one with a thread for each task, virtual where the JVM has them. One with fewer
         * threads lets the code of one session wait for that of another.
         *
         * @param value the executor
         * @return this builder
         */
        public Builder executor(Executor value) {
            this.userCode = Objects.requireNonNull(value, "executor");
            return this;
        }

        /**
         * Sets what runs the library's own steps, which are short and do not block. It stays the caller's to close.
         * By default an owned one with a thread for each task. It must not be shared with code of users.
         *
         * @param value the executor
         * @return this builder
         */
        public Builder effectsExecutor(Executor value) {
            this.effects = Objects.requireNonNull(value, "effectsExecutor");
            return this;
        }

        /**
         * Sets the seed of the back-offs' jitter, for runs that can be repeated.
         *
         * @param value the seed
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /** {@return the library, ready for use} */
        public Exai build() {
            return new Exai(this);
        }
    }
}
