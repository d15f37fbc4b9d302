package dev.exai.resilience;

import dev.exai.context.ProviderId;

/** How models do at one moment. Safe for use by many threads; the same question has the same answer. */
@FunctionalInterface
public interface HealthView {
    /**
     * {@return how a model does}
     *
     * @param provider the provider
     * @param model the model's id
     */
    Condition condition(ProviderId provider, String model);

    /** {@return the view of one who knows nothing against anybody} */
    static HealthView allWell() {
        return (provider, model) -> Condition.WELL;
    }
}
