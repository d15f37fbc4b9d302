package dev.exai.testkit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.time.Simulation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("I4: what fairness is worth to those who wait, and what it costs")
class PolicySimulationTest {
    /** To accept a new table: {@code -Dexai.golden.update=true}, then look at the difference. */
    private static final boolean UPDATE = Boolean.getBoolean("exai.golden.update");

    private static final String GOLDEN = "policy/waits.txt";

    record Scenario(int greedy, int interactive, int limit) {
        @Override
        public String toString() {
            return greedy + " greedy, " + interactive + " interactive, limit " + limit;
        }
    }

    private static final List<Scenario> SCENARIOS =
            List.of(new Scenario(1, 1, 4), new Scenario(2, 3, 4), new Scenario(1, 4, 6));

    @Test
    void waits_eachPolicy_asInTheGoldenTable() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("Waits of interactive sessions beside greedy ones, over a virtual day; seed 1");
        for (Scenario scenario : SCENARIOS) {
            lines.add("");
            lines.add(scenario.toString());
            lines.add("  first come first served  " + play(scenario, "fifo"));
            lines.add("  fair                     " + play(scenario, "fair"));
            lines.add("  fair, newcomer unit      " + play(scenario, "newcomer"));
        }
        String table = String.join("\n", lines) + "\n";

        if (UPDATE) {
            Files.writeString(Path.of("src/test/resources", GOLDEN), table);
        }
        assertThat(table).isEqualTo(golden());
    }

    private static String play(Scenario scenario, String policy) {
        Simulation simulation = Simulation.withSeed(1);
        int limit = scenario.limit();
        Policy played = switch (policy) {
            case "fifo" -> Policy.firstComeFirstServed(limit);
            case "fair" -> Policy.pool(limit, false, simulation.scheduler());
            default -> Policy.pool(limit, true, simulation.scheduler());
        };
        return Office.play(simulation, played, limit, scenario.greedy(), scenario.interactive());
    }

    private static String golden() throws IOException {
        if (UPDATE) {
            return Files.readString(Path.of("src/test/resources", GOLDEN));
        }
        try (var in = PolicySimulationTest.class.getClassLoader().getResourceAsStream(GOLDEN)) {
            assertThat(in).as("resource %s", GOLDEN).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static Stream<Churn> churns() {
        return Stream.of(0, 1).flatMap(held -> Stream.of(1, 2, 3, 4, 6).map(limit -> new Churn(limit, held)));
    }

    @ParameterizedTest
    @MethodSource("churns")
    void churn_newSessionsWithoutEnd_oldOneWaitsNoMoreThanTheBound(Churn churn) {
        int most = 0;
        for (long seed = 1; seed <= 5; seed++) {
            Churn.Outcome outcome = churn.play(Simulation.withSeed(seed), Duration.ofMinutes(20));
            assertThat(outcome.turns())
                    .as("turns of the old session, seed %s", seed)
                    .isGreaterThan(10);
            most = Math.max(most, outcome.mostOvertakes());
        }

        assertThat(most).as("grants that overtook it at most").isLessThanOrEqualTo(churn.bound());
        if (churn.limit() >= 3 && churn.held() == 1) {
            assertThat(most).as("else this shows nothing").isPositive();
        }
    }
}
