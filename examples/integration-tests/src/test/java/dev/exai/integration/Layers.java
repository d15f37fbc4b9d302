package dev.exai.integration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows which package may import which: a room those to its right, never the other way. The tables below are the rule;
 * a package that stands in none of them is a mistake.
 */
final class Layers {

    private static final Map<String, Place> PLACES = new LinkedHashMap<>();

    static {
        place(
                Family.CORE,
                "dev.exai",
                "dev.exai.run",
                "dev.exai.run.store",
                "dev.exai.session",
                "dev.exai.call",
                "dev.exai.model",
                "dev.exai.attempt",
                "dev.exai.resilience",
                "dev.exai.permit",
                "dev.exai.spi",
                "dev.exai.event",
                "dev.exai.context",
                "dev.exai.message",
                "dev.exai.error");
        place(
                Family.PROVIDERS,
                "dev.exai.providers.glm, dev.exai.providers.kimi, dev.exai.store.jdbc, dev.exai.micrometer",
                "dev.exai.providers.openai",
                "dev.exai.providers.http",
                "dev.exai.providers.sse",
                "dev.exai.json");
        place(
                Family.TESTKIT,
                "dev.exai.testkit.junit, dev.exai.testkit.jqwik, dev.exai.testkit.assertj",
                "dev.exai.testkit",
                "dev.exai.testkit.storm",
                "dev.exai.testkit.fault",
                "dev.exai.testkit.contract.provider",
                "dev.exai.testkit.contract",
                "dev.exai.testkit.http",
                "dev.exai.testkit.script",
                "dev.exai.testkit.time",
                "dev.exai.testkit.internal");
    }

    private Layers() {}

    /** An import of one package by another. */
    record Arrow(String from, String to) {
        @Override
        public String toString() {
            return from + " -> " + to;
        }
    }

    /** Says what is wrong with each arrow that breaks the rule; arrows that leave dev.exai are nobody's business. */
    static List<String> violations(Collection<Arrow> arrows) {
        List<String> wrong = new ArrayList<>();
        for (Arrow arrow : arrows) {
            if (isOurs(arrow.from()) && isOurs(arrow.to()) && !arrow.from().equals(arrow.to())) {
                complaint(arrow).ifPresent(why -> wrong.add(arrow + ": " + why));
            }
        }
        return wrong;
    }

    /** Names the packages of dev.exai that stand in no table. */
    static List<String> unknown(Collection<String> packages) {
        return packages.stream()
                .filter(name -> isOurs(name) && !PLACES.containsKey(name))
                .toList();
    }

    private static Optional<String> complaint(Arrow arrow) {
        Place from = PLACES.get(arrow.from());
        Place to = PLACES.get(arrow.to());
        if (from == null || to == null) {
            return Optional.of("no place is known for " + (from == null ? arrow.from() : arrow.to()));
        }
        if (from.family() != to.family()) {
            return to.family() == Family.CORE
                    ? Optional.empty()
                    : Optional.of(from.family() + " may not import " + to.family());
        }
        if (from.column() == to.column()) {
            return Optional.of("both stand side by side and may not know each other");
        }
        return from.column() < to.column() ? Optional.empty() : Optional.of("the imported package stands further left");
    }

    private static boolean isOurs(String name) {
        return name.equals("dev.exai") || name.startsWith("dev.exai.");
    }

    private static void place(Family family, String... columns) {
        for (int column = 0; column < columns.length; column++) {
            for (String name : columns[column].split(", ")) {
                PLACES.put(name, new Place(family, column));
            }
        }
    }

    private enum Family {
        CORE,
        PROVIDERS,
        TESTKIT
    }

    /** Where a package stands: column 0 is the leftmost of its family. */
    private record Place(Family family, int column) {}
}
