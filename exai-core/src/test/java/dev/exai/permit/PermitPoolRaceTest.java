package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.permit.PermitRequest.State;
import dev.exai.permit.RacePair.Waiter;
import dev.exai.permit.RaceScene.Scarce;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("I1, I5, I7, I9: whatever comes in at whatever step, nothing is lost and all is told once")
@Timeout(120)
class PermitPoolRaceTest {
    static List<RacePair> pairs() {
        return RacePair.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void pair_secondComesInAtEachStep_allIsBackAndToldOnce(RacePair pair) {
        Set<State> outcomes = EnumSet.noneOf(State.class);
        for (Waiter waiter : pair.waiters) {
            int rounds = sweep(pair, Scarce.PROVIDER, waiter, false, outcomes);
            assertThat(rounds)
                    .as("steps of the first, and one round after its end")
                    .isGreaterThan(5);
            sweep(pair, Scarce.PROVIDER, waiter, true, outcomes);
        }
        Waiter any = pair.waiters.iterator().next();
        EnumSet.complementOf(EnumSet.of(Scarce.PROVIDER)).forEach(scarce -> sweep(pair, scarce, any, false, outcomes));
        assertThat(outcomes).as("what has become of whom it is about").isEqualTo(pair.outcomes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    @Tag("ci")
    void pair_bothWaysAtEveryLevel_allIsBackAndToldOnce(RacePair pair) {
        for (Waiter waiter : pair.waiters) {
            for (Scarce scarce : Scarce.values()) {
                Set<State> outcomes = EnumSet.noneOf(State.class);
                sweep(pair, scarce, waiter, false, outcomes);
                sweep(pair, scarce, waiter, true, outcomes);
                assertThat(pair.outcomes)
                        .as("whatever may become of whom it is about")
                        .containsAll(outcomes);
            }
        }
    }

    /** The second rests at each of its steps too, so that the first goes on in the middle of it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    @Tag("ci")
    void pair_secondRestsAtEachStep_allIsBackAndToldOnce(RacePair pair) {
        for (Waiter waiter : pair.waiters) {
            for (Scarce scarce : List.of(Scarce.PROVIDER, Scarce.METERED)) {
                sweepTwice(pair, scarce, waiter, false);
                sweepTwice(pair, scarce, waiter, true);
            }
        }
    }

    private static void sweepTwice(RacePair pair, Scarce scarce, Waiter waiter, boolean turned) {
        boolean cameIn = true;
        for (int step = 0; cameIn; step++) {
            boolean rested = true;
            for (int rest = 0; cameIn && rested; rest++) {
                RaceStamps stamps = new RaceStamps();
                RaceSweep sweep = new RaceSweep(step, rest, stamps);
                State outcome = round(pair, scarce, waiter, turned, stamps, sweep);
                assertThat(outcome).isIn(pair.outcomes);
                cameIn = sweep.cameIn();
                rested = sweep.rested();
            }
        }
    }

    private static void sweepBothWays(RacePair pair, Scarce scarce, Waiter waiter, Set<State> outcomes) {
        int rounds = sweep(pair, scarce, waiter, false, outcomes);
        assertThat(rounds).as("steps of the first, and one round after its end").isGreaterThan(5);
        sweep(pair, scarce, waiter, true, outcomes);
    }

    /** {@return how many rounds it took, one for each step} */
    private static int sweep(RacePair pair, Scarce scarce, Waiter waiter, boolean turned, Set<State> outcomes) {
        boolean cameIn = true;
        int step = 0;
        for (; cameIn; step++) {
            RaceStamps stamps = new RaceStamps();
            RaceSweep sweep = new RaceSweep(step, stamps);
            outcomes.add(round(pair, scarce, waiter, turned, stamps, sweep));
            cameIn = sweep.cameIn();
        }
        return step;
    }

    private static State round(
            RacePair pair, Scarce scarce, Waiter waiter, boolean turned, RaceStamps stamps, RaceSweep sweep) {
        RaceScene scene = new RaceScene(scarce, pair.hasty, waiter == Waiter.THREAD, stamps, sweep);
        try {
            pair.before.accept(scene);
            Runnable first = () -> pair.first.accept(scene);
            Runnable second = () -> pair.second.accept(scene);
            sweep.run(turned ? second : first, turned ? first : second, scene.threads(), turned && pair.waitersStep);
            State outcome = pair.outcome(scene);
            scene.assertWholeThenEndAll();
            return outcome;
        } catch (Throwable e) {
            throw new AssertionError(
                    pair + (turned ? ", turned round" : "") + ", " + scarce + " scarce, waiter a " + waiter + ", "
                            + sweep.where() + "\n" + scene,
                    e);
        }
    }
}
