package dev.exai.permit.mutants;

import java.util.List;

final class FairnessMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "last-come-first-served",
                            "requests of one session are served in the order in which they came",
                            "HikariCP#1909; read: Netflix concurrency-limits, LifoBlockingLimiter")
                    .edit(
                            "Lane",
                            "entry.previous = tail; entry.next = null; if (tail == null) { head = entry; overtaken = 0; }"
                                    + " else { tail.next = entry; } tail = entry;",
                            "entry.previous = null; entry.next = head; if (head == null) { tail = entry; }"
                                    + " else { head.previous = entry; } head = entry; overtaken = 0;"),
            Mutant.of(
                            "newcomer-barges-past-the-queue",
                            "who comes now overtakes nobody who is owed the unit",
                            "bucket4j#295; HikariCP#2192")
                    .edit("Moves", "} else if (ledger.waiting == 0 && order.admits(", "} else if (order.admits("),
            Mutant.of(
                            "use-does-not-count",
                            "the session with least in use goes first",
                            "HikariCP#2192; palantir/dialogue#1334; kubernetes#95979")
                    .edit("Lane", "if (byShare != 0) {", "if (byShare > 1) {"),
            Mutant.of("weights-ignored", "sessions share in proportion to their weights", "kubernetes#95979")
                    .edit("Lane", "Long.compare(usedA * weightB, usedB * weightA)", "Long.compare(usedA, usedB)")
                    .edit("LaneHeap", "(double) lane.used / lane.weight", "(double) lane.used"),
            Mutant.of(
                            "last-turn-forgotten",
                            "of those with equal use, the least recently served goes first",
                            "HikariCP#2192")
                    .edit("LaneHeap", "case TURN_OF_IDLE -> lane.lastServed;", "case TURN_OF_IDLE -> 0L;")
                    .edit("Lane", "Long.compare(a.lastServed, b.lastServed)", "0"),
            Mutant.of(
                            "scarce-pool-judged-by-lane",
                            "where the pool is scarce, what a session has in all counts",
                            "none on record")
                    .edit("GrantOrder", "boolean scarce = ledger.global.free() < wanted;", "boolean scarce = false;"),
            Mutant.of(
                            "no-newcomer-unit",
                            "the last unit of a provider goes only to a session that holds nothing there",
                            "palantir/dialogue#1299; probelabs/probe#512")
                    .edit(
                            "GrantOrder",
                            "if (free < 1 || (free == 1 && lane.isIn",
                            "if (free < 1 || (free == 0 && lane.isIn"),
            Mutant.of(
                            "no-newcomer-unit-of-the-pool",
                            "the last unit of the pool goes only to a session that holds nothing",
                            "the same")
                    .edit("GrantOrder", "if (free == 1 && session != null", "if (free == 0 && session != null"),
            Mutant.of(
                            "newcomer-unit-kept-from-the-only-one",
                            "at a limit of two, a unit is kept only while another session is there",
                            "none on record")
                    .edit("GrantOrder", "return level.limit >= 3 || keepsForPresent(session, now);", "return true;"),
            Mutant.of(
                            "overtaken-without-bound",
                            "no request is overtaken more often than the bound says",
                            "golang/go#56910; HikariCP#2192; temporalio/temporal#6034")
                    .edit("LaneGroup", "lane.overtaken >= bound", "lane.overtaken < 0"),
            Mutant.of(
                            "overtaken-by-another-provider-not-counted",
                            "a grant elsewhere that takes a scarce unit of the pool counts as overtaking",
                            "none on record")
                    .edit("GrantOrder", "(!same && !couldGoOn(provider, now))", "!same"),
            Mutant.of("overtaken-by-those-before-it", "only later arrivals overtake", "none on record")
                    .edit(
                            "GrantOrder",
                            "group.byArrival.forEachBefore(granted.sequence, older -> {",
                            "group.byArrival.forEachBefore(Long.MAX_VALUE, older -> {"),
            Mutant.of(
                            "overdue-head-is-passed-all-the-same",
                            "until an overdue head goes, nothing is granted that could be granted to it",
                            "golang/go#56910; measured, in a simulation: first fit starves")
                    .edit("GrantOrder", "|| (dueAtGlobal && !usesKeptUnit) || due(provider) != null) {", ") {")
                    .edit("GrantOrder", "|| !group.overdue.isEmpty()) {", ") {"),
            Mutant.of(
                            "youngest-overdue-first",
                            "of several overdue heads the oldest goes first: they do not wait for each other's units",
                            "kubernetes/enhancements#2632")
                    .edit(
                            "GrantOrder",
                            "dueNow == null || due.arrival() < dueNow.arrival()",
                            "dueNow == null || due.arrival() > dueNow.arrival()")
                    .edit(
                            "LaneOrder",
                            "long key = order.key(lane);",
                            "long key = this == lane.group.overdue ? -lane.arrival() : order.key(lane);"),
            Mutant.of(
                            "head-inherits-what-was-overtaken",
                            "a new head of a lane has been overtaken by nobody",
                            "none on record")
                    .edit("Lane", "head = entry.next; overtaken = 0;", "head = entry.next;"));

    private FairnessMutants() {}
}
