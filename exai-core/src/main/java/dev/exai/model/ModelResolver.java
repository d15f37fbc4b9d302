package dev.exai.model;

import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Resolves what was asked for into models, off the hot path. Safe for use by many threads.
 */
public interface ModelResolver {
    /**
     * Resolves a query.
     *
     * <p>A model that is named is resolved at once and waits for nothing. "auto" is resolved at once while the cache
     * has a fresh answer; else the selector is asked, once for all who wait for the same query, each until its own
     * deadline. If the selector fails, the last good answer serves, and it is not asked again for a while.
     *
     * @param query what was asked for
     * @param deadline until when this caller waits
     * @return the resolution; fails with {@link dev.exai.error.ModelNotFoundException} if there is no such model,
     *     {@link dev.exai.error.DeadlineExceededException} at the deadline, or what the selector failed with.
     *     Cancelling it takes this caller out and leaves the load to the others. It completes on the executor for
     *     library effects
     */
    CompletableFuture<Resolution> resolve(ModelQuery query, Deadline deadline);

    /** Forgets every answer; the next query for "auto" asks the selector again. */
    void invalidate();

    /** {@return how many times the selector has been asked} */
    long loads();

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
        return new CachingModelResolver(catalog, selector, scheduler, userCode, effects);
    }
}
