package dev.exai.attempt;

import dev.exai.context.CallContext;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.event.ExaiEvent;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitPool;
import dev.exai.resilience.HealthBoard;
import dev.exai.spi.Provider;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Starts series of attempts: what they all share. Safe for use by many threads. */
public final class AttemptEngine {
    /** Takes events where nobody is told of them. */
    public static final Consumer<ExaiEvent> NOBODY = event -> {};

    private final PermitPool pool;
    private final Map<ProviderId, Provider> providers;
    private final Scheduler scheduler;
    private final Executor effects;
    private final boolean mayEffectsBlock;
    private final Consumer<ExaiEvent> events;
    private final HealthBoard health;
    private final AtomicInteger zombies = new AtomicInteger();

    /**
     * Creates the engine.
     *
     * @param pool hands out the permits
     * @param providers the providers by id
     * @param scheduler the clock and timer
     * @param effects runs what the library does next; no user code
     * @param mayEffectsBlock whether each task there has a thread of its own, so that one may block
     * @param events is told; does not block or throw
     * @param health knows whom to ask
     */
    public AttemptEngine(
            PermitPool pool,
            Map<ProviderId, Provider> providers,
            Scheduler scheduler,
            Executor effects,
            boolean mayEffectsBlock,
            Consumer<ExaiEvent> events,
            HealthBoard health) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.providers = Map.copyOf(providers);
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.effects = Objects.requireNonNull(effects, "effects");
        this.mayEffectsBlock = mayEffectsBlock;
        this.events = Objects.requireNonNull(events, "events");
        this.health = Objects.requireNonNull(health, "health");
    }

    /**
     * {@return a series of attempts that has not started}
     *
     * @param context who asks, and until when
     * @param legs the models that may be asked, in order; at least one
     * @param request what to ask
     * @param rules when to try again
     * @param host is told what happens
     */
    public Attempts prepare(
            CallContext context, List<Leg> legs, ChatRequest request, RetryRules rules, AttemptHost host) {
        return new Attempts(this, context, new Chain(legs, health), request, rules, host);
    }

    /** {@return how many aborted exchanges their providers have not reported ended yet} */
    public int zombies() {
        return zombies.get();
    }

    PermitPool pool() {
        return pool;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Provider provider(ProviderId id) {
        Provider provider = providers.get(id);
        if (provider == null) {
            throw new IllegalStateException("no provider " + id + " is here");
        }
        return provider;
    }

    /** {@return whether anyone is told of events} If not, none need be made. */
    @SuppressWarnings("ReferenceEquality") // that very object stands for nobody
    public boolean isListenedTo() {
        return events != NOBODY;
    }

    void emit(ExaiEvent event) {
        events.accept(event);
    }

    boolean mayEffectsBlock() {
        return mayEffectsBlock;
    }

    HealthBoard health() {
        return health;
    }

    /** Counts one more; {@return whether they are to be looked at} For callers that hold a lock, and look after it. */
    boolean zombieBorn(ProviderId provider) {
        zombies.incrementAndGet();
        return health.zombieBorn(provider);
    }

    /** Has somebody look whether there are too many. */
    void lookAtZombies(ProviderId provider) {
        onEffects(() -> health.lookAtZombies(provider));
    }

    void zombieGone(ProviderId provider) {
        zombies.decrementAndGet();
        if (health.zombieGone(provider)) {
            lookAtZombies(provider);
        }
    }

    /**
     * Runs a step of the library on the executor for those; on this thread if that has been shut down or finds no thread.
     *
     * @param step the step, which runs no code of a user and does not block
     */
    public void onEffects(Runnable step) {
        try {
            effects.execute(step);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            step.run();
        }
    }
}
