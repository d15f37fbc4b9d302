package dev.exai.model;

import dev.exai.error.ModelNotFoundException;
import dev.exai.model.Explanation.Source;
import dev.exai.spi.ModelInfo.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds what is named: a model as it is, or the best of a line. Asks nobody and keeps nothing. */
final class Lookup {
    private final ModelCatalog catalog;

    Lookup(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The models that a request names; those that may stand in for them come after.
     *
     * @throws ModelNotFoundException if there is none
     */
    Resolution find(ModelRequest request) {
        if (catalog.isLine(request.name())) {
            List<Route> line = RankingSelector.INSTANCE.rank(request, catalog);
            if (line.isEmpty()) {
                throw catalog.notFound(request.toString());
            }
            List<Route> kept = request.fallBackAllowed() ? withOthers(line, request) : line;
            return Resolution.of(kept, "the best of " + request.name());
        }
        Route named = catalog.find(request.name());
        List<Route> candidates = request.fallBackAllowed() ? withOthers(List.of(named), request) : List.of(named);
        return Resolution.of(candidates, "named").withNotes(notes(request, named));
    }

    private List<Route> withOthers(List<Route> first, ModelRequest request) {
        List<Route> all = new ArrayList<>(first);
        for (Route other : RankingSelector.INSTANCE.rank(request.asAuto(), catalog)) {
            if (!all.contains(other)) {
                all.add(other);
            }
        }
        return all;
    }

    private List<String> notes(ModelRequest request, Route named) {
        List<String> notes = new ArrayList<>(catalog.notes(named));
        List<Capability> missing = request.missingIn(named.model());
        if (!missing.isEmpty()) {
            notes.add(named + " is not known to be able to do what this needs: "
                    + missing.stream()
                            .map(need ->
                                    need.toString().toLowerCase(Locale.ROOT).replace('_', ' '))
                            .collect(Collectors.joining(", ")));
        }
        if (request.estimatedTokens() > named.model().contextWindow()) {
            notes.add("the window of " + named + " has " + named.model().contextWindow()
                    + " tokens, and this may need more: about " + request.estimatedTokens());
        }
        return notes;
    }

    Explanation explain(ModelRequest request) {
        List<Verdict> verdicts = new ArrayList<>();
        List<String> notes = List.of();
        ModelNotFoundException failure = null;
        try {
            Resolution found = find(request);
            notes = found.notes();
            if (catalog.isLine(request.name())) {
                verdicts.addAll(RankingSelector.INSTANCE.explain(request, catalog, found.candidates()));
            } else {
                verdicts.add(Verdict.kept(found.first(), "named"));
                found.candidates().stream()
                        .skip(1)
                        .forEach(route -> verdicts.add(Verdict.kept(route, "may stand in for it")));
            }
        } catch (ModelNotFoundException e) {
            failure = e;
        }
        return new Explanation(request, Source.LOOKED_UP, null, false, verdicts, notes, failure);
    }
}
