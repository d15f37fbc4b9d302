package dev.exai.permit.mutants;

import java.util.List;

final class CountingMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "closed-twice-frees-twice",
                            "a permit that is closed again frees nothing",
                            "resilience4j#1569, #1571; measured: Resilience4j 2.2.0, Netflix concurrency-limits 0.4.2")
                    .edit("Moves", "case HELD -> {", "case HELD, RETURNED -> {"),
            Mutant.of(
                            "late-return-frees-again",
                            "a revoked permit that comes back late frees nothing",
                            "redisson#4086; the incident's recovery of permits in use")
                    .edit(
                            "Moves",
                            "case REVOKED -> returnLate(entry, now);",
                            "case REVOKED -> { returnLate(entry, now); ledger.giveBack(entry, now); }"),
            Mutant.of("one-level-not-freed", "a return frees the unit at every level", "BerriAI/litellm#20256")
                    .edit("Lane", "provider.level.used += units;", "provider.level.used += Math.max(0, units);"),
            Mutant.of("handed-over-is-not-out", "a unit that is handed to a waiter is out", "failsafe-lib/failsafe#365")
                    .edit(
                            "Ledger",
                            "hold(entry, entry.lane(), entry.deadlineNanos(), now);",
                            "hold(entry, entry.lane(), entry.deadlineNanos(), now); global.used--;"),
            Mutant.of(
                            "waiting-holds-a-unit-of-the-pool",
                            "a request that waits at one level holds nothing at another",
                            "the incident: waiting GLM calls ate the global slots")
                    .edit("Ledger", "lane.append(entry); waiting++;", "lane.append(entry); waiting++; global.used++;")
                    .edit(
                            "Ledger",
                            "waiting--; waits.remove(entry); hold(entry, entry.lane(), entry.deadlineNanos(), now);",
                            "waiting--; global.used--; waits.remove(entry); hold(entry, entry.lane(), entry.deadlineNanos(), now);")
                    .edit(
                            "Ledger",
                            "waiting--; waits.remove(entry);",
                            "waiting--; global.used--; waits.remove(entry);"),
            Mutant.of(
                            "taken-without-looking-at-the-session",
                            "all levels are checked in the step that takes them",
                            "Netflix/concurrency-limits#234, #140; alibaba/Sentinel#628")
                    .edit("GrantOrder", "return lane.session().level.free() >= 1 && lane.share", "return lane.share"),
            Mutant.of(
                            "in-use-is-called-lost",
                            "a permit in use is never reported as a leak",
                            "the incident's \"semaphore leak\"; HikariCP#694; square/okhttp#2311")
                    .edit("PoolAudit", "return overdue ? Status.SUSPECT : Status.HELD;", "return Status.LOST;"));

    private CountingMutants() {}
}
