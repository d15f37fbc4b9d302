package dev.exai.permit;

import dev.exai.context.ProviderId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of fairness once more, written down from the design page as plainly as possible: lists that are searched
 * from the start, nothing remembered that can be counted. Slow, and simple enough to be believed.
 */
final class PoolModel {
    static final long FIVE_MINUTES = 300;

    /** How long a permit may be out beyond its call's deadline. */
    static final long GRACE = 30;

    /** A request: waits or holds. Times are in seconds since the start. */
    static final class Ask {
        final String call;
        final String session;
        final String provider;
        final long deadline;
        int overtaken;

        Ask(String call, String session, String provider, long deadline) {
            this.call = call;
            this.session = session;
            this.provider = provider;
            this.deadline = deadline;
        }

        boolean isInLaneOf(Ask other) {
            return session.equals(other.session) && provider.equals(other.provider);
        }
    }

    /** What is remembered of a session. */
    static final class Known {
        boolean open;
        boolean closed;
        int weight = 1;
        long lastActive;
        final Map<String, Integer> lastServed = new HashMap<>();
    }

    PermitLimits limits;

    /** The most that was ever allowed at a provider: a head that was overtaken often under it stays so. */
    final Map<String, Integer> mostEverAllowed = new HashMap<>();

    final Map<String, Long> pausedUntil = new HashMap<>();
    boolean everShrunk;
    final List<String> providers = new ArrayList<>();
    final Map<String, Known> sessions = new LinkedHashMap<>();
    final List<Ask> waiting = new ArrayList<>();
    final List<Ask> held = new ArrayList<>();
    final List<String> granted = new ArrayList<>();
    long now;

    PoolModel(PermitLimits limits, List<String> providers) {
        this.limits = limits;
        this.providers.addAll(providers);
    }

    // ---- counting

    int limit(String provider) {
        return limits.provider(ProviderId.of(provider));
    }

    int heldAt(String provider) {
        return (int) held.stream().filter(ask -> ask.provider.equals(provider)).count();
    }

    int heldBy(String session) {
        return (int) held.stream().filter(ask -> ask.session.equals(session)).count();
    }

    int heldInLane(Ask lane) {
        return (int) held.stream().filter(ask -> ask.isInLaneOf(lane)).count();
    }

    int waitingOf(String session) {
        return (int) waiting.stream().filter(ask -> ask.session.equals(session)).count();
    }

    private Known known(String session) {
        return sessions.computeIfAbsent(session, name -> new Known());
    }

    /** A session nobody opened, or one that was closed, is forgotten when it has nothing any more. */
    private void forget() {
        sessions.entrySet()
                .removeIf(entry ->
                        !entry.getValue().open && heldBy(entry.getKey()) == 0 && waitingOf(entry.getKey()) == 0);
    }

    // ---- what happens

    void open(String session, int weight) {
        Known known = known(session);
        known.open = true;
        known.closed = false;
        known.weight = weight;
        known.lastActive = now;
    }

    void close(String session) {
        if (sessions.containsKey(session)) {
            known(session).open = false;
            known(session).closed = true;
            waiting.removeIf(ask -> ask.session.equals(session));
            forget();
        }
    }

    boolean isClosed(String session) {
        return sessions.containsKey(session) && known(session).closed;
    }

    void resize(PermitLimits newLimits) {
        for (String provider : providers) {
            mostEverAllowed.merge(provider, limit(provider), Math::max);
        }
        everShrunk = true;
        limits = newLimits;
    }

    int mostEverAllowed(String provider) {
        return Math.max(limit(provider), mostEverAllowed.getOrDefault(provider, 0));
    }

    void pause(String provider, long seconds) {
        pausedUntil.merge(provider, now + seconds, Math::max);
    }

    void resume(String provider) {
        pausedUntil.remove(provider);
    }

    private boolean isPaused(Ask ask) {
        return pausedUntil.containsKey(ask.provider);
    }

    void enqueue(Ask ask) {
        known(ask.session).lastActive = now;
        if (!providers.contains(ask.provider)) {
            providers.add(ask.provider);
        }
        waiting.add(ask);
    }

    /** Takes a request out, whether it waits or holds. */
    void end(Ask ask) {
        waiting.remove(ask);
        if (held.remove(ask)) {
            known(ask.session).lastActive = now;
        }
        forget();
    }

    void expire() {
        waiting.removeIf(ask -> ask.deadline <= now);
        for (Ask ask : List.copyOf(held)) {
            if (ask.deadline + GRACE <= now) {
                end(ask); // revoked
            }
        }
        pausedUntil.values().removeIf(until -> until <= now);
        forget();
    }

    /** Grants all that can be granted; returns it in order. */
    List<Ask> grantAll() {
        List<Ask> done = new ArrayList<>();
        for (Optional<Ask> next = next(); next.isPresent(); next = next()) {
            Ask ask = next.get();
            for (Ask head : heads()) {
                if (isOvertaken(head, ask)) {
                    head.overtaken++;
                }
            }
            waiting.remove(ask);
            held.add(ask);
            granted.add(ask.call);
            known(ask.session).lastServed.put(ask.provider, granted.size());
            done.add(ask);
        }
        return done;
    }

    // ---- who is next

    /** The first of each lane: first come, first served within it. */
    List<Ask> heads() {
        List<Ask> heads = new ArrayList<>();
        for (Ask ask : waiting) {
            if (heads.stream().noneMatch(ask::isInLaneOf)) {
                heads.add(ask);
            }
        }
        return heads;
    }

    /** The moments up to the given one at which time alone may change something. */
    Optional<Long> nextMoment(long until) {
        Set<Long> moments = new HashSet<>();
        waiting.forEach(ask -> moments.add(ask.deadline));
        held.forEach(ask -> moments.add(ask.deadline + GRACE));
        moments.addAll(pausedUntil.values());
        sessions.values().forEach(session -> moments.add(session.lastActive + FIVE_MINUTES));
        return moments.stream()
                .filter(moment -> moment > now && moment <= until)
                .min(Comparator.naturalOrder());
    }

    private Optional<Ask> next() {
        List<Ask> heads = heads();
        // The oldest that has been overtaken too often goes next, whatever is kept for newcomers.
        List<Ask> due = heads.stream()
                .filter(this::sessionHasRoom)
                .filter(head -> !isPaused(head))
                .filter(head -> head.overtaken >= limits.bypassFactor() * limit(head.provider))
                .toList();
        Optional<Ask> oldestDue = due.stream()
                .filter(head -> due.stream()
                                .filter(other -> other.provider.equals(head.provider))
                                .findFirst()
                                .orElseThrow()
                        == head)
                .filter(this::hasRoomAsDue)
                .findFirst();
        if (oldestDue.isPresent()) {
            return oldestDue;
        }
        boolean scarce = globalIsScarce(heads);
        return heads.stream()
                .filter(head -> due.stream().noneMatch(other -> isHeldUpBy(head, other)))
                .filter(this::fits)
                .min(order(scarce));
    }

    /** Until the overdue one goes, nothing is granted that could be granted to it. */
    private boolean isHeldUpBy(Ask head, Ask due) {
        if (head.provider.equals(due.provider)) {
            return true;
        }
        boolean dueLacksGlobalOnly = heldAt(due.provider) < limit(due.provider);
        boolean takesItsProvidersOwnUnit = globalIsBelowSum() && heldAt(head.provider) == 0;
        return dueLacksGlobalOnly && !takesItsProvidersOwnUnit;
    }

    /** A grant overtakes those who came first and whom it takes something from that they could have had. */
    private boolean isOvertaken(Ask head, Ask granted) {
        boolean cameFirst = waiting.indexOf(head) < waiting.indexOf(granted);
        boolean competes = head.provider.equals(granted.provider) || (!isPaused(head) && hasRoomAsDue(head));
        return cameFirst && sessionHasRoom(head) && competes;
    }

    private boolean sessionHasRoom(Ask ask) {
        return heldBy(ask.session) < limits.session();
    }

    private boolean hasRoomAsDue(Ask ask) {
        int freeAtProvider = limit(ask.provider) - heldAt(ask.provider);
        int freeInAll = limits.global() - held.size();
        return freeAtProvider >= 1 && freeInAll - keptForIdleProviders(ask) >= 1;
    }

    private boolean fits(Ask ask) {
        int freeAtProvider = limit(ask.provider) - heldAt(ask.provider);
        int freeInAll = limits.global() - held.size() - keptForIdleProviders(ask);
        if (heldInLane(ask) > 0 && keepsNewcomerUnit(limit(ask.provider), ask.session)) {
            freeAtProvider--;
        }
        if (heldBy(ask.session) > 0 && keepsNewcomerUnit(limits.global(), ask.session)) {
            freeInAll--;
        }
        return !isPaused(ask) && sessionHasRoom(ask) && freeAtProvider >= 1 && freeInAll >= 1;
    }

    private boolean globalIsBelowSum() {
        return limits.global() < providers.stream().mapToInt(this::limit).sum();
    }

    private int keptForIdleProviders(Ask ask) {
        if (!globalIsBelowSum() || heldAt(ask.provider) == 0) {
            return 0;
        }
        return (int) providers.stream().filter(name -> heldAt(name) == 0).count();
    }

    private boolean keepsNewcomerUnit(int limit, String session) {
        if (!limits.newcomerUnit() || limit == 1) {
            return false;
        }
        return limit >= 3
                || sessions.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(session))
                        .anyMatch(entry -> isPresent(entry.getKey(), entry.getValue()));
    }

    private boolean isPresent(String name, Known session) {
        boolean inUse = heldBy(name) > 0 || waitingOf(name) > 0;
        boolean lately = session.open && now < session.lastActive + FIVE_MINUTES;
        return !session.closed && (inUse || lately);
    }

    /** Global is what is scarce if it has fewer free units than the providers that somebody waits for. */
    private boolean globalIsScarce(List<Ask> heads) {
        int freeAtProviders = heads.stream()
                .filter(head -> !isPaused(head))
                .map(head -> head.provider)
                .distinct()
                .mapToInt(name -> Math.max(0, limit(name) - heldAt(name)))
                .sum();
        return limits.global() - held.size() < freeAtProviders;
    }

    private Comparator<Ask> order(boolean globalIsScarce) {
        Comparator<Ask> leastInTotal =
                Comparator.comparingDouble(ask -> (double) heldBy(ask.session) / sessions.get(ask.session).weight);
        Comparator<Ask> leastInLane =
                Comparator.comparingDouble(ask -> (double) heldInLane(ask) / sessions.get(ask.session).weight);
        Comparator<Ask> leastRecentlyServed = Comparator.comparingInt(
                ask -> sessions.get(ask.session).lastServed.getOrDefault(ask.provider, 0));
        Comparator<Ask> firstCome = Comparator.comparingInt(waiting::indexOf);
        Comparator<Ask> byLane = leastInLane.thenComparing(leastRecentlyServed).thenComparing(firstCome);
        return globalIsScarce ? leastInTotal.thenComparing(byLane) : byLane;
    }
}
