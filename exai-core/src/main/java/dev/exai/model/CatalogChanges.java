package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.spi.ModelInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a user knows better than the providers' catalogues: models to add, to change and to hide. Immutable.
 *
 * <pre>{@code
 * CatalogChanges mine = CatalogChanges.builder()
 *         .put("glm", ModelInfo.builder("glm-next").tier(Tier.BEST).build())
 *         .change("kimi", "kimi-k3", model -> model.limits(LivenessLimits.thinking().withSilence(Duration.ofMinutes(9))))
 *         .hide("glm", "glm-4.5")
 *         .build();
 * }</pre>
 */
public final class CatalogChanges {
    private static final CatalogChanges NONE = builder().build();

    private final List<Change> changes;

    private CatalogChanges(List<Change> changes) {
        this.changes = List.copyOf(changes);
    }

    /** {@return no changes} */
    public static CatalogChanges none() {
        return NONE;
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return these changes followed by others, which have the last word}
     *
     * @param later the others
     */
    public CatalogChanges then(CatalogChanges later) {
        List<Change> all = new ArrayList<>(changes);
        all.addAll(later.changes);
        return new CatalogChanges(all);
    }

    /** {@return the providers whose models are changed} */
    public Set<ProviderId> providers() {
        Set<ProviderId> all = new LinkedHashSet<>();
        changes.forEach(change -> all.add(change.provider));
        return all;
    }

    /** A provider's models with these changes: its own keep their order, what is added comes after them. */
    List<ModelInfo> applyTo(ProviderId provider, List<ModelInfo> models) {
        Map<String, ModelInfo> byId = new LinkedHashMap<>();
        models.forEach(model -> byId.put(model.id(), model));
        for (Change change : changes) {
            if (change.provider.equals(provider)) {
                change.applyTo(byId);
            }
        }
        return List.copyOf(byId.values());
    }

    @Override
    public String toString() {
        return "CatalogChanges" + changes;
    }

    private static final class Change {
        private final ProviderId provider;
        private final String id;
        private final UnaryOperator<ModelInfo.Builder> how;
        private final boolean hides;

        private Change(String provider, String id, UnaryOperator<ModelInfo.Builder> how, boolean hides) {
            this.provider = ProviderId.of(provider);
            this.id = Objects.requireNonNull(id, "id");
            this.how = Objects.requireNonNull(how, "how");
            this.hides = hides;
        }

        void applyTo(Map<String, ModelInfo> byId) {
            if (hides) {
                byId.remove(id);
                return;
            }
            ModelInfo known = byId.get(id);
            ModelInfo changed = how.apply(known == null ? ModelInfo.builder(id) : known.toBuilder())
                    .build();
            if (!changed.id().equals(id)) {
                throw new IllegalArgumentException(
                        "the change of " + provider + "/" + id + " returned another model, " + changed.id());
            }
            byId.put(id, changed);
        }

        @Override
        public String toString() {
            return (hides ? "hide " : "set ") + provider + "/" + id;
        }
    }

    /** Builds {@link CatalogChanges}. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Change> changes = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a model, or puts it in the place of the one with its id.
         *
         * @param provider the provider's name
         * @param model the model
         * @return this builder
         */
        public Builder put(String provider, ModelInfo model) {
            changes.add(new Change(provider, model.id(), before -> model.toBuilder(), false));
            return this;
        }

        /**
         * Changes a model; one that is not there is added.
         *
         * @param provider the provider's name
         * @param id the model's id
         * @param how sets what shall differ; it runs when a catalogue is made, and returns the builder that it is given
         * @return this builder
         */
        public Builder change(String provider, String id, UnaryOperator<ModelInfo.Builder> how) {
            changes.add(new Change(provider, id, how, false));
            return this;
        }

        /**
         * Hides a model: "auto" never takes it, and no alias means it. Who asks for it by its id is served all the
         * same, as with any id that no catalogue has.
         *
         * @param provider the provider's name
         * @param id the model's id; one that is not there may be hidden too
         * @return this builder
         */
        public Builder hide(String provider, String id) {
            changes.add(new Change(provider, id, before -> before, true));
            return this;
        }

        /** {@return the changes} */
        public CatalogChanges build() {
            return new CatalogChanges(changes);
        }
    }
}
