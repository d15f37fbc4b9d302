package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
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
        final String model;
        final int tokens;
        final long deadline;
        int overtaken;
        long grant;
        boolean delivered;
        boolean charged;
        boolean settled;

        Ask(String call, String session, String provider, String model, int tokens, long deadline) {
            this.call = call;
            this.session = session;
            this.provider = provider;
            this.model = model;
            this.tokens = tokens;
            this.deadline = deadline;
        }
    }

    /** What was taken of a budget, by whom, and when. */
    static final class Taken {
        final Ask ask;
        final RateBudget.Window window;
        final long at;
        long amount;

        Taken(Ask ask, RateBudget.Window window, long at, long amount) {
            this.ask = ask;
            this.window = window;
            this.at = at;
            this.amount = amount;
        }
    }

    /** What a provider, or one of its models, was found to allow. */
    static final class Found {
        int value;
        long raiseAt;
        long cutAtGrant;
        long quiet;
        boolean raised;
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
    final List<Taken> taken = new ArrayList<>();
    final Map<String, Found> found = new HashMap<>();
    long now;

    PoolModel(PermitLimits limits, List<String> providers) {
        this.limits = limits;
        this.providers.addAll(providers);
    }

    // ---- counting

    int configured(String provider) {
        return limits.provider(ProviderId.of(provider));
    }

    /** What holds now: what was configured, or what was found if that is less. */
    int limit(String provider) {
        return found.containsKey(provider)
                ? Math.min(configured(provider), found.get(provider).value)
                : configured(provider);
    }

    private Optional<Integer> configuredModel(Ask ask) {
        return ask.model == null ? Optional.empty() : limits.model(ProviderId.of(ask.provider), ask.model);
    }

    private static String levelOf(Ask ask) {
        return ask.provider + "/" + ask.model;
    }

    /** Its model, if that has a limit. */
    private String limitedModel(Ask ask) {
        return configuredModel(ask).isPresent() ? ask.model : "";
    }

    private boolean modelHasRoom(Ask ask) {
        int limit = configuredModel(ask).orElse(Integer.MAX_VALUE);
        if (found.containsKey(levelOf(ask))) {
            limit = Math.min(limit, found.get(levelOf(ask)).value);
        }
        return heldAtModel(ask) < limit;
    }

    private int heldAtModel(Ask ask) {
        return (int) held.stream()
                .filter(other -> other.provider.equals(ask.provider))
                .filter(other ->
                        !limitedModel(ask).isEmpty() && limitedModel(ask).equals(other.model))
                .count();
    }

    boolean sameLane(Ask a, Ask b) {
        return sameShare(a, b) && limitedModel(a).equals(limitedModel(b));
    }

    private static boolean sameShare(Ask a, Ask b) {
        return a.session.equals(b.session) && a.provider.equals(b.provider);
    }

    private int heldInShare(Ask ask) {
        return (int) held.stream().filter(other -> sameShare(other, ask)).count();
    }

    int heldAt(String provider) {
        return (int) held.stream().filter(ask -> ask.provider.equals(provider)).count();
    }

    int heldBy(String session) {
        return (int) held.stream().filter(ask -> ask.session.equals(session)).count();
    }

    int heldInLane(Ask lane) {
        return (int) held.stream().filter(ask -> sameLane(ask, lane)).count();
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
            mostEverAllowed.merge(provider, configured(provider), Math::max);
        }
        everShrunk = true;
        boolean otherModels = !limits.limitedModels().equals(newLimits.limitedModels());
        Map<Ask, Integer> served = new HashMap<>();
        waiting.forEach(ask -> served.put(ask, lastServed(ask)));
        held.forEach(ask -> served.put(ask, lastServed(ask)));
        limits = newLimits;
        if (otherModels) {
            waiting.forEach(ask -> ask.overtaken = 0);
            found.keySet().removeIf(level -> level.contains("/"));
            sessions.values().forEach(session -> session.lastServed.clear());
            served.forEach((ask, last) -> known(ask.session).lastServed.merge(laneOf(ask), last, Math::max));
        }
    }

    private String laneOf(Ask ask) {
        return ask.provider + "/" + limitedModel(ask);
    }

    private int lastServed(Ask ask) {
        return known(ask.session).lastServed.getOrDefault(laneOf(ask), 0);
    }

    // ---- budgets

    private List<RateBudget.Window> windows(String provider) {
        return limits.rate(ProviderId.of(provider)).map(RateBudget::windows).orElse(List.of());
    }

    private static long amount(RateBudget.Window window, Ask ask) {
        return window.kind() == RateBudget.Kind.REQUESTS ? 1 : Math.min(ask.tokens, window.limit());
    }

    private boolean budgetHas(String provider, Ask ask) {
        return windows(provider).stream()
                .allMatch(window ->
                        used(provider, window) + Math.max(1, ask == null ? 1 : amount(window, ask)) <= window.limit());
    }

    private long used(String provider, RateBudget.Window window) {
        return taken.stream()
                .filter(one -> one.ask.provider.equals(provider) && one.window.equals(window))
                .filter(one -> one.at + window.length().toSeconds() > now)
                .mapToLong(one -> one.amount)
                .sum();
    }

    void settle(Ask ask, int tokens) {
        boolean actual = limits.rate(ProviderId.of(ask.provider))
                .map(budget -> budget.charge() == RateBudget.Charge.ACTUAL)
                .orElse(false);
        if (!actual || !ask.charged || !ask.delivered || ask.settled) {
            return;
        }
        ask.settled = true;
        for (RateBudget.Window window : windows(ask.provider)) {
            if (window.kind() == RateBudget.Kind.TOKENS) {
                long asked = amount(window, ask);
                if (tokens > asked) {
                    taken.add(new Taken(ask, window, now, tokens - asked));
                } else {
                    giveBack(ask, window, asked - tokens);
                }
            }
        }
    }

    private void giveBack(Ask ask, RateBudget.Window window, long amount) {
        taken.stream()
                .filter(one -> one.ask == ask && one.window.equals(window))
                .filter(one -> one.at + window.length().toSeconds() > now)
                .findFirst()
                .ifPresent(one -> one.amount -= amount);
    }

    // ---- what providers are found to allow

    void congested(Ask ask) {
        boolean ofModel = configuredModel(ask).isPresent();
        String level = ofModel ? levelOf(ask) : ask.provider;
        int configured = ofModel ? configuredModel(ask).get() : configured(ask.provider);
        int inUse = ofModel ? heldAtModel(ask) : heldAt(ask.provider);
        Found known = found.get(level);
        if (!held.contains(ask) || (known != null && ask.grant <= known.cutAtGrant)) {
            return;
        }
        int before = known == null ? configured : Math.min(configured, known.value);
        if (known == null) {
            known = new Found();
            known.quiet = limits.ceilingProbe().toSeconds();
            found.put(level, known);
        } else if (known.raised) {
            known.quiet = Math.min(8 * limits.ceilingProbe().toSeconds(), 2 * known.quiet);
        }
        int floor = Math.min(limits.ceilingFloor(), before);
        int sevenTenths = Math.max(1, Math.min(before, inUse)) * 7 / 10;
        known.value = Math.max(1, Math.min(before, Math.max(floor, sevenTenths)));
        known.cutAtGrant = granted.size();
        known.raised = false;
        known.raiseAt = now + known.quiet;
    }

    private void raise() {
        found.entrySet().removeIf(entry -> {
            Found known = entry.getValue();
            if (known.raiseAt > now) {
                return false;
            }
            if (known.value >= configuredLevel(entry.getKey())) {
                return true;
            }
            if (known.raised) {
                known.quiet = limits.ceilingProbe().toSeconds();
            }
            known.raised = true;
            known.value++;
            known.raiseAt = now + known.quiet;
            return false;
        });
    }

    private int configuredLevel(String level) {
        int slash = level.indexOf('/');
        return slash < 0
                ? configured(level)
                : limits.model(ProviderId.of(level.substring(0, slash)), level.substring(slash + 1))
                        .orElseThrow();
    }

    int mostEverAllowed(String provider) {
        return Math.max(configured(provider), mostEverAllowed.getOrDefault(provider, 0));
    }

    void pause(String provider, long seconds) {
        pausedUntil.merge(provider, now + seconds, Math::max);
    }

    void resume(String provider) {
        pausedUntil.remove(provider);
    }

    /** Whether nobody is let in at a provider, whoever asks. */
    private boolean isShut(Ask ask) {
        return pausedUntil.containsKey(ask.provider) || !budgetHas(ask.provider, null);
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
            if (ask.charged && !ask.delivered) {
                windows(ask.provider).forEach(window -> giveBack(ask, window, amount(window, ask)));
            }
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
        raise();
        forget();
    }

    /** Grants all that can be granted; returns it in order. */
    List<Ask> grantAll() {
        List<Ask> done = new ArrayList<>();
        for (Optional<Ask> next = next(); next.isPresent(); next = next()) {
            Ask ask = next.get();
            List<Ask> overtaken =
                    heads().stream().filter(head -> isOvertaken(head, ask)).toList();
            overtaken.forEach(head -> head.overtaken++);
            waiting.remove(ask);
            held.add(ask);
            granted.add(ask.call);
            ask.grant = granted.size();
            known(ask.session).lastServed.put(laneOf(ask), granted.size());
            for (RateBudget.Window window : windows(ask.provider)) {
                taken.add(new Taken(ask, window, now, amount(window, ask)));
                ask.charged = true;
            }
            done.add(ask);
        }
        return done;
    }

    // ---- who is next

    /** The first of each lane: first come, first served within it. */
    List<Ask> heads() {
        List<Ask> heads = new ArrayList<>();
        for (Ask ask : waiting) {
            if (heads.stream().noneMatch(head -> sameLane(head, ask))) {
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
        taken.forEach(one -> moments.add(one.at + one.window.length().toSeconds()));
        found.values().forEach(level -> moments.add(level.raiseAt));
        sessions.values().forEach(session -> moments.add(session.lastActive + FIVE_MINUTES));
        return moments.stream()
                .filter(moment -> moment > now && moment <= until)
                .min(Comparator.naturalOrder());
    }

    private Optional<Ask> next() {
        List<Ask> heads = heads();
        // The oldest that has been overtaken too often goes next, whatever is kept for newcomers.
        List<Ask> due = due(heads);
        Optional<Ask> oldestDue = due.stream()
                .filter(this::modelHasRoom)
                .filter(head -> due.stream()
                                .filter(this::modelHasRoom)
                                .filter(other -> other.provider.equals(head.provider))
                                .findFirst()
                                .orElseThrow()
                        == head)
                .filter(head -> !isShut(head))
                .filter(this::hasRoomAsDue)
                .filter(head -> budgetHas(head.provider, head))
                .findFirst();
        if (oldestDue.isPresent()) {
            return oldestDue;
        }
        boolean scarce = globalIsScarce(heads);
        List<Ask> turns = heads.stream()
                .filter(head -> due.stream().noneMatch(other -> isHeldUpBy(head, other, due)))
                .filter(this::fits)
                .sorted(order(scarce))
                .toList();
        // Whoever's turn it is at a provider waits for the tokens that it asks for, and nobody there passes it.
        return turns.stream()
                .filter(head -> turns.stream()
                                .filter(other -> other.provider.equals(head.provider))
                                .findFirst()
                                .orElseThrow()
                        == head)
                .filter(head -> budgetHas(head.provider, head))
                .findFirst();
    }

    private List<Ask> due(List<Ask> heads) {
        return heads.stream()
                .filter(this::sessionHasRoom)
                .filter(head -> head.overtaken >= limits.bypassFactor() * limit(head.provider))
                .toList();
    }

    /** Whether the one whose turn it is where a head waits lacks tokens: then nobody there goes. */
    private boolean waitsForTokens(Ask head) {
        List<Ask> there = heads().stream()
                .filter(other -> other.provider.equals(head.provider))
                .toList();
        List<Ask> due = due(there);
        Optional<Ask> oldestDue = due.stream().filter(this::modelHasRoom).findFirst();
        Optional<Ask> turn = oldestDue.isPresent()
                ? oldestDue
                : there.stream()
                        .filter(other -> due.stream().noneMatch(held -> isHeldUpBy(other, held, due)))
                        .filter(this::fits)
                        .min(order(globalIsScarce(heads())));
        return turn.isPresent() && !budgetHas(head.provider, turn.get());
    }

    /** Until the overdue one goes, nothing is granted that could be granted to it. */
    private boolean isHeldUpBy(Ask head, Ask due, List<Ask> allDue) {
        if (head.provider.equals(due.provider)) {
            return modelHasRoom(due) || limitedModel(head).equals(limitedModel(due));
        }
        boolean isOldestThere = allDue.stream()
                        .filter(other -> other.provider.equals(due.provider))
                        .filter(this::modelHasRoom)
                        .findFirst()
                        .orElse(null)
                == due;
        boolean lacksGlobalOnly = isOldestThere
                && !isShut(due)
                && budgetHas(due.provider, due)
                && heldAt(due.provider) < limit(due.provider)
                && !hasRoomAsDue(due);
        boolean takesItsProvidersOwnUnit = globalIsBelowSum() && heldAt(head.provider) == 0;
        return lacksGlobalOnly && !takesItsProvidersOwnUnit;
    }

    /** A grant overtakes those who came first and whom it takes something from that they could have had. */
    private boolean isOvertaken(Ask head, Ask granted) {
        boolean cameFirst = waiting.indexOf(head) < waiting.indexOf(granted);
        boolean sameProvider = head.provider.equals(granted.provider);
        boolean sameUnits = sameProvider && limitedModel(head).equals(limitedModel(granted));
        boolean couldGo =
                !isShut(head) && !waitsForTokens(head) && budgetHas(head.provider, head) && hasRoomAsDue(head);
        boolean competes = sameUnits || (modelHasRoom(head) && (sameProvider || couldGo));
        return cameFirst && sessionHasRoom(head) && competes;
    }

    private boolean sessionHasRoom(Ask ask) {
        return heldBy(ask.session) < limits.session(SessionId.of(ask.session))
                && heldInShare(ask) < limits.sessionAt(ProviderId.of(ask.provider));
    }

    private boolean hasRoomAsDue(Ask ask) {
        int freeAtProvider = limit(ask.provider) - heldAt(ask.provider);
        int freeInAll = limits.global() - held.size();
        return freeAtProvider >= 1 && freeInAll - keptForIdleProviders(ask) >= 1;
    }

    private boolean fits(Ask ask) {
        int freeAtProvider = limit(ask.provider) - heldAt(ask.provider);
        int freeInAll = limits.global() - held.size() - keptForIdleProviders(ask);
        if (heldInShare(ask) > 0 && keepsNewcomerUnit(limit(ask.provider), ask.session)) {
            freeAtProvider--;
        }
        if (heldBy(ask.session) > 0 && keepsNewcomerUnit(limits.global(), ask.session)) {
            freeInAll--;
        }
        return !isShut(ask) && sessionHasRoom(ask) && modelHasRoom(ask) && freeAtProvider >= 1 && freeInAll >= 1;
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
                .filter(head -> !isShut(head))
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
        Comparator<Ask> leastRecentlyServed = Comparator.comparingInt(this::lastServed);
        Comparator<Ask> firstCome = Comparator.comparingInt(waiting::indexOf);
        Comparator<Ask> byLane = leastInLane.thenComparing(leastRecentlyServed).thenComparing(firstCome);
        return globalIsScarce ? leastInTotal.thenComparing(byLane) : byLane;
    }
}
