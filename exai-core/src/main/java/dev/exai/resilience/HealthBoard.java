package dev.exai.resilience;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.exai.context.CallContext;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.CircuitOpenException.Reason;
import dev.exai.error.ExaiException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitPool;
import dev.exai.permit.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows how providers and models do, and says who may be asked. A library instance has one; attempts ask it before they
 * ask a provider, and tell it how that went. Safe for use by many threads; nothing here waits.
 */
public final class HealthBoard {
    /*
     * State      models: what is known of each model that was asked. providers: of each provider. sessions: the retry
     *            budgets of those that asked of late.
     * Owner      each has a lock of its own, held for no call out of it. Events and the word that something changed go
     *            out after it was let go.
     * Bounds     models and sessions are bounded: names come from callers. What was asked longest ago goes first; a
     *            circuit that goes so is closed for want of memory, which costs a few calls.
     */

    private static final int MOST_MODELS = 1_000;
    private static final int MOST_SESSIONS = 4_096;

    private final PermitPool pool;
    private final Scheduler scheduler;
    private final Consumer<ExaiEvent> events;
    private final Resilience rules;
    private final ConcurrentMap<ProviderId, ProviderHealth> providers = new ConcurrentHashMap<>();
    private final Cache<ModelKey, ModelHealth> models =
            CacheBuilder.newBuilder().maximumSize(MOST_MODELS).build();
    private final Cache<SessionId, RetryBudget> sessions =
            CacheBuilder.newBuilder().maximumSize(MOST_SESSIONS).build();
    private volatile Runnable onChange = () -> {};

    /** For each circuit that waits for its next probe the timer that says so; one that rings takes itself out. */
    private final Map<Circuit, Scheduler.Scheduled> probes = new ConcurrentHashMap<>();

    /**
     * Creates a board on which nothing is known yet.
     *
     * @param pool tells how many wait, and which limits were lowered
     * @param scheduler the clock and timer
     * @param events is told; does not block or throw
     * @param rules when a model is no longer asked, and how much is tried again
     */
    public HealthBoard(PermitPool pool, Scheduler scheduler, Consumer<ExaiEvent> events, Resilience rules) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.events = Objects.requireNonNull(events, "events");
        this.rules = Objects.requireNonNull(rules, "rules");
    }

    /**
     * Sets what is run when a model goes down or comes back; it does not block or throw.
     *
     * @param action what is run
     */
    public void onChange(Runnable action) {
        this.onChange = Objects.requireNonNull(action, "action");
    }

    private record ModelKey(ProviderId provider, String model) {}

    private ProviderHealth of(ProviderId provider) {
        ProviderHealth known = providers.get(provider);
        return known != null
                ? known
                : providers.computeIfAbsent(provider, id -> new ProviderHealth(id, scheduler, rules));
    }

    private ModelHealth of(ProviderId provider, String model) {
        ModelKey key = new ModelKey(provider, model);
        ModelHealth known = models.getIfPresent(key);
        if (known != null) {
            return known;
        }
        try {
            return models.get(key, () -> new ModelHealth(provider, model, scheduler, rules));
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private RetryBudget of(SessionId session) {
        RetryBudget known = sessions.getIfPresent(session);
        if (known != null) {
            return known;
        }
        try {
            return sessions.get(session, () -> new RetryBudget(scheduler, rules));
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * {@return why a model would not be asked now; empty if it would}
     *
     * @param provider the provider
     * @param model the model's id
     */
    public Optional<CircuitOpenException> refusal(ProviderId provider, String model) {
        CircuitOpenException refusal = of(provider).refusal();
        if (refusal == null) {
            ModelHealth known = models.getIfPresent(new ModelKey(provider, model));
            refusal = known == null ? null : known.circuit.refusal();
        }
        return Optional.ofNullable(refusal);
    }

    /**
     * Gives leave to ask a model, right before it is asked.
     *
     * @param context the call
     * @param provider the provider
     * @param model the model's id
     * @return the leave; its end must be told
     * @throws CircuitOpenException if the model is not to be asked; nothing is held then
     */
    public Leave admit(CallContext context, ProviderId provider, String model) {
        ProviderHealth ofProvider = of(provider);
        ModelHealth ofModel = of(provider, model);
        CircuitOpenException tooManyZombies = ofProvider.zombieRefusal();
        if (tooManyZombies != null) {
            throw tooManyZombies;
        }
        Circuit.Pass account = ofProvider.account.tryPass();
        if (account == null) {
            throw refused(ofProvider.account, provider.value());
        }
        Circuit.Pass own = ofModel.circuit.tryPass();
        if (own == null) {
            account.noVerdict();
            throw refused(ofModel.circuit, provider + "/" + model);
        }
        return new Leave(context, ofProvider, ofModel, account, own);
    }

    /** The circuit may have closed, or its probe may have ended, since it refused. */
    private static CircuitOpenException refused(Circuit circuit, String name) {
        CircuitOpenException refusal = circuit.refusal();
        return refusal != null
                ? refusal
                : new CircuitOpenException(
                        name + " was being tried by another call", Reason.FAILURES, Duration.ZERO, null);
    }

    /** Leave to ask a model once. The first end that is told counts. */
    public final class Leave {
        private final CallContext context;
        private final ProviderHealth ofProvider;
        private final ModelHealth ofModel;
        private final Circuit.Pass account;
        private final Circuit.Pass own;

        private Leave(
                CallContext context,
                ProviderHealth ofProvider,
                ModelHealth ofModel,
                Circuit.Pass account,
                Circuit.Pass own) {
            this.context = context;
            this.ofProvider = ofProvider;
            this.ofModel = ofModel;
            this.account = account;
            this.own = own;
        }

        /** Tells that it answered, whole. */
        public void answered() {
            told(account.well(), ofProvider.account, ofProvider.name(), "it answered");
            told(own.well(), ofModel.circuit, ofModel.name(), "it answered");
        }

        /**
         * Tells that it failed. What the caller did wrong counts against nobody.
         *
         * @param failure what it failed with
         */
        public void failed(ExaiException failure) {
            ofModel.count(failure);
            if (failure instanceof QuotaExhaustedException) {
                told(
                        account.trip(Reason.OUT_OF_BALANCE, failure),
                        ofProvider.account,
                        ofProvider.name(),
                        failure.summary());
                own.noVerdict();
                return;
            }
            account.noVerdict();
            if (isModelGone(failure)) {
                told(own.trip(Reason.MODEL_GONE, failure), ofModel.circuit, ofModel.name(), failure.summary());
            } else if (isOutage(failure)) {
                told(own.failed(failure), ofModel.circuit, ofModel.name(), failure.summary());
            } else {
                own.noVerdict();
            }
        }

        /** Tells that it came to no end that says anything: it was cancelled. */
        public void abandoned() {
            account.noVerdict();
            own.noVerdict();
        }

        private void told(Circuit.Change change, Circuit circuit, String name, String why) {
            if (change == Circuit.Change.NONE) {
                return;
            }
            ProviderId provider = ofProvider.provider;
            long now = scheduler.nanoTime();
            if (change == Circuit.Change.CLOSED) {
                events.accept(new ExaiEvent.CircuitClosed(now, context, provider, name + ": " + why));
            } else {
                Duration wait = circuit.untilProbe();
                String detail = name + ": " + why + "; next probe in " + wait.toMillis() + " ms";
                events.accept(
                        change == Circuit.Change.OPENED
                                ? new ExaiEvent.CircuitOpened(now, context, provider, detail)
                                : new ExaiEvent.CircuitProbeFailed(now, context, provider, detail));
                tellAgainIn(wait, circuit); // from then on it may be chosen again, to be tried
            }
            onChange.run();
        }
    }

    private void tellAgainIn(Duration wait, Circuit circuit) {
        Scheduler.Scheduled before = probes.put(circuit, scheduler.schedule(wait, () -> {
            probes.remove(circuit);
            onChange.run();
        }));
        if (before != null) {
            before.cancel();
        }
    }

    /** Cancels the timers. Nothing else changes: who closes it asks no more. */
    public void close() {
        probes.values().forEach(Scheduler.Scheduled::cancel);
        probes.clear();
    }

    /** What says that the provider or the way to it is out of order, and not the caller's request. */
    private static boolean isOutage(ExaiException failure) {
        return failure instanceof UnavailableException
                || failure instanceof AttemptTimeoutException
                || failure instanceof MalformedReplyException;
    }

    /**
     * {@return whether a failure says that there is no such model, or not for this account}
     *
     * @param failure the failure
     */
    public static boolean isModelGone(ExaiException failure) {
        return failure instanceof RejectedException rejected && rejected.isModelGone();
    }

    /**
     * Tells that a call asks a provider for the first time, which earns credit for retries.
     *
     * @param session whose call it is
     * @param provider the provider
     */
    public void called(SessionId session, ProviderId provider) {
        of(provider).budget.called();
        of(session).called();
    }

    /**
     * {@return whether a call may ask once more} If so, the retry is taken from the budgets of the provider and of the
     * session.
     *
     * @param session whose call it is
     * @param provider the provider that would be asked
     */
    public boolean mayRetry(SessionId session, ProviderId provider) {
        RetryBudget ofSession = of(session);
        return ofSession.has() && of(provider).budget.take() && ofSession.take();
    }

    /**
     * Forgets what a session has asked: it is closed.
     *
     * @param session the session
     */
    public void forget(SessionId session) {
        sessions.invalidate(session);
    }

    /**
     * Counts an exchange that was aborted and has not ended yet.
     *
     * @param provider its provider
     * @return whether that is one too many, so that {@link #lookAtZombies} is due
     */
    public boolean zombieBorn(ProviderId provider) {
        return of(provider).zombieBorn();
    }

    /**
     * Counts that an aborted exchange has ended.
     *
     * @param provider its provider
     * @return whether they are no longer too many, so that {@link #lookAtZombies} is due
     */
    public boolean zombieGone(ProviderId provider) {
        return of(provider).zombieGone();
    }

    /**
     * Tells whom it concerns that a provider has too many zombies, or no longer; once for each change.
     *
     * @param provider the provider
     */
    public void lookAtZombies(ProviderId provider) {
        Boolean tooMany = of(provider).zombiesChanged();
        if (tooMany == null) {
            return;
        }
        long now = scheduler.nanoTime();
        events.accept(
                tooMany
                        ? new ExaiEvent.CircuitOpened(
                                now, null, provider, provider + ": too many aborted exchanges have not ended")
                        : new ExaiEvent.CircuitClosed(
                                now, null, provider, provider + ": aborted exchanges have ended"));
        onChange.run();
    }

    /**
     * Takes a provider as well again, for one who knows: it is parked no more, and the circuits of its models are closed.
     *
     * @param provider the provider
     */
    public void resume(ProviderId provider) {
        boolean changed = of(provider).account.reset();
        List<String> names = new ArrayList<>();
        if (changed) {
            names.add(provider.value());
        }
        models.asMap().forEach((key, model) -> {
            if (key.provider().equals(provider) && model.circuit.reset()) {
                names.add(model.name());
            }
        });
        long now = scheduler.nanoTime();
        names.forEach(name ->
                events.accept(new ExaiEvent.CircuitClosed(now, null, provider, name + ": told that it is well")));
        if (!names.isEmpty()) {
            onChange.run();
        }
    }

    /** {@return how the models do at this moment; the view does not change} */
    public HealthView view() {
        PoolSnapshot snapshot = pool.snapshot();
        Map<ProviderId, Condition> ofProviders = new HashMap<>();
        providers.forEach((id, health) -> {
            Condition condition = health.condition(snapshot.provider(id).orElse(null));
            if (condition != Condition.WELL) {
                ofProviders.put(id, condition);
            }
        });
        Map<ModelKey, Condition> ofModels = new HashMap<>();
        models.asMap().forEach((key, health) -> {
            Condition condition = health.condition();
            if (condition != Condition.WELL) {
                ofModels.put(key, condition);
            }
        });
        return (provider, model) -> {
            Condition one = ofProviders.getOrDefault(provider, Condition.WELL);
            Condition other = ofModels.getOrDefault(new ModelKey(provider, model), Condition.WELL);
            return one.compareTo(other) > 0 ? one : other;
        };
    }

    /** {@return how providers and models do at this moment, with the figures behind it} */
    public HealthReport report() {
        PoolSnapshot snapshot = pool.snapshot();
        List<HealthReport.OfProvider> ofProviders = new ArrayList<>();
        providers.values().forEach(health -> {
            PoolSnapshot.@Nullable Usage usage =
                    snapshot.provider(health.provider).orElse(null);
            ofProviders.add(health.report(usage));
        });
        List<HealthReport.OfModel> ofModels = new ArrayList<>();
        models.asMap().values().forEach(health -> ofModels.add(health.report()));
        return new HealthReport(ofProviders, ofModels);
    }
}
