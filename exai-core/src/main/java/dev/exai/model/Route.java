package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.spi.ModelInfo;
import java.util.Objects;

/** A model of a provider. Immutable. */
public final class Route {
    private final ProviderId provider;
    private final ModelInfo model;

    private Route(ProviderId provider, ModelInfo model) {
        this.provider = Objects.requireNonNull(provider, "provider");
        this.model = Objects.requireNonNull(model, "model");
    }

    /**
     * {@return a route}
     *
     * @param provider the provider
     * @param model the model
     */
    public static Route of(ProviderId provider, ModelInfo model) {
        return new Route(provider, model);
    }

    /** {@return the provider} */
    public ProviderId provider() {
        return provider;
    }

    /** {@return the model} */
    public ModelInfo model() {
        return model;
    }

    @Override
    public String toString() {
        return provider + "/" + model.id();
    }
}
