package dev.exai.permit.mutants;

import java.util.List;

final class HoldingMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "overdue-is-reported-and-kept",
                            "a permit that is overdue for too long is taken back",
                            "HikariCP#653; redisson#2213, #2045")
                    .edit(
                            "Moves",
                            "ledger.revoke(holder, now); deliveries.revoked(holder, now);",
                            "ledger.suspect(holder, now);"),
            Mutant.of(
                            "revoked-before-its-owner-is-told",
                            "the owner is told, so that it can abort the work, before its permit is taken",
                            "resilience4j#1530, #905")
                    .edit(
                            "Moves",
                            "ledger.suspect(holder, now); deliveries.suspect(holder, now);",
                            "ledger.revoke(holder, now); deliveries.revoked(holder, now);"),
            Mutant.of(
                            "owner-is-not-told",
                            "an owner whose permit is overdue is told",
                            "HikariCP#653 tells a log, not the owner")
                    .edit("Deliveries", "tellOverdue(entry); } void touched", "} void touched"),
            Mutant.of("touch-ignored", "a permit whose work goes on stays valid", "redisson#1395")
                    .edit(
                            "PermitPool",
                            "void touch(Entry entry) {",
                            "void touch(Entry entry) { if (entry.sequence >= 0) { return; }"),
            Mutant.of(
                            "touch-outlives-the-deadline",
                            "no touching keeps a permit beyond its deadline",
                            "BerriAI/litellm#20256 and those after it: a renewed lease made a leak permanent")
                    .edit(
                            "Ledger",
                            "return byIdleness - byDeadline < 0 ? byIdleness : byDeadline;",
                            "return byIdleness;"),
            Mutant.of("fence-does-not-grow", "each grant has a higher fence than those before it", "redisson#604")
                    .edit("Ledger", "entry.sequence = granted;", ""),
            Mutant.of("revoked-holder-goes-on", "the holder of a revoked permit finds out", "redisson#4086, #4091")
                    .edit(
                            "Permit",
                            "case HELD -> {} case REVOKED -> throw new PermitRevokedException(\"it was held for too long\");",
                            "case HELD, REVOKED -> {}"),
            Mutant.of("zombies-forgotten", "a revoked permit is shown until its owner gives it back", "redisson#4086")
                    .edit("Ledger", "zombies.add(entry);", ""),
            Mutant.of("suspect-never-cleared", "a suspect that comes back is reported as such", "HikariCP#694, #465")
                    .edit("Deliveries", "cleared(entry, \"closed\", now);", ""),
            Mutant.of(
                            "dropped-permit-stays",
                            "a permit that nobody has any more comes back",
                            "redisson#2213; commons-pool2 abandoned objects")
                    .edit("PermitPool", "if (reference instanceof HandleRef handle) { reclaim(handle.entry); }", ""),
            Mutant.of(
                            "dropped-permit-waits-for-traffic",
                            "a dropped permit comes back in a pool that nobody uses",
                            "Netty: an idle system reports nothing; redisson#4100")
                    .edit("Reclaimer", "known.reclaim(handle.entry);", ""),
            Mutant.of(
                            "reclaimed-after-it-was-closed",
                            "one decision ends a permit: closed, revoked or reclaimed",
                            "the incident's recovery; resilience4j#1571")
                    .edit(
                            "Moves",
                            "void reclaim(Entry entry, long now) { if (entry.isIn(State.HELD)) {",
                            "void reclaim(Entry entry, long now) { if (entry.isIn(State.HELD) || entry.isIn(State.RETURNED)) {"),
            Mutant.of(
                            "pool-keeps-the-handle",
                            "the pool does not keep the handle whose loss it looks for",
                            "none on record: a hook that captures the handle is never reached")
                    .edit("HandleRef", "final Entry entry;", "final Entry entry; final PermitRequest kept;")
                    .edit("HandleRef", "this.entry = entry;", "this.entry = entry; this.kept = handle;"),
            Mutant.of(
                            "bracket-frees-before-it-aborts",
                            "work is aborted before its permit goes back",
                            "resilience4j#1530; spring-cloud-circuitbreaker#163")
                    .edit("AsyncBracket", "endedByCancel = true;", "endedByCancel = true; request.cancel();"),
            Mutant.of(
                            "bracket-shows-its-end-first",
                            "the permit is back before anyone can see how the work ended",
                            "none on record")
                    .edit("AsyncBracket", "request.cancel(); step(); if (failure == null) {", "if (failure == null) {")
                    .edit(
                            "AsyncBracket",
                            "} else { completeExceptionally(failure); } }",
                            "} else { completeExceptionally(failure); } request.cancel(); }"),
            Mutant.of(
                            "bracket-cancelled-work-runs-on",
                            "cancelling a bracket cancels its work",
                            "measured: Resilience4j 2.2.0, executeCompletionStage")
                    .edit("AsyncBracket", "begun.cancel(mayInterruptIfRunning);", ""),
            Mutant.of(
                            "bracket-cancel-looks-once-for-work",
                            "work that begins while its bracket is cancelled is cancelled too",
                            "none on record: ours, found by letting the cancel in at each step")
                    .edit(
                            "AsyncBracket",
                            "step(); abort(mayInterruptIfRunning); // it may have begun",
                            "step(); // it may have begun"));

    private HoldingMutants() {}
}
