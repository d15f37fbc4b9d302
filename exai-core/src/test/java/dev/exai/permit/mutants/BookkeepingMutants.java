package dev.exai.permit.mutants;

import java.util.List;

final class BookkeepingMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of("busy-session-forgotten", "a session that holds or waits is not forgotten", "kubernetes#140885")
                    .edit("Ledger", "if (!session.open && !session.isInUse() &&", "if (!session.open &&"),
            Mutant.of(
                            "idle-session-kept-for-ever",
                            "a session that has nothing and was not opened is forgotten",
                            "redisson#4100")
                    .edit("Ledger", "listOthers(lane); } dropIfIdle(lane.session());", "listOthers(lane); }"),
            Mutant.of(
                            "closed-session-goes-on-waiting",
                            "a session that closes takes its requests out of the queue",
                            "none on record")
                    .edit("Moves", "failAll(session, \"session \" + id, \"session closed\", now);", ""),
            Mutant.of(
                            "closed-session-asks-on",
                            "a session that was closed gets nothing while it still holds",
                            "none on record")
                    .edit(
                            "Refusals",
                            "if (lane.session().closed) {",
                            "if (lane.session().closed && lane.session().open) {"),
            Mutant.of(
                            "closed-session-counts-as-present",
                            "no unit is kept for a session that was closed",
                            "none on record")
                    .edit("Presence", "!session.closed && session.isInUse()", "session.isInUse()"),
            Mutant.of(
                            "ended-waiter-keeps-its-timer",
                            "who leaves the queue leaves nothing in the heap of deadlines",
                            "grpc/grpc-java#1308")
                    .edit("Ledger", "waits.remove(entry); live.remove(entry);", "live.remove(entry);"),
            Mutant.of(
                            "deadline-heap-does-not-sift-up",
                            "the first of the deadlines is the soonest, whoever was taken out",
                            "none on record")
                    .edit(
                            "KeyHeap",
                            "int above = placeUpFrom(place, key);",
                            "int above = this instanceof DueHeap ? place : placeUpFrom(place, key);"),
            Mutant.of(
                            "sooner-deadline-joins-the-run",
                            "the first of the deadlines is the soonest, in whatever order they came",
                            "none on record")
                    .edit("DueRun", "return size == 0 || dueNanos", "return true || dueNanos"),
            Mutant.of(
                            "left-deadlines-stay-in-the-way",
                            "who leaves the queue is not the next one whose time is over",
                            "none on record")
                    .edit("DueRun", "entries[firstIndex] == null) {", "false) {"),
            Mutant.of(
                            "deadlines-compared-as-numbers",
                            "deadlines are compared by their difference: the clock may wrap around",
                            "documented: System.nanoTime")
                    .edit(
                            "KeyHeap",
                            "long difference = key - keys[above];",
                            "long difference = Long.compare(key, keys[above]);"),
            Mutant.of(
                            "sooner-deadline-does-not-move-the-alarm",
                            "each request ends at its own deadline",
                            "kubernetes#119799")
                    .edit("Alarm", "if (atNanos - nanos <= 0) {", "if (atNanos != nanos || timer != null) {"),
            Mutant.of(
                            "wall-clock",
                            "time is that of the pool's own clock",
                            "read: Netflix concurrency-limits, BlockingLimiter; Redisson")
                    .edit(
                            "PermitPool",
                            "long now = scheduler.nanoTime();",
                            "long now = System.currentTimeMillis() * 1_000_000;"),
            Mutant.of(
                            "lane-before-the-last-joins-the-run",
                            "the first of the lanes is the next one, in whatever order they came",
                            "none on record")
                    .edit("LaneOrder", "return difference > 0 || (", "return true || ("),
            Mutant.of(
                            "lane-heap-does-not-sift-up",
                            "the first of the lanes is the next one, whoever was taken out",
                            "none on record")
                    .edit(
                            "KeyHeap",
                            "int above = placeUpFrom(place, key);",
                            "int above = this instanceof LaneHeap ? place : placeUpFrom(place, key);"),
            Mutant.of(
                            "lane-heap-follows-the-wrong-child",
                            "the first of the lanes is the next one, whoever has changed",
                            "none on record")
                    .edit(
                            "KeyHeap",
                            "if (difference < 0 || ",
                            "if ((this instanceof LaneHeap ? difference > 0 : difference < 0) || "),
            Mutant.of(
                            "lane-not-moved-after-its-turn",
                            "a lane that was served goes behind those that were not",
                            "none on record")
                    .edit("LaneGroup", "byArrival.moved(lane); classes[to].moved(lane);", "byArrival.moved(lane);"),
            Mutant.of(
                            "call-index-keeps-an-entry",
                            "a call that has ended may ask again",
                            "redisson#4100; BerriAI/litellm#20256")
                    .edit(
                            "CallIndex",
                            "if (other == entry) {",
                            "if (other == entry && entry.isIn(PermitRequest.State.NEW)) {"),
            Mutant.of(
                            "call-index-loses-entries-as-it-grows",
                            "a call that has a permit is known, however many others do",
                            "none on record")
                    .edit("CallIndex", "put(entry); entry = next;", "put(entry); entry = null;"),
            Mutant.of(
                            "closed-pool-keeps-its-timer",
                            "a pool that is closed leaves no timer behind",
                            "grpc/grpc-java#1308")
                    .edit(
                            "Moves",
                            "failAll(session, \"the permit pool\", \"pool closed\", now); } alarm.cancel();",
                            "failAll(session, \"the permit pool\", \"pool closed\", now); }"));

    private BookkeepingMutants() {}
}
