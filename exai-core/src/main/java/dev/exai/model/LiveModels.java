package dev.exai.model;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a resolver's catalogue in step with what the vendors say of their models, now and then and in the background:
 * no call ever waits for it, and what cannot be had changes nothing.
 *
 * <p>A model that the catalogue was told something else of, or that was hidden, stays as it is: who changed it knows
 * better. Safe for use by many threads.
 */
public final class LiveModels implements AutoCloseable {
    /*
     * State      rounds: of each provider the asking under way, if there is one. said: what each one's models were when
     *            they were last taken over. next: the timer of the next round. closed: nothing is asked any more.
     * Owner      lock guards them. It is held for no call into a provider, a resolver or the scheduler.
     * Progress   The next round is set before one begins, so nothing that a provider does or fails to do stops them. A
     *            provider whose last asking is under way still is not asked again before that has met its limit.
     */
    private static final Logger log = LoggerFactory.getLogger(LiveModels.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Map<ProviderId, Provider> providers;
    private final ModelResolver resolver;
    private final Duration every;
    private final Scheduler scheduler;
    private final Executor userCode;
    private final Effects effects;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<ProviderId, Round> rounds = new HashMap<>();

    @GuardedBy("lock")
    private final Map<ProviderId, Map<String, ModelInfo>> said = new HashMap<>();

    @GuardedBy("lock")
    private Scheduler.@Nullable Scheduled next;

    @GuardedBy("lock")
    private boolean closed;

    private LiveModels(
            Map<ProviderId, Provider> providers,
            ModelResolver resolver,
            Duration every,
            Scheduler scheduler,
            Executor userCode,
            Executor effects) {
        this.providers = Map.copyOf(providers);
        this.resolver = resolver;
        this.every = every;
        this.scheduler = scheduler;
        this.userCode = userCode;
        this.effects = new Effects(effects);
        providers.forEach((id, provider) -> said.put(id, byId(provider.catalog())));
    }

    /**
     * Begins to ask: at once, and then again and again.
     *
     * @param providers who is asked
     * @param resolver whose catalogue is kept in step
     * @param every how long after each round the next one begins, more than zero
     * @param scheduler the clock and timer
     * @param userCode runs the asking, for a provider may be anybody's code
     * @param effects runs the library's own steps
     * @return what ends it
     */
    public static LiveModels start(
            Map<ProviderId, Provider> providers,
            ModelResolver resolver,
            Duration every,
            Scheduler scheduler,
            Executor userCode,
            Executor effects) {
        LiveModels models = new LiveModels(providers, resolver, every, scheduler, userCode, effects);
        models.roundAfter(Duration.ZERO);
        return models;
    }

    private static Map<String, ModelInfo> byId(List<ModelInfo> models) {
        return models.stream()
                .collect(Collectors.toMap(
                        ModelInfo::id, Function.identity(), (first, again) -> first, LinkedHashMap::new));
    }

    private void roundAfter(Duration wait) {
        Scheduler.Scheduled timer = scheduler.schedule(wait, () -> effects.run(this::round));
        boolean late;
        synchronized (lock) {
            next = timer;
            late = closed;
        }
        if (late) {
            timer.cancel();
        }
    }

    private void round() {
        synchronized (lock) {
            if (closed) {
                return;
            }
        }
        roundAfter(every);
        providers.values().forEach(provider -> {
            Round round = new Round(provider);
            boolean isFree;
            synchronized (lock) {
                isFree = !closed && rounds.putIfAbsent(provider.id(), round) == null;
            }
            if (isFree) {
                round.begin();
            }
        });
    }

    /** One asking of one provider. */
    private final class Round {
        private final Provider provider;
        private final CompletableFuture<List<ModelInfo>> answer = new CompletableFuture<>();

        Round(Provider provider) {
            this.provider = provider;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // each callback sees to its own end
        void begin() {
            // What a provider promises of its limit is not relied on.
            Scheduler.Scheduled limit = scheduler.schedule(LIMIT, () -> effects.run(() -> answer.cancel(false)));
            answer.whenComplete((models, failure) -> {
                limit.cancel();
                effects.run(() -> end(models, failure));
            });
            try {
                userCode.execute(this::ask);
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                answer.completeExceptionally(noThread);
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // each callback sees to its own end
        private void ask() {
            try {
                CompletableFuture<List<ModelInfo>> asked =
                        Objects.requireNonNull(provider.currentModels(LIMIT), "currentModels");
                asked.whenComplete((models, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(models);
                    }
                });
                answer.whenComplete((models, failure) -> asked.cancel(false)); // no effect on one that is done
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        }

        private void end(@Nullable List<ModelInfo> models, @Nullable Throwable failure) {
            synchronized (lock) {
                rounds.remove(provider.id());
                if (closed) {
                    return;
                }
            }
            if (failure == null && models != null) {
                takeOver(provider.id(), List.copyOf(models));
            } else {
                log.debug("{} did not tell its models; what is known of them stays", provider.id(), failure);
            }
        }
    }

    /** Puts what a provider says into the catalogue, where nobody said otherwise. */
    private void takeOver(ProviderId provider, List<ModelInfo> models) {
        Map<String, ModelInfo> before;
        synchronized (lock) {
            before = said.getOrDefault(provider, Map.of());
        }
        Set<String> taken = new TreeSet<>();
        ModelCatalog catalog;
        ModelCatalog update;
        do {
            catalog = resolver.catalog();
            Map<String, ModelInfo> known = byId(catalog.models(provider));
            CatalogChanges.Builder changes = CatalogChanges.builder();
            taken.clear();
            for (ModelInfo model : models) {
                // The same object, also null: neither changed nor hidden by anybody since it was taken over.
                ModelInfo current = known.get(model.id());
                if (current == before.get(model.id()) && !isSame(current, model)) {
                    changes.put(provider.value(), model);
                    taken.add(model.id());
                }
            }
            if (taken.isEmpty()) {
                return;
            }
            update = catalog.with(changes.build());
        } while (!resolver.updateCatalog(catalog, update));
        Map<String, ModelInfo> now = new HashMap<>(before);
        for (ModelInfo model : update.models(provider)) {
            if (taken.contains(model.id())) {
                now.put(model.id(), model);
            }
        }
        synchronized (lock) {
            said.put(provider, now);
        }
        log.info("{} says something new of its models {}", provider, taken);
    }

    /** Whether a list says nothing new: what lists tell of is compared, and no more. */
    private static boolean isSame(@Nullable ModelInfo known, ModelInfo told) {
        return known != null
                && known.contextWindow() == told.contextWindow()
                && known.maxOutputTokens() == told.maxOutputTokens()
                && known.capabilities().equals(told.capabilities())
                && known.modalities().equals(told.modalities())
                && known.status().stage() == told.status().stage();
    }

    /** Asks no more; what is under way is given up. May be called twice. */
    @Override
    public void close() {
        Scheduler.Scheduled timer;
        List<Round> open;
        synchronized (lock) {
            closed = true;
            timer = next;
            open = List.copyOf(rounds.values());
        }
        if (timer != null) {
            timer.cancel();
        }
        open.forEach(round -> round.answer.cancel(false));
    }
}
