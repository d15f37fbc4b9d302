package dev.exai.testkit.storm.mutants;

import java.util.List;
import java.util.stream.Stream;

/** The bugs that the simulation must find, room by room from the outside in. */
final class Bugs {
    private static final List<Bug> SESSION = List.of(
            new Bug(
                    "closed-session-takes-calls",
                    "session/Session",
                    "a session that is closed takes no calls",
                    "if (closed) { throw new SessionClosedException(",
                    "if (false) { throw new SessionClosedException("),
            new Bug(
                    "close-cancels-nothing",
                    "session/Session",
                    "closing a session cancels its calls",
                    "left.get(i).cancel(\"session \" + id + \" was closed\");",
                    ""),
            new Bug(
                    "closed-session-stays-in-the-pool",
                    "session/Session",
                    "the pool forgets a session that is closed",
                    "pool.closeSession(id); tellClosed(); if (first) {",
                    "tellClosed(); if (first) {"),
            new Bug(
                    "ended-calls-stay-in-the-session",
                    "session/Session",
                    "a call that has ended leaves its session",
                    "if (calls.remove(call) && calls.isEmpty()",
                    "if (calls.isEmpty()"),
            new Bug(
                    "threads-are-not-given-back",
                    "session/CappedExecutor",
                    "a task that has ended makes room for another one of its session",
                    "task = null; running--;",
                    "task = null;"));

    private static final List<Bug> CALL = List.of(
            new Bug(
                    "no-deadline",
                    "call/BaseCall",
                    "a call ends by its deadline",
                    "() -> engine.onEffects(this::deadlinePassed)",
                    "() -> {}"),
            new Bug(
                    "later-end-replaces-the-first",
                    "call/BaseCall",
                    "the first end counts",
                    "if (decided == null) { decided = outcome; }",
                    "decided = outcome;"),
            new Bug(
                    "told-twice-that-it-ended",
                    "call/BaseCall",
                    "an end is published once",
                    "if (published) { return; } published = true;",
                    "published = true;"),
            new Bug(
                    "seen-to-end-before-the-permit-is-back",
                    "call/BaseCall",
                    "the permit is back before anyone can see the end",
                    "stopWork(); publish();",
                    "publish(); stopWork();"),
            new Bug(
                    "an-end-stops-no-work",
                    "call/BaseCall",
                    "a call that ends gives everything back",
                    "stopWork(); publish();",
                    "publish();"),
            new Bug(
                    "pieces-told-after-cancel",
                    "call/BaseCall",
                    "after a cancel no piece is told",
                    "if (!isCancelled() && !told.over && reaches.getAsBoolean()) {",
                    "if (!told.over && reaches.getAsBoolean()) {"),
            new Bug(
                    "states-told-after-cancel",
                    "call/BaseCall",
                    "after a cancel no state is told but the end",
                    "if (isUndecided()) { told.listener.stateChanged(next); }",
                    "told.listener.stateChanged(next);"),
            new Bug(
                    "cancelled-future-cancels-no-call",
                    "call/BaseCall",
                    "cancelling a future of a call cancels the call",
                    "BaseCall.this.cancel(\"its future was cancelled\", \"a future\");",
                    "super.cancel(mayInterruptIfRunning);"),
            new Bug(
                    "end-is-told-to-no-one",
                    "call/ListenerLane",
                    "each listener is told the end",
                    "if (add(delivery, true) && !start()) { run(); }",
                    "add(delivery, true);"),
            new Bug(
                    "continuation-runs-inside-the-provider",
                    "call/CallEngine",
                    "continuations of users run on their own executor",
                    "executor.execute(guarded);",
                    "guarded.run();"),
            new Bug(
                    "child-outlives-its-parent",
                    "call/DefaultToolCall",
                    "a call that a tool made ends with the tool's call",
                    "child.cancel(\"its parent call ended\", \"its parent\");",
                    ""),
            new Bug(
                    "attempts-go-on-after-the-call",
                    "call/DefaultChatCall",
                    "a call that ends stops its attempts",
                    "if (series != null) { series.stop(); }",
                    ""),
            new Bug(
                    "child-has-a-deadline-of-its-own",
                    "context/CallContext",
                    "a child's deadline is no later than its parent's",
                    "deadline.earlierOf(childDeadline)",
                    "childDeadline"));

    private static final List<Bug> MODEL = List.of(
            new Bug(
                    "each-miss-asks-the-selector",
                    "model/CachingModelResolver",
                    "however many wait for a selection, it is made once",
                    "Load known = loads.putIfAbsent(request, load);",
                    "Load known = null;"),
            new Bug(
                    "failure-is-not-remembered",
                    "model/CachingModelResolver",
                    "a selection that fails is not repeated in a storm",
                    "FIRST_RETRY.multipliedBy(1L << Math.min(failed, MOST_DOUBLINGS))",
                    "Duration.ZERO"),
            new Bug(
                    "answer-is-not-kept",
                    "model/CachingModelResolver",
                    "an answer of the selector serves for a while",
                    "null, 0, FRESH)",
                    "null, 0, Duration.ZERO)"),
            new Bug(
                    "hung-selection-is-waited-for",
                    "model/CachingModelResolver",
                    "a selection that hangs is given up",
                    "() -> effects.run(() -> ended(null, new TimeoutException(\"no answer in \" + LOAD_LIMIT), seen))",
                    "() -> {}"));

    private static final List<Bug> ATTEMPT = List.of(
            new Bug(
                    "permit-is-kept",
                    "attempt/Attempt",
                    "an attempt that ends gives its permit back",
                    "permitRequest.cancel();",
                    ""),
            new Bug(
                    "back-off-holds-the-permit",
                    "attempt/Attempt",
                    "a call that backs off holds nothing",
                    "release(); } if (reply != null) {",
                    "if (failure == null || !failure.isRetryable()) { release(); } } if (reply != null) {"),
            new Bug(
                    "exchange-is-not-aborted",
                    "attempt/Attempt",
                    "an attempt that is stopped aborts its exchange",
                    "if (open != null) { abort(open); }",
                    ""),
            new Bug(
                    "attempt-ends-twice",
                    "attempt/Attempt",
                    "only the first end of an attempt counts",
                    "if (ended) { return; } ended = true; held = permit;",
                    "ended = true; held = permit;"),
            new Bug(
                    "nobody-watches-the-exchange",
                    "attempt/Attempt",
                    "an exchange that is silent is given up at its limit",
                    "watch = engine.scheduler().schedule(Duration.ofNanos(Math.max(0, dueNanos - now())), this::look);",
                    ""),
            new Bug(
                    "watch-waits-for-the-first-event",
                    "attempt/Attempt",
                    "after the first event the limit of silence counts",
                    "hasBegun = true; watchForSilence();",
                    "hasBegun = true;"),
            new Bug(
                    "opens-with-no-time-left",
                    "attempt/Attempt",
                    "no exchange is opened that has no time left",
                    "if (context.deadline().isExpired()) {",
                    "if (false) {"),
            new Bug(
                    "zombie-never-goes",
                    "attempt/Attempt",
                    "an aborted exchange counts until its provider reports its end, and no longer",
                    "engine.zombieGone(provider);",
                    ""),
            new Bug(
                    "stop-leaves-the-attempt",
                    "attempt/Attempts",
                    "when attempts are stopped none is open",
                    "if (attempt != null) { attempt.stop(); }",
                    ""),
            new Bug(
                    "backs-off-past-the-deadline",
                    "attempt/Attempts",
                    "no back-off begins for which there is no time",
                    "delay != null && fits(delay) && startsOver(failed, failure)",
                    "delay != null && startsOver(failed, failure)"));

    private static final List<Bug> PERMIT = List.of(
            new Bug(
                    "provider-limit-is-not-looked-at",
                    "permit/GrantOrder",
                    "no more is out than the provider's limit",
                    "if (free < 1 || (free == 1 &&",
                    "if ((free == 1 &&"),
            new Bug(
                    "model-limit-is-not-looked-at",
                    "permit/LaneGroup",
                    "no more is out than the model's limit",
                    "return level == null || level.free() >= 1;",
                    "return true;"),
            new Bug(
                    "budget-is-not-taken",
                    "permit/Rates",
                    "a grant takes from the provider's budget",
                    "RateWindow window = windows.get(i); window.take(amount(window, entry), now);",
                    ""),
            new Bug(
                    "session-limit-is-not-looked-at",
                    "permit/GrantOrder",
                    "no more is out than the session's limit",
                    "return lane.session().level.free() >= 1 && lane.share",
                    "return lane.share"),
            new Bug(
                    "pool-is-not-counted",
                    "permit/Ledger",
                    "a permit is a unit of the pool too",
                    "global.used += units;",
                    ""),
            new Bug(
                    "provider-unit-is-not-freed",
                    "permit/Lane",
                    "a return frees the unit at every level",
                    "provider.level.used += units;",
                    "provider.level.used += Math.max(0, units);"),
            new Bug(
                    "closed-twice-frees-twice",
                    "permit/Moves",
                    "a permit that is closed again frees nothing",
                    "case HELD -> {",
                    "case HELD, RETURNED -> {"),
            new Bug(
                    "return-wakes-nobody",
                    "permit/Moves",
                    "a unit that comes back goes to one who waits",
                    "if (ledger.waiting > 0) { grantAll(now); }",
                    ""),
            new Bug(
                    "cancelled-waiter-stays",
                    "permit/Moves",
                    "a request that is cancelled leaves the queue",
                    "case QUEUED -> left(entry, \"cancelled\", now);",
                    "case QUEUED -> {}"),
            new Bug(
                    "call-is-thought-to-hold",
                    "permit/Ledger",
                    "a call whose permit is back may have another one",
                    "live.remove(entry); count(lane, -1);",
                    "count(lane, -1);"),
            new Bug(
                    "paused-provider-grants",
                    "permit/GrantOrder",
                    "nothing is granted at a provider that is paused",
                    "if (!provider.isShut(now)) { return false; }",
                    "if (true) { return false; }"),
            new Bug(
                    "newcomer-unit-is-not-kept",
                    "permit/GrantOrder",
                    "the last unit goes to a session that has none",
                    "if (!ledger.limits.newcomerUnit() || level.limit < 2) {",
                    "if (true) {"),
            new Bug(
                    "overtaking-has-no-bound",
                    "permit/GrantOrder",
                    "a head is overtaken so often and no more",
                    "older.overtaken++;",
                    ""),
            new Bug(
                    "last-come-first-served",
                    "permit/Lane",
                    "within a lane who came first goes first",
                    "if (tail == null) { head = entry; overtaken = 0; } else { tail.next = entry; } tail = entry;",
                    "entry.previous = null; entry.next = head; overtaken = 0;"
                            + " if (head == null) { tail = entry; } else { head.previous = entry; } head = entry;"),
            new Bug(
                    "queue-of-a-session-has-no-end",
                    "permit/Refusals",
                    "no more requests of a session wait than may",
                    "if (ofSession >= limits.maxQueuedPerSession()) {",
                    "if (false) {"),
            new Bug(
                    "queue-of-the-pool-has-no-end",
                    "permit/Refusals",
                    "no more requests wait in all than may",
                    "} else if (inAll >= limits.maxQueued()) {",
                    "} else if (false) {"));

    private Bugs() {}

    static Stream<Bug> all() {
        return Stream.of(SESSION, CALL, MODEL, ATTEMPT, PERMIT).flatMap(List::stream);
    }
}
