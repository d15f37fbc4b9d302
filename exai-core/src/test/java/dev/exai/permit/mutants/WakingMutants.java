package dev.exai.permit.mutants;

import java.util.List;

final class WakingMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "cancelled-head-wakes-nobody",
                            "a head that is cancelled lets the next go",
                            "golang/go#37852; python/cpython#90155; embassy#6964")
                    .edit(
                            "Moves",
                            "case QUEUED -> left(entry, \"cancelled\", now);",
                            "case QUEUED -> { left(entry, \"cancelled\", now); return; }"),
            Mutant.of(
                            "timed-out-head-wakes-nobody",
                            "a head whose time is up lets the next go",
                            "read: Kubernetes API priority and fairness, wait()")
                    .edit(
                            "Moves",
                            "Entry next = closed ? null : order.next(now);",
                            "Entry next = closed || rings ? null : order.next(now); rings = false;")
                    .edit("Moves", "private boolean closed;", "private boolean closed; private boolean rings;")
                    .edit("Moves", "alarm.rings();", "alarm.rings(); rings = true;"),
            Mutant.of(
                            "growth-wakes-nobody",
                            "a limit that grows lets those go who wait",
                            "measured: Netflix concurrency-limits 0.4.2")
                    .edit(
                            "Moves",
                            "Entry next = closed ? null : order.next(now);",
                            "Entry next = closed || resized ? null : order.next(now); resized = false;")
                    .edit("Moves", "private boolean closed;", "private boolean closed; private boolean resized;")
                    .edit("Moves", "ledger.resize(limits);", "ledger.resize(limits); resized = true;"),
            Mutant.of(
                            "closed-session-wakes-nobody",
                            "a session that closes lets those go who waited for it",
                            "the same, at another place")
                    .edit(
                            "Moves",
                            "Entry next = closed ? null : order.next(now);",
                            "Entry next = closed || left ? null : order.next(now); left = false;")
                    .edit("Moves", "private boolean closed;", "private boolean closed; private boolean left;")
                    .edit("Moves", "ledger.close(session);", "ledger.close(session); left = true;"),
            Mutant.of(
                            "resumed-provider-wakes-nobody",
                            "the end of a pause lets those go who wait",
                            "measured: Netflix concurrency-limits 0.4.2, as its limit grows")
                    .edit("Moves", "alarm.by(provider.pausedUntilNanos, now);", ""),
            Mutant.of(
                            "one-grant-at-a-time",
                            "all who can go do go, not one for each event",
                            "measured: Netflix concurrency-limits 0.4.2, which wakes one")
                    .edit(
                            "Moves",
                            "deliveries.granted(next, now); next = order.next(now);",
                            "deliveries.granted(next, now); next = null;"),
            Mutant.of(
                            "session-below-its-limit-stays-unlisted",
                            "a session that comes below its limit is served at its other providers",
                            "none on record")
                    .edit("Ledger", "list(lane); listOthers(lane); } dropIfIdle", "list(lane); } dropIfIdle"),
            Mutant.of(
                            "kept-unit-is-never-freed-by-time",
                            "a unit that is kept for others is freed when they have been idle long enough",
                            "none on record: a dead session would reserve for ever")
                    .edit("GrantOrder", "wakeAt(ends);", ""));

    private WakingMutants() {}
}
