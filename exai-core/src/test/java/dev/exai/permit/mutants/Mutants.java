package dev.exai.permit.mutants;

import java.util.List;
import java.util.stream.Stream;

/** All mutants, by what they break. */
final class Mutants {
    /** Mutants that break rules about one thing. */
    record Group(String title, List<Mutant> mutants) {}

    static final List<Group> GROUPS = List.of(
            new Group("Counting: a permit is one unit at each level, once (I1, I2, I5)", CountingMutants.LIST),
            new Group("Waking: nobody waits who could go (I3)", WakingMutants.LIST),
            new Group("Handing over, giving up, being told (I5, I9, I10)", HandOffMutants.LIST),
            new Group("Asking: what is refused, and what waits (I2, I12)", QueueMutants.LIST),
            new Group("Fairness (I4)", FairnessMutants.LIST),
            new Group("Levels: sessions, models, pool", LevelMutants.LIST),
            new Group("Limits that change, pauses, the adaptive ceiling", LimitMutants.LIST),
            new Group("Rate budgets", BudgetMutants.LIST),
            new Group("Holding: leases, and what nobody has any more (I6)", HoldingMutants.LIST),
            new Group("Bookkeeping: heaps, indexes, sessions, the clock", BookkeepingMutants.LIST));

    private Mutants() {}

    static Stream<Mutant> all() {
        return GROUPS.stream().flatMap(group -> group.mutants().stream());
    }
}
