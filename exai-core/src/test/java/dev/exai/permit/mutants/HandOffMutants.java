package dev.exai.permit.mutants;

import java.util.List;

final class HandOffMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "hand-off-result-ignored",
                            "a permit is not delivered to a request that has ended",
                            "read: Failsafe 3.3.2; Netflix/concurrency-limits#179; square/okhttp#4583")
                    .edit(
                            "Deliveries",
                            "if (!request.entry.pool().deliver(request.entry)) { endOnTheWay(request, listener); return; }",
                            "request.entry.pool().deliver(request.entry);"),
            Mutant.of("failure-told-after-cancel", "who has cancelled is told nothing more", "none on record")
                    .edit("Deliveries", "return; // its owner gave up while this was on the way", ""),
            Mutant.of(
                            "interrupted-waiter-stays",
                            "a waiter that is interrupted holds nothing, and waits no more",
                            "failsafe-lib/failsafe#393; aws-sdk-java-v2#2936, #3827, #4066, #6786, #6896")
                    .edit(
                            "PermitPool",
                            "request.cancel(); throw new InterruptedException();",
                            "throw new InterruptedException();"),
            Mutant.of(
                            "interrupt-before-is-not-seen",
                            "a thread that is interrupted already takes nothing",
                            "apache/paimon#9511")
                    .edit("PermitPool", "if (Thread.interrupted()) { throw new InterruptedException(); }", ""),
            Mutant.of(
                            "stray-wake-up-is-a-grant",
                            "a thread that wakes without a grant goes on waiting",
                            "Netflix/concurrency-limits#70")
                    .edit(
                            "PermitPool",
                            "while (request.state() == State.QUEUED) {",
                            "if (request.state() == State.QUEUED) {"),
            Mutant.of(
                            "timed-out-waiter-stays",
                            "a waiter whose time is up leaves the queue",
                            "failsafe-lib/failsafe#393; jetty#11763")
                    .edit(
                            "Moves",
                            "ledger.leave(entry); deliveries.failed",
                            "ledger.waits.remove(entry); deliveries.failed"),
            Mutant.of(
                            "cancelled-waiter-stays",
                            "a request that is cancelled leaves the queue at once",
                            "http4s/http4s#4284; measured: OkHttp 4.12.0; read: palantir/dialogue")
                    .edit("Moves", "case QUEUED -> left(entry, \"cancelled\", now);", "case QUEUED -> {}"),
            Mutant.of(
                            "cancel-of-a-holder-changes-nothing",
                            "a request that is cancelled after its grant gives the permit back",
                            "resilience4j#543; palantir/conjure-java-runtime#1414")
                    .edit(
                            "PermitRequest",
                            "public void cancel() {",
                            "public void cancel() { if (state() == State.HELD) { return; }"),
            Mutant.of(
                            "cancelled-before-it-asked-still-asks",
                            "a request that is cancelled before it is made never enters the queue",
                            "square/okhttp#4583")
                    .edit(
                            "Moves",
                            "case NEW -> { entry.state(State.LEFT); entry.forgetHandle(); }",
                            "case NEW -> { return; }"),
            Mutant.of(
                            "rejected-delivery-loses-the-permit",
                            "if the executor refuses the delivery, the permit goes back",
                            "Netflix/concurrency-limits#190; resilience4j#2506")
                    .edit("Deliveries", "request.end(); InternalErrorException", "InternalErrorException"),
            Mutant.of(
                            "rejected-delivery-is-not-told",
                            "if the executor refuses the delivery, the waiter is told",
                            "the same")
                    .edit(
                            "Deliveries",
                            "scheduler.schedule(Duration.ZERO, () -> tellNow(request.entry, listener, failure));",
                            ""),
            Mutant.of(
                            "listener-that-throws-keeps-the-permit",
                            "a listener that throws as it is granted gives the permit back",
                            "palantir/dialogue#396; measured: Netflix concurrency-limits 0.4.2")
                    .edit(
                            "Deliveries",
                            "log.error(\"The listener of {} threw; its permit goes back\", request, e); request.end();",
                            "log.error(\"The listener of {} threw\", request, e);"),
            Mutant.of(
                            "sink-that-throws-breaks-the-caller",
                            "what a listener of events throws harms nobody else",
                            "measured: Netflix concurrency-limits 0.4.2, whose Limit.onSample does")
                    .edit(
                            "Deliveries",
                            "log.error(\"The sink of events threw at {}\", event, e);",
                            "throw new IllegalStateException(e);"),
            Mutant.of(
                            "effect-that-throws-stops-the-rest",
                            "what one delivery throws costs no other its permit",
                            "measured: Netflix concurrency-limits 0.4.2, which frees after it has told")
                    .edit("Effects", "report(e);", "throw new IllegalStateException(e);"),
            Mutant.of(
                            "effects-under-the-lock",
                            "no code of a caller runs under the pool's lock",
                            "read: Failsafe 3.3.2 completes a waiter inside its monitor")
                    .edit(
                            "PermitPool",
                            "moves.grantAll(now); turn = deliveries.taken(); } finally { leave(); } deliveries.run(turn);",
                            "moves.grantAll(now); turn = deliveries.taken(); deliveries.run(turn); } finally { leave(); }"),
            Mutant.of(
                            "events-under-the-lock",
                            "listeners of events are told outside the pool's lock",
                            "read: Failsafe 3.3.2")
                    .edit("Deliveries", "line.addAll(events);", "line.addAll(events); tellEvents();"),
            Mutant.of(
                            "effects-recurse",
                            "the depth of the stack does not grow with the queue",
                            "measured: Failsafe 3.3.2; resilience4j#2506")
                    .edit("Effects", "if (first.owner == current) {", "if (first.owner == current && begun == i) {"),
            Mutant.of(
                            "revoked-on-the-way-is-not-told",
                            "an owner whose permit is revoked before it hears of its grant is told so",
                            "none on record: ours, found by letting the lease end at each step of a grant")
                    .edit("Deliveries", "tellNow(request.entry, listener, revokedOnTheWay(request.entry));", ""),
            Mutant.of(
                            "revoked-on-the-way-is-a-grant",
                            "a thread whose permit is revoked before it wakes begins nothing",
                            "the same")
                    .edit("PermitPool", "throw Deliveries.revokedOnTheWay(request.entry);", ""));

    private HandOffMutants() {}
}
