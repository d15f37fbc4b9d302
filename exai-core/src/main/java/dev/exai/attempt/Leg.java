package dev.exai.attempt;

import dev.exai.context.ProviderId;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import java.util.Objects;

/**
 * A model that a series of attempts may ask.
 *
 * @param provider the provider
 * @param model the model
 * @param limits the limits of each attempt
 */
public record Leg(ProviderId provider, ModelInfo model, LivenessLimits limits) {
    /**
     * Checks that all is there.
     *
     * @param provider the provider
     * @param model the model
     * @param limits the limits of each attempt
     */
    public Leg {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(limits, "limits");
    }

    @Override
    public String toString() {
        return provider + "/" + model.id();
    }
}
