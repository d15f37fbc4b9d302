package dev.exai.resilience;

import dev.exai.context.ProviderId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** How providers and models do at one moment, with the figures behind it; only those that were asked are here. Immutable. */
public final class HealthReport {
    private final List<OfProvider> providers;
    private final List<OfModel> models;

    HealthReport(List<OfProvider> providers, List<OfModel> models) {
        this.providers = providers.stream()
                .sorted(Comparator.comparing(each -> each.provider().value()))
                .toList();
        this.models = models.stream()
                .sorted(Comparator.<OfModel, String>comparing(
                                each -> each.provider().value())
                        .thenComparing(OfModel::model))
                .toList();
    }

    /** {@return the providers, by name} */
    public List<OfProvider> providers() {
        return providers;
    }

    /** {@return the models, by provider and id} */
    public List<OfModel> models() {
        return models;
    }

    /** {@return whether all do well} */
    public boolean isWell() {
        return providers.stream().allMatch(each -> each.condition() == Condition.WELL)
                && models.stream().allMatch(each -> each.condition() == Condition.WELL);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        providers.forEach(each -> text.append(each).append('\n'));
        models.forEach(each -> text.append(each).append('\n'));
        return text.toString();
    }

    /** A provider. Immutable. */
    public static final class OfProvider {
        private final ProviderId provider;
        private final Condition condition;
        private final boolean parked;
        private final Duration nextProbe;
        private final int zombies;
        private final long retriesLeft;
        private final int limit;
        private final int configured;
        private final int inUse;
        private final int waiting;

        OfProvider(
                ProviderId provider,
                Condition condition,
                boolean parked,
                Duration nextProbe,
                int zombies,
                long retriesLeft,
                int limit,
                int configured,
                int inUse,
                int waiting) {
            this.provider = provider;
            this.condition = condition;
            this.parked = parked;
            this.nextProbe = nextProbe;
            this.zombies = zombies;
            this.retriesLeft = retriesLeft;
            this.limit = limit;
            this.configured = configured;
            this.inUse = inUse;
            this.waiting = waiting;
        }

        /** {@return the provider} */
        public ProviderId provider() {
            return provider;
        }

        /** {@return how it does} */
        public Condition condition() {
            return condition;
        }

        /** {@return whether it is parked, because its account is out of balance or quota} */
        public boolean isParked() {
            return parked;
        }

        /** {@return how long it is until a call may try whether the account is well again; zero if now, or if it is} */
        public Duration nextProbe() {
            return nextProbe;
        }

        /** {@return how many exchanges were aborted and have not ended} */
        public int zombies() {
            return zombies;
        }

        /** {@return how many retries its budget has left} */
        public long retriesLeft() {
            return retriesLeft;
        }

        /** {@return how many permits there may be at this moment; 0 if the pool does not know the provider} */
        public int limit() {
            return limit;
        }

        /** {@return how many permits there may be by configuration} */
        public int configured() {
            return configured;
        }

        /** {@return how many permits are in use} */
        public int inUse() {
            return inUse;
        }

        /** {@return how many calls wait for one} */
        public int waiting() {
            return waiting;
        }

        @Override
        public String toString() {
            return provider + ": " + condition
                    + (parked ? ", parked, next probe in " + nextProbe.toSeconds() + " s" : "")
                    + ", " + inUse + " of " + limit + " in use"
                    + (limit < configured ? " (" + configured + " configured)" : "") + ", " + waiting + " waiting, "
                    + zombies + " zombies, " + retriesLeft + " retries left";
        }
    }

    /** A model of a provider. Immutable. */
    public static final class OfModel {
        private final ProviderId provider;
        private final String model;
        private final Condition condition;
        private final String circuit;
        private final Duration nextProbe;
        private final long results;
        private final long failed;
        private final Map<String, Long> failures;

        OfModel(
                ProviderId provider,
                String model,
                Condition condition,
                String circuit,
                Duration nextProbe,
                long results,
                long failed,
                Map<String, Long> failures) {
            this.provider = provider;
            this.model = model;
            this.condition = condition;
            this.circuit = circuit;
            this.nextProbe = nextProbe;
            this.results = results;
            this.failed = failed;
            this.failures = Map.copyOf(failures);
        }

        /** {@return the provider} */
        public ProviderId provider() {
            return provider;
        }

        /** {@return the model's id} */
        public String model() {
            return model;
        }

        /** {@return how it does} */
        public Condition condition() {
            return condition;
        }

        /** {@return the state of its circuit, in a few words: closed, open, half open} */
        public String circuit() {
            return circuit;
        }

        /** {@return how long it is until a call may try it; zero if now, or if the circuit is closed} */
        public Duration nextProbe() {
            return nextProbe;
        }

        /** {@return how many calls of the last half minute had an end that says something of its health} */
        public long results() {
            return results;
        }

        /** {@return how many of those failed} */
        public long failed() {
            return failed;
        }

        /** {@return how many attempts failed since the start, by the simple name of the error's class} */
        public Map<String, Long> failures() {
            return failures;
        }

        @Override
        public String toString() {
            return provider + "/" + model + ": " + condition + ", circuit " + circuit
                    + (nextProbe.isZero() ? "" : ", next probe in " + nextProbe.toSeconds() + " s") + ", " + failed
                    + " of "
                    + results + " failed in the last half minute" + (failures.isEmpty() ? "" : ", in all " + failures);
        }
    }
}
