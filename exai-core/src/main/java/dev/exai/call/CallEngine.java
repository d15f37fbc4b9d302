package dev.exai.call;

import dev.exai.attempt.AttemptEngine;
import dev.exai.attempt.RetryRules;
import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.event.ExaiEvent;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelResolver;
import dev.exai.model.Route;
import dev.exai.permit.PermitPool;
import dev.exai.resilience.HealthBoard;
import dev.exai.resilience.Resilience;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.Provider;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts calls: what all calls of a library instance share. Sessions use it; applications use sessions. Safe for use
 * by many threads.
 */
public final class CallEngine {
    private static final Logger log = LoggerFactory.getLogger(CallEngine.class);

    private final PermitPool pool;
    private final ModelResolver resolver;
    private final Scheduler scheduler;
    private final Consumer<ExaiEvent> events;
    private final Map<ProviderId, UnaryOperator<LivenessLimits>> livenessLimits;
    private final Random random;
    private final AttemptEngine attempts;
    private final AtomicInteger zombieTools = new AtomicInteger();
    private volatile @Nullable RetryRules latestRules;

    private CallEngine(Builder builder) {
        this.pool = builder.pool;
        this.resolver = builder.resolver;
        this.scheduler = builder.scheduler;
        this.events = builder.events;
        this.livenessLimits = Map.copyOf(builder.livenessLimits);
        this.random = builder.random;
        HealthBoard health = builder.health != null
                ? builder.health
                : new HealthBoard(pool, scheduler, events, Resilience.defaults());
        this.attempts = new AttemptEngine(
                pool, builder.providers, scheduler, builder.effects, builder.mayEffectsBlock, events, health);
    }

    /**
     * {@return a builder}
     *
     * @param pool hands out the permits
     * @param resolver resolves models
     * @param scheduler the clock and timer
     */
    public static Builder builder(PermitPool pool, ModelResolver resolver, Scheduler scheduler) {
        return new Builder(pool, resolver, scheduler);
    }

    /**
     * Asks a model.
     *
     * @param scope the session
     * @param request what to ask
     * @param options how
     * @return the call, which is under way
     * @throws dev.exai.error.SessionClosedException if the session is closed
     */
    public ChatCall chat(CallScope scope, ChatRequest request, CallOptions options) {
        DefaultChatCall call = prepareChat(scope, request, options, null);
        call.start();
        return call;
    }

    DefaultChatCall prepareChat(
            CallScope scope, ChatRequest request, CallOptions options, @Nullable CallContext parent) {
        Objects.requireNonNull(request, "request");
        return new DefaultChatCall(this, scope, context(scope, "chat", options, parent), request, options);
    }

    /**
     * Runs a tool.
     *
     * @param scope the session
     * @param tool the tool
     * @param input what it takes
     * @param options how
     * @param <I> what it takes
     * @param <O> what it returns
     * @return the call, which is under way
     * @throws dev.exai.error.SessionClosedException if the session is closed
     */
    public <I, O> ToolCall<O> submit(CallScope scope, Tool<I, O> tool, I input, CallOptions options) {
        DefaultToolCall<I, O> call =
                new DefaultToolCall<>(this, scope, context(scope, tool.name(), options, null), tool, input);
        call.start();
        return call;
    }

    private CallContext context(CallScope scope, String what, CallOptions options, @Nullable CallContext parent) {
        Deadline deadline = Deadline.after(options.deadline(), scheduler);
        String label = options.label().orElse(what);
        return parent == null ? CallContext.create(scope.id(), label, deadline) : parent.child(label, deadline);
    }

    /** {@return how many aborted exchanges and abandoned tools have not come to their end yet} They hold no permit. */
    public int zombies() {
        return attempts.zombies() + zombieTools.get();
    }

    PermitPool pool() {
        return pool;
    }

    ModelResolver resolver() {
        return resolver;
    }

    /** {@return the clock and timer of its calls} */
    public Scheduler scheduler() {
        return scheduler;
    }

    AttemptEngine attempts() {
        return attempts;
    }

    /** The limits of an attempt: the model's, with what the library and then the call put in their place. */
    LivenessLimits limits(Route route, CallOptions options) {
        LivenessLimits limits = route.model().limits();
        UnaryOperator<LivenessLimits> ofProvider = livenessLimits.get(route.provider());
        if (ofProvider != null) {
            limits = ofProvider.apply(limits);
        }
        if (options.connect().isPresent()) {
            limits = limits.withConnect(options.connect().get());
        }
        if (options.firstEvent().isPresent()) {
            limits = limits.withFirstEvent(options.firstEvent().get());
        }
        if (options.silence().isPresent()) {
            limits = limits.withSilence(options.silence().get());
        }
        if (options.attempt().isPresent()) {
            limits = limits.withAttempt(options.attempt().get());
        }
        return limits;
    }

    /** The rules are the same for all calls of as many attempts, and making them costs something. */
    RetryRules retryRules(int maxAttempts) {
        RetryRules rules = latestRules;
        if (rules == null || rules.maxAttempts() != maxAttempts) {
            rules = RetryRules.exponential(maxAttempts, random);
            latestRules = rules;
        }
        return rules;
    }

    /** {@return whether anyone is told of events} If not, none need be made. */
    boolean isListenedTo() {
        return attempts.isListenedTo();
    }

    void emit(ExaiEvent event) {
        events.accept(event);
    }

    void zombieToolBorn() {
        zombieTools.incrementAndGet();
    }

    void zombieToolGone() {
        zombieTools.decrementAndGet();
    }

    /**
     * Runs a step of the library on the executor for those; on this thread if that has been shut down or finds no
     * thread: a step that is lost is a call that never ends.
     *
     * @param step the step, which runs no code of a user and does not block
     */
    public void onEffects(Runnable step) {
        attempts.onEffects(step);
    }

    /**
     * Runs code of a user; on this thread if the executor has been shut down or finds no thread, so that no future
     * stays open. An executor may also run it on this thread of its own accord: what it throws is logged and goes no
     * further, for a call's end must not stop half-way.
     *
     * @param executor runs it
     * @param code the code
     */
    public static void onUserCode(Executor executor, Runnable code) {
        Runnable guarded = () -> guarded(code);
        try {
            executor.execute(guarded);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            guarded.run();
        }
    }

    private static void guarded(Runnable code) {
        try {
            code.run();
        } catch (RuntimeException | Error e) {
            log.warn("Code of a user threw; the call goes on to its end", e);
        }
    }

    /** Builds a {@link CallEngine}. Not safe for use by several threads. */
    public static final class Builder {
        private final PermitPool pool;
        private final ModelResolver resolver;
        private final Scheduler scheduler;
        private Map<ProviderId, Provider> providers = Map.of();
        private Executor effects = Runnable::run;
        private boolean mayEffectsBlock;
        private Consumer<ExaiEvent> events = AttemptEngine.NOBODY;
        private Map<ProviderId, UnaryOperator<LivenessLimits>> livenessLimits = Map.of();
        private Random random = new Random();
        private @Nullable HealthBoard health;

        private Builder(PermitPool pool, ModelResolver resolver, Scheduler scheduler) {
            this.pool = Objects.requireNonNull(pool, "pool");
            this.resolver = Objects.requireNonNull(resolver, "resolver");
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        }

        /**
         * Sets the providers; none by default.
         *
         * @param value the providers by id
         * @return this builder
         */
        public Builder providers(Map<ProviderId, Provider> value) {
            this.providers = Map.copyOf(value);
            return this;
        }

        /**
         * Sets what runs the library's own steps; the current thread by default.
         *
         * @param value the executor
         * @return this builder
         */
        public Builder effects(Executor value) {
            this.effects = Objects.requireNonNull(value, "effects");
            return this;
        }

        /**
         * Sets whether each task of the executor for the library's own steps has a thread of its own, which an exchange
         * may then have for as long as it lasts; by default not.
         *
         * @param value whether it has
         * @return this builder
         */
        public Builder effectsMayBlock(boolean value) {
            this.mayEffectsBlock = value;
            return this;
        }

        /**
         * Sets who is told of events; it does not block or throw.
         *
         * @param value takes the events
         * @return this builder
         */
        public Builder events(Consumer<ExaiEvent> value) {
            this.events = Objects.requireNonNull(value, "events");
            return this;
        }

        /**
         * Sets what stands in for the limits of a provider's models.
         *
         * @param value what is made of a model's limits, by provider; it does not throw
         * @return this builder
         */
        public Builder livenessLimits(Map<ProviderId, UnaryOperator<LivenessLimits>> value) {
            this.livenessLimits = Map.copyOf(value);
            return this;
        }

        /**
         * Sets what makes the jitter of back-offs.
         *
         * @param value the source of randomness
         * @return this builder
         */
        public Builder random(Random value) {
            this.random = Objects.requireNonNull(value, "random");
            return this;
        }

        /**
         * Sets who knows how providers do; a board of its own by default.
         *
         * @param value the board
         * @return this builder
         */
        public Builder health(HealthBoard value) {
            this.health = Objects.requireNonNull(value, "health");
            return this;
        }

        /** {@return the engine} */
        public CallEngine build() {
            return new CallEngine(this);
        }
    }
}
