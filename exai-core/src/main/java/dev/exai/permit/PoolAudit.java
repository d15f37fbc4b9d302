package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        SUSPECT
    }

    /** A permit that is out, and who has it. Immutable. */
    public static final class Holder {
        private final Status status;
        private final PermitPath path;
        private final CallContext context;
        private final Duration age;

        private Holder(Status status, PermitPath path, CallContext context, Duration age) {
            this.status = status;
            this.path = path;
            this.context = context;
            this.age = age;
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
        Map<Lane, Integer> byLane = new HashMap<>();
        Map<SessionState, Integer> bySession = new HashMap<>();
        Map<ProviderState, Integer> byProvider = new HashMap<>();
        ledger.forEachHolder(request -> {
            boolean overdue = request.suspect || request.context.deadline().atNanos() - now < 0;
            holders.add(new Holder(
                    overdue ? Status.SUSPECT : Status.HELD,
                    request.path(),
                    request.context,
                    Duration.ofNanos(now - request.heldSinceNanos)));
            byLane.merge(request.lane(), 1, Integer::sum);
            bySession.merge(request.lane().session, 1, Integer::sum);
            byProvider.merge(request.lane().provider, 1, Integer::sum);
        });
        List<String> problems = new ArrayList<>();
        check(problems, "global", ledger.global.used, holders.size());
        check(
                problems,
                "grants less returns and revocations",
                (int) (ledger.granted - ledger.returned - ledger.revoked),
                holders.size());
        for (ProviderState provider : ledger.providers.values()) {
            check(problems, provider.level.name, provider.level.used, byProvider.getOrDefault(provider, 0));
        }
        int waiting = 0;
        for (SessionState session : ledger.sessions.values()) {
            check(problems, session.level.name, session.level.used, bySession.getOrDefault(session, 0));
            for (Lane lane : session.lanes.values()) {
                check(problems, lane.path.toString(), lane.used, byLane.getOrDefault(lane, 0));
                waiting += queued(problems, lane);
            }
        }
        check(problems, "waiting", ledger.waiting, waiting);
        check(problems, "deadlines", ledger.deadlines.size(), waiting + holders.size());
        bySession.keySet().stream()
                .filter(session -> ledger.sessions.get(session.id) != session)
                .forEach(session -> problems.add("session " + session.id + " holds permits but is forgotten"));
        if (couldGrant) {
            problems.add("a waiting request could be granted and is not");
        }
        return new PoolAudit(holders, problems);
    }

    private static int queued(List<String> problems, Lane lane) {
        int count = 0;
        for (PermitRequest request = lane.head; request != null; request = request.next) {
            count++;
        }
        check(problems, "waiting in " + lane.path, lane.waiting, count);
        if (lane.provider.backlog.contains(lane) != (count > 0)) {
            problems.add("backlog of " + lane.path.provider() + " is wrong about " + lane.path);
        }
        return count;
    }

    private static void check(List<String> problems, String what, int counted, int found) {
        if (counted != found) {
            problems.add(what + ": counted " + counted + ", found " + found);
        }
    }

    /** {@return the permits that are out, and who has them} */
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
                .append(holders.size())
                .append(" held");
        problems.forEach(problem -> text.append("\n  ! ").append(problem));
        holders.forEach(holder -> text.append("\n  ").append(holder));
        return text.toString();
    }
}
