package dev.exai.model;

import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import dev.exai.resilience.HealthView;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Resolves what was asked for into models, off the hot path. Safe for use by many threads.
 */
public interface ModelResolver {
    /**
     * Resolves a request.
     *
     * <p>A model or a line of models that is named is resolved at once and waits for nothing. "auto" is resolved at once
     * while there is any answer to the same request: one that has grown old, or that was made before a model went down,
     * serves while a newer one is made. Only who comes when there is none waits: the selector is asked once for all of
     * them, each waits until its own deadline. If the selector fails it is not asked again for a while, twice as long
     * each time; until then the last good answer serves, or the failure if there never was one.
     *
     * @param request what is wanted
     * @param deadline until when this caller waits
     * @return the resolution; fails with {@link dev.exai.error.ModelNotFoundException} if there is no such model,
     *     {@link dev.exai.error.DeadlineExceededException} at the deadline, or what the selector failed with.
     *     Cancelling it takes this caller out and leaves the load to the others. It completes on the executor for
     *     library effects: a stage that depends on it and may block belongs on an executor of the caller's
     *     ({@code thenApplyAsync} and the like)
     */
    CompletableFuture<Resolution> resolve(ModelRequest request, Deadline deadline);

    /**
     * {@return why a request is answered as it is at this moment} It asks no selector to choose and changes nothing.
     *
     * @param request what is wanted
     */
    Explanation explain(ModelRequest request);

    /** Forgets every answer; the next request for "auto" waits for the selector. */
    void invalidate();

    /** Has every answer made anew, because models do differently now; until then the old ones serve. */
    void refresh();

    /** {@return the models there are} */
    ModelCatalog catalog();

    /**
     * Puts another catalogue in place of the one there is, and forgets every answer.
     *
     * @param catalog the models there are from now on
     */
    void replaceCatalog(ModelCatalog catalog);

    /**
     * Puts a catalogue in the place of the one that it was made from, and has every answer made anew; until then the old
     * ones serve.
     *
     * @param expected the catalogue that it was made from
     * @param update the models there are from now on
     * @return whether it is there now; false, with nothing changed, if there was another one by then
     */
    boolean updateCatalog(ModelCatalog expected, ModelCatalog update);

    /** {@return how many times the selector has been asked} */
    long loads();

    /** {@return what it has done so far} */
    ResolverStatistics statistics();

    /**
     * {@return the resolver that caches}
     *
     * @param catalog what there is
     * @param selector who chooses
     * @param scheduler the clock and timer
     * @param userCode runs the selector
     * @param effects completes the waiters
     */
    static ModelResolver caching(
            ModelCatalog catalog, ModelSelector selector, Scheduler scheduler, Executor userCode, Executor effects) {
        return caching(catalog, selector, HealthView::allWell, scheduler, userCode, effects);
    }

    /**
     * {@return the resolver that caches, of models whose health is known}
     *
     * @param catalog what there is
     * @param selector who chooses
     * @param health how models do, at the moment of asking; the view that it returns does not change
     * @param scheduler the clock and timer
     * @param userCode runs the selector
     * @param effects completes the waiters
     */
    static ModelResolver caching(
            ModelCatalog catalog,
            ModelSelector selector,
            Supplier<HealthView> health,
            Scheduler scheduler,
            Executor userCode,
            Executor effects) {
        return new CachingModelResolver(catalog, selector, health, scheduler, userCode, effects);
    }
}
