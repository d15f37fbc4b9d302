package dev.exai.permit.mutants;

import java.util.List;

final class QueueMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of("session-queue-unbounded", "the queue of a session is bounded", "square/okhttp#8032, #6537")
                    .edit("Refusals", "if (ofSession >= limits.maxQueuedPerSession()) {", "if (ofSession < 0) {"),
            Mutant.of("pool-queue-unbounded", "the queue of the pool is bounded", "jetty#12185")
                    .edit("Refusals", "inAll >= limits.maxQueued()", "inAll < 0"),
            Mutant.of("queue-bound-off-by-one", "as many may wait as the bound says, not one less", "jetty#13187")
                    .edit("Refusals", "lane.session().waiting - 1", "lane.session().waiting"),
            Mutant.of(
                            "full-queue-refuses-who-could-go",
                            "a full queue of one provider does not refuse what another has room for",
                            "none on record")
                    .edit("Moves", "waits && !nowOrNever ? refusals", "!nowOrNever ? refusals")
                    .edit(
                            "Refusals",
                            "lane.session().waiting - 1",
                            "lane.session().waiting - (entry.isIn(PermitRequest.State.QUEUED) ? 1 : 0)"),
            Mutant.of(
                            "refused-request-stays-queued",
                            "what was refused holds nothing, and does not wait",
                            "none on record")
                    .edit(
                            "Moves",
                            "} else { ledger.leave(entry); } if (waits && nowOrNever)",
                            "} if (waits && nowOrNever)"),
            Mutant.of(
                            "failed-attempt-stays-queued",
                            "an attempt that does not wait leaves nothing behind",
                            "temporalio/sdk-java#2143")
                    .edit("Moves", "left(entry, \"not at once\", now);", ""),
            Mutant.of(
                            "hopeless-request-waits",
                            "where that is asked for, a request that cannot be served by its deadline is refused at once",
                            "bucket4j discussion 427")
                    .edit("Refusals", "if (wait <= left) {", "if (wait <= left || left > 0) {"),
            Mutant.of(
                            "deadline-in-the-past-waits",
                            "a request whose deadline has passed is refused at once",
                            "none on record")
                    .edit(
                            "Refusals",
                            "if (!nowOrNever && context.deadline().atNanos() - now <= 0) {",
                            "if (now == Long.MIN_VALUE) {"),
            Mutant.of(
                            "nested-acquire-allowed",
                            "a call that has or awaits a permit gets no second one: it could wait for itself",
                            "NousResearch/hermes-agent#110383; read: nested bulkheads of Failsafe and Resilience4j")
                    .edit("Refusals", "if (ancestor != null) {", "if (ancestor != null && ledger.waiting < 0) {"),
            Mutant.of(
                            "nested-acquire-of-a-child-allowed",
                            "a child of a call that has or awaits a permit gets none either",
                            "the same")
                    .edit("Ledger", "current = current.parent().orElse(null);", "current = null;"));

    private QueueMutants() {}
}
