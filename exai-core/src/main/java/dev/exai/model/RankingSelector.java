package dev.exai.model;

import dev.exai.context.ProviderId;
import dev.exai.model.ModelRequest.Preference;
import dev.exai.resilience.Condition;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Tier;
import dev.exai.spi.ModelStatus;
import dev.exai.spi.TokenPrice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The standard selector: drops what cannot serve, and puts the rest in order. */
final class RankingSelector implements ModelSelector {
    static final RankingSelector INSTANCE = new RankingSelector();

    /** The first thing that differs decides; at the end no two are equal. */
    private static final Comparator<Candidate> ORDER = Comparator.<Candidate>comparingInt(it -> it.rank)
            .thenComparingDouble(it -> it.measure)
            .thenComparingInt(it -> it.round)
            .thenComparingInt(it -> it.position);

    private RankingSelector() {}

    @Override
    public CompletionStage<List<Route>> select(ModelRequest request, ModelCatalog catalog) {
        List<Route> ranked = rank(request, catalog);
        return ranked.isEmpty()
                ? CompletableFuture.failedFuture(catalog.notFound(request.toString()))
                : CompletableFuture.completedFuture(ranked);
    }

    /** The models that can serve, best first; may be empty. */
    List<Route> rank(ModelRequest request, ModelCatalog catalog) {
        List<Candidate> kept = candidates(request, catalog);
        List<Route> routes = new ArrayList<>(kept.size());
        for (Candidate each : kept) {
            routes.add(each.route);
        }
        return List.copyOf(routes);
    }

    private static List<Candidate> candidates(ModelRequest request, ModelCatalog catalog) {
        List<Candidate> kept = new ArrayList<>();
        int position = 0;
        for (ProviderId provider : catalog.providers()) {
            int firstOfProvider = kept.size();
            for (Route route : catalog.routes(provider)) {
                if (refusal(request, route) == null) {
                    Candidate candidate = new Candidate(request, catalog, route, position++);
                    candidate.round = equals(kept, firstOfProvider, candidate);
                    kept.add(candidate);
                }
            }
        }
        kept.sort(ORDER);
        return kept;
    }

    /** How many of the provider's models before this one are as good as it. */
    private static int equals(List<Candidate> kept, int from, Candidate candidate) {
        int count = 0;
        for (int i = from; i < kept.size(); i++) {
            Candidate other = kept.get(i);
            if (other.rank == candidate.rank && other.measure == candidate.measure) {
                count++;
            }
        }
        return count;
    }

    /** Why a model cannot serve, or null if it can. */
    private static @Nullable String refusal(ModelRequest request, Route route) {
        ModelInfo model = route.model();
        if (model.status().isRetired()) {
            return model.status().toString();
        }
        if (!request.isAuto() && !route.isMeantBy(request.name())) {
            return "not of " + request.name();
        }
        if (!model.capabilities().containsAll(request.needs())) {
            return "has no " + request.missingIn(model).toString().toLowerCase(Locale.ROOT);
        }
        if (model.contextWindow() < request.minimumContext()) {
            return "its window of " + model.contextWindow() + " is smaller than " + request.minimumContext();
        }
        return request.refusal(route);
    }

    @Override
    public List<Verdict> explain(ModelRequest request, ModelCatalog catalog, List<Route> chosen) {
        List<Verdict> all = new ArrayList<>();
        for (Candidate each : candidates(request, catalog)) {
            all.add(Verdict.kept(each.route, each.why(request)));
        }
        for (Route route : catalog.routes()) {
            String refusal = refusal(request, route);
            if (refusal != null) {
                all.add(Verdict.dropped(route, refusal));
            }
        }
        return all;
    }

    /** A model that can serve, and what its place follows from. */
    private static final class Candidate {
        private final Route route;
        private final int position;
        private final int rank;
        private final double measure;
        private final boolean pinned;
        private final Condition condition;
        private int round;

        Candidate(ModelRequest request, ModelCatalog catalog, Route route, int position) {
            this.route = route;
            this.position = position;
            this.condition = catalog.condition(route);
            this.pinned = condition != Condition.DOWN
                    && request.pinned().isPresent()
                    && route.isMeantBy(request.pinned().get());
            int first = pinned ? 0 : place(condition);
            int suited = ((first * 2 + (isTooSmall(request) ? 1 : 0)) * 2 + (isPreview() ? 1 : 0)) * 3
                    + place(route.model().tier(), request.preference());
            this.rank = suited * 3
                    + request.language()
                            .map(tag -> place(tag, route.model().languages()))
                            .orElse(0);
            this.measure = measure(request.preference());
        }

        private boolean isTooSmall(ModelRequest request) {
            return route.model().contextWindow() < request.estimatedTokens();
        }

        private boolean isPreview() {
            return route.model().status().stage() == ModelStatus.Stage.PREVIEW;
        }

        private static int place(Condition condition) {
            return switch (condition) {
                case WELL -> 1;
                case STRAINED -> 2;
                case DOWN -> 3;
            };
        }

        private static int place(Tier tier, Preference preference) {
            List<Tier> order = switch (preference) {
                case FAST -> List.of(Tier.FAST, Tier.BALANCED, Tier.BEST);
                case BALANCED -> List.of(Tier.BALANCED, Tier.BEST, Tier.FAST);
                case BEST -> List.of(Tier.BEST, Tier.BALANCED, Tier.FAST);
                case CHEAPEST -> List.of();
            };
            return Math.max(0, order.indexOf(tier));
        }

        /** Models that are said to be good at a language, then those of which nothing is said, then those good at others. */
        private static int place(String tag, Set<String> languages) {
            if (languages.isEmpty()) {
                return 1;
            }
            String wanted = tag.toLowerCase(Locale.ROOT);
            return languages.contains(wanted) || languages.contains(wanted.split("[-_]", 2)[0]) ? 0 : 2;
        }

        /** Less is better: a price, or how slow it is. A model of which nothing is known comes after those that are known. */
        private double measure(Preference preference) {
            return switch (preference) {
                case FAST -> -route.model().tokensPerSecond().orElse(0);
                case CHEAPEST -> route.model().price().map(Candidate::blended).orElse(Double.MAX_VALUE);
                case BALANCED, BEST -> 0;
            };
        }

        /** Agents read about three tokens for each that they write. */
        private static double blended(TokenPrice price) {
            return 3 * price.input().doubleValue() + price.output().doubleValue();
        }

        String why(ModelRequest request) {
            List<String> reasons = new ArrayList<>();
            if (pinned) {
                reasons.add("the conversation's model so far");
            }
            reasons.add(route.model().tier().toString().toLowerCase(Locale.ROOT));
            if (request.preference() == Preference.CHEAPEST) {
                reasons.add(route.model().price().map(TokenPrice::toString).orElse("its price is not known"));
            } else if (request.preference() == Preference.FAST
                    && route.model().tokensPerSecond().isPresent()) {
                reasons.add(route.model().tokensPerSecond().getAsDouble() + " tokens a second");
            }
            request.language()
                    .filter(tag -> place(tag, route.model().languages()) != 1)
                    .ifPresent(tag -> reasons.add(
                            place(tag, route.model().languages()) == 0
                                    ? "good at " + tag
                                    : "good at others than " + tag));
            if (condition != Condition.WELL) {
                reasons.add(condition.toString().toLowerCase(Locale.ROOT));
            }
            if (isTooSmall(request)) {
                reasons.add("its window of " + route.model().contextWindow() + " may be too small");
            }
            if (isPreview()) {
                reasons.add("a preview");
            }
            return String.join(", ", reasons);
        }
    }
}
