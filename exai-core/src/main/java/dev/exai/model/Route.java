package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.spi.ModelInfo;
import java.util.Objects;

/** A model of a provider; equal to another of the same provider and id. Immutable. */
public final class Route {
    private final ProviderId provider;
    private final ModelInfo model;
    private final String text;

    private Route(ProviderId provider, ModelInfo model) {
        this.provider = Objects.requireNonNull(provider, "provider");
        this.model = Objects.requireNonNull(model, "model");
        this.text = provider + "/" + model.id();
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

    /** Whether a name means this: that of its provider, its line or itself, optionally after its provider's. */
    boolean isMeantBy(String name) {
        int slash = name.indexOf('/');
        if (slash < 0) {
            return name.equalsIgnoreCase(provider.value()) || isNamed(name);
        }
        return name.substring(0, slash).equalsIgnoreCase(provider.value()) && isNamed(name.substring(slash + 1));
    }

    private boolean isNamed(String name) {
        if (name.equalsIgnoreCase(model.id()) || name.equalsIgnoreCase(model.family())) {
            return true;
        }
        for (String alias : model.aliases()) {
            if (name.equalsIgnoreCase(alias)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Route that
                && provider.equals(that.provider)
                && model.id().equals(that.model.id());
    }

    @Override
    public int hashCode() {
        return 31 * provider.hashCode() + model.id().hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
