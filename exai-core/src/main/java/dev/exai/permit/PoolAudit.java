package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A recount of a pool from the permits that are out. Immutable.
 *
 * <p>A permit in use is not a leak: it is {@link Status#HELD} and named. What the counts say must equal what the
 * holders add up to; where it does not, {@link #problems} says so.
 */
public final class PoolAudit {
    /** How a permit that is out stands. */
    public enum Status {
        /** In use, before its call's deadline. */
        HELD,
        /** Out beyond its call's deadline, or untouched for too long: its owner should have given it back. */
        SUSPECT,
        /** Nobody can give it back any more; it is about to be reclaimed. */
        LOST,
        /** Taken back from an owner who has not given it up yet. It holds no unit. */
        REVOKED
    }

    /** A permit that is out, or was revoked, and who has it. Immutable. */
    public static final class Holder {
        private final Status status;
        private final PermitPath path;
        private final CallContext context;
        private final Duration age;

        private Holder(Status status, Entry entry, long now) {
            this.status = status;
            this.path = entry.path;
            this.context = entry.context;
            this.age = Duration.ofNanos(now - entry.sinceNanos);
        }

        /** {@return how it stands} */
        public Status status() {
            return status;
        }

        /** {@return the session} */
        public SessionId session() {
            return path.session();
        }

        /** {@return the provider} */
        public ProviderId provider() {
            return path.provider();
        }

        /** {@return the model, if the path of the permit names one} */
        public Optional<String> model() {
            return path.model();
        }

        /** {@return the call} */
        public CallId call() {
            return context.callId();
        }

        /** {@return what the call asks, in a word or two} */
        public String label() {
            return context.label();
        }

        /** {@return how long it has been out} */
        public Duration age() {
            return age;
        }

        /** {@return the thread that asked, by name} */
        public String thread() {
            return context.origin().threadName();
        }

        /** {@return the place in the code that asked} */
        public String site() {
            return context.origin().site();
        }

        @Override
        public String toString() {
            return status + " " + path + " by " + context + " for " + age.toMillis() + " ms, from " + site() + " on "
                    + thread();
        }
    }

    private final List<Holder> holders;
    private final List<String> problems;

    private PoolAudit(List<Holder> holders, List<String> problems) {
        this.holders = List.copyOf(holders);
        this.problems = List.copyOf(problems);
    }

    /** Recounts; the caller holds the pool's lock. */
    static PoolAudit of(Ledger ledger, boolean couldGrant, long now) {
        List<Holder> holders = new ArrayList<>();
        Map<Level, Integer> byLevel = new HashMap<>();
        Map<Lane, Integer> byLane = new HashMap<>();
        ledger.forEachHolder(entry -> {
            holders.add(new Holder(statusOf(entry, now), entry, now));
            Lane lane = entry.lane();
            byLane.merge(lane, 1, Integer::sum);
            Stream.of(ledger.global, lane.provider().level, lane.session().level, lane.share.level)
                    .forEach(level -> byLevel.merge(level, 1, Integer::sum));
            if (lane.group.level != null) {
                byLevel.merge(lane.group.level, 1, Integer::sum);
            }
        });
        int held = holders.size();
        List<String> problems = new ArrayList<>();
        check(problems, ledger.global, byLevel);
        long out = ledger.granted - ledger.returned - ledger.revoked - ledger.reclaimed;
        check(problems, "grants less returns, revocations and reclaims", (int) out, held);
        int waiting = 0;
        Set<Lane> known = new HashSet<>();
        for (SessionState session : ledger.sessions.values()) {
            check(problems, session.level, byLevel);
            for (Share share : session.shares) {
                check(problems, share.level, byLevel);
                for (Lane lane : share.lanes) {
                    known.add(lane);
                    check(problems, "held in " + lane, lane.used, byLane.getOrDefault(lane, 0));
                    waiting += queued(problems, lane);
                }
            }
        }
        int numbered = 0;
        for (ProviderState provider : ledger.providers) {
            check(problems, provider.level, byLevel);
            provider.rates.problems().forEach(problem -> problems.add(provider.id + ": " + problem));
            for (LaneGroup group : provider.groups) {
                numbered += group.numbers.size();
                if (group.level != null) {
                    check(problems, group.level, byLevel);
                }
            }
        }
        check(problems, "lanes", numbered, known.size());
        check(problems, "waiting", ledger.waiting, waiting);
        check(problems, "deadlines", ledger.waits.size(), waiting);
        check(problems, "calls", ledger.live.size(), waiting + held);
        byLane.keySet().stream()
                .filter(lane -> !known.contains(lane))
                .forEach(lane -> problems.add(lane + " holds permits but is forgotten"));
        if (couldGrant) {
            problems.add("a waiting request could be granted and is not");
        }
        ledger.zombies.forEach(entry -> holders.add(new Holder(Status.REVOKED, entry, now)));
        return new PoolAudit(holders, problems);
    }

    private static Status statusOf(Entry entry, long now) {
        if (entry.isLost()) {
            return Status.LOST;
        }
        boolean overdue = entry.isSuspect() || entry.context.deadline().atNanos() - now < 0;
        return overdue ? Status.SUSPECT : Status.HELD;
    }

    private static void check(List<String> problems, Level level, Map<Level, Integer> found) {
        check(problems, level.name, level.used, found.getOrDefault(level, 0));
    }

    private static int queued(List<String> problems, Lane lane) {
        int count = 0;
        for (Entry entry = lane.head; entry != null; entry = entry.next) {
            count++;
        }
        check(problems, "waiting in " + lane, lane.waiting, count);
        if ((lane.listedIn >= 0) != lane.isReady() || lane.group.byArrival.contains(lane) != lane.isReady()) {
            problems.add(lane + " is listed as if it were " + (lane.isReady() ? "not " : "") + "ready");
        }
        if (lane.isReady() && lane.listedIn != LaneGroup.classOf(lane)) {
            problems.add(lane + " is listed in class " + lane.listedIn);
        }
        return count;
    }

    private static void check(List<String> problems, String what, int counted, int found) {
        if (counted != found) {
            problems.add(what + ": counted " + counted + ", found " + found);
        }
    }

    /** {@return the permits that are out, and who has them; and the revoked ones that were not given back yet} */
    public List<Holder> holders() {
        return holders;
    }

    /** {@return where counts and holders disagree; empty if the pool is whole} */
    public List<String> problems() {
        return problems;
    }

    /** {@return whether every count equals what the holders add up to} */
    public boolean isWhole() {
        return problems.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("PoolAudit: ")
                .append(problems.isEmpty() ? "whole, " : "BROKEN, ")
                .append(holders.stream()
                        .filter(holder -> holder.status != Status.REVOKED)
                        .count())
                .append(" held");
        problems.forEach(problem -> text.append("\n  ! ").append(problem));
        holders.forEach(holder -> text.append("\n  ").append(holder));
        return text.toString();
    }
}
