package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.CallId;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.SessionClosedException;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pool where one level has two units. The holder and another have them; the waiter waits for one, and the next one
 * behind it. Two threads then do things to them at once.
 */
final class RaceScene {
    /** Which level has two units; the others have plenty. */
    enum Scarce {
        GLOBAL,
        PROVIDER,
        MODEL,
        SESSION,
        SHARE,
        /** The provider, which has a budget of tokens as well. */
        METERED
    }

    /** Who of them is in a hurry. */
    enum Hasty {
        NOBODY,
        HOLDER,
        WAITER
    }

    /** The deadline of who is in a hurry; then its owner is told, if it holds; then its permit is revoked. */
    static final Duration DEADLINE = Duration.ofMinutes(1);

    static final Duration OVERDUE = DEADLINE.plusSeconds(5);
    static final Duration REVOKED = DEADLINE.plusSeconds(30);

    static final ProviderId GLM = ProviderId.of("glm");
    private static final String MODEL = "m";
    private static final int BUDGET = 1000;

    final FakeScheduler clock = new FakeScheduler();
    final PermitPool pool;
    final RaceStamps stamps;
    final RaceParty holder;
    final RaceParty other;
    final RaceParty waiter;
    final RaceParty next;
    final RaceParty newcomer;

    private final Scarce scarce;
    private final List<ExaiEvent> events = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean rejects;
    private volatile boolean closed;
    private volatile @Nullable Thread closer;

    /**
     * Sets the scene.
     *
     * @param blocking whether the waiter is a thread that waits, not a listener
     */
    RaceScene(Scarce scarce, Hasty hasty, boolean blocking, RaceStamps stamps, Probe probe) {
        this.scarce = scarce;
        this.stamps = stamps;
        this.pool = PermitPool.builder(limits(2).build(), clock)
                .executor(this::execute)
                .events(events::add)
                .probe(probe)
                .build();
        holder = party("holder", "h", hasty == Hasty.HOLDER);
        other = party("other", "g", false);
        waiter = party("waiter", "w", hasty == Hasty.WAITER);
        next = party("next", "n", false);
        newcomer = party("newcomer", "x", false);
        holder.ask();
        other.ask();
        if (blocking) {
            waiter.askAndWait();
        } else {
            waiter.ask();
        }
        next.ask();
        assertThat(parties())
                .extracting(RaceParty::state)
                .containsExactly(State.HELD, State.HELD, State.QUEUED, State.QUEUED, State.NEW);
    }

    private RaceParty party(String name, String session, boolean hasty) {
        return new RaceParty(
                this, name, path(session), context(ofSession(session), hasty ? DEADLINE : Duration.ofHours(1)));
    }

    private PermitPath path(String session) {
        return PermitPath.of(ofSession(session), GLM, MODEL);
    }

    /** Where the session is scarce, all are of one. */
    private SessionId ofSession(String session) {
        return SessionId.of(scarce == Scarce.SESSION || scarce == Scarce.SHARE ? "all" : session);
    }

    private CallContext context(SessionId session, Duration budget) {
        return CallContext.create(session, "race", Deadline.after(budget, clock));
    }

    /** Limits where the scarce level has so many units. */
    private PermitLimits.Builder limits(int units) {
        PermitLimits.Builder limits = PermitLimits.builder()
                .provider("glm", 5)
                .provider("kimi", 5)
                .provider("qwen", 5)
                .global(15)
                .session(4)
                .sessionAtEachProvider(3)
                .model("glm", MODEL, 4)
                .newcomerUnit(false);
        return switch (scarce) {
            case GLOBAL -> limits.global(units);
            case PROVIDER -> limits.provider("glm", units).global(10 + units);
            case METERED ->
                limits.provider("glm", units)
                        .global(10 + units)
                        .rate(
                                "glm",
                                RateBudget.builder()
                                        .tokensPerDay(BUDGET)
                                        .charge(RateBudget.Charge.ACTUAL)
                                        .build());
            case MODEL -> limits.model("glm", MODEL, units);
            case SESSION -> limits.session(units);
            case SHARE -> limits.sessionAt("glm", units);
        };
    }

    private void execute(Runnable task) {
        if (rejects) {
            throw new RejectedExecutionException("shut down");
        }
        task.run();
    }

    List<RaceParty> parties() {
        return List.of(holder, other, waiter, next, newcomer);
    }

    /** The threads that wait for permits. */
    List<Thread> threads() {
        return waiter.thread() == null ? List.of() : List.of(waiter.thread());
    }

    // What can happen

    void closeHolder() {
        closer = Thread.currentThread();
        holder.close();
        closer = null;
    }

    void interruptCloser() {
        Thread closing = closer;
        if (closing != null) {
            closing.interrupt();
        }
    }

    void closeSessionOf(RaceParty party) {
        pool.closeSession(party.context.sessionId());
    }

    void closePool() {
        closed = true;
        pool.close();
    }

    void resize(int units) {
        pool.resize(limits(units).build());
    }

    /** Gives another model a limit, and takes it away: all lanes are drawn anew. */
    void resizeModels() {
        pool.resize(limits(2).model("glm", "another", 1).build());
        pool.resize(limits(2).build());
    }

    /** Some traffic, for a pool that has none looks for nothing. */
    void traffic() {
        SessionId session = ofSession("t");
        try {
            pool.tryAcquire(PermitPath.of(session, GLM), context(session, Duration.ofHours(1)))
                    .ifPresent(Permit::close);
        } catch (SessionClosedException e) {
            assertThat(closed).isTrue();
        }
    }

    void rejectAndRelease(RaceParty party) {
        rejects = true;
        party.close();
    }

    // What must hold in the end

    /** Checks the pool while all are at rest, then ends all, and checks that everything is back. */
    void assertWholeThenEndAll() {
        rejects = false;
        clock.advance(Duration.ZERO); // what could not be told at once
        assertAtRest();
        for (RaceParty party = anyIn(State.HELD); party != null; party = anyIn(State.HELD)) {
            party.close();
            assertAtRest();
        }
        assertThat(parties()).as("everyone has had a turn").noneMatch(party -> party.isIn(State.QUEUED));
        parties().stream().filter(party -> party.isIn(State.REVOKED)).forEach(RaceParty::giveBackLate);
        assertAtRest();
        assertThat(pool.snapshot().zombies()).isZero();
        assertEventsMatch();
        assertBudget();
        if (closed) {
            assertThatThrownBy(() -> pool.tryAcquire(path("x"), context(ofSession("x"), DEADLINE)))
                    .isInstanceOf(SessionClosedException.class);
        } else {
            clock.advance(Duration.ofHours(25)); // ceilings are up again, budgets are whole
            List<String> providers = scarce == Scarce.GLOBAL ? List.of("glm") : List.of("glm", "kimi", "qwen");
            Canary.of(pool, clock, providers)
                    .model("glm", MODEL)
                    .sessions(List.of(waiter.context.sessionId().value(), "fresh"))
                    .sing();
        }
    }

    private @Nullable RaceParty anyIn(State state) {
        return parties().stream().filter(party -> party.isIn(state)).findFirst().orElse(null);
    }

    private void assertAtRest() {
        threads().forEach(thread -> RaceSweep.await(() -> waiter.isIn(State.QUEUED) || !thread.isAlive(), thread));
        assertThat(pool.audit().problems()).isEmpty();
        parties().forEach(RaceParty::assertToldOnce);
        PoolSnapshot snapshot = pool.snapshot();
        int held =
                (int) parties().stream().filter(party -> party.isIn(State.HELD)).count();
        int waiting = (int)
                parties().stream().filter(party -> party.isIn(State.QUEUED)).count();
        assertThat(snapshot.global().inUse()).as("held by %s", parties()).isEqualTo(held);
        assertThat(snapshot.provider(GLM).orElseThrow().inUse()).isEqualTo(held);
        assertThat(snapshot.model(GLM, MODEL).orElseThrow().inUse()).isEqualTo(held);
        assertThat(snapshot.global().waiting()).isEqualTo(waiting);
        assertThat(snapshot.granted())
                .isEqualTo(snapshot.returned() + snapshot.revoked() + snapshot.reclaimed() + held);
    }

    /** What a grant took of a budget is there again if nobody heard of it, and no more than that. */
    private void assertBudget() {
        if (scarce == Scarce.METERED && !closed) {
            long spent = parties().stream().mapToLong(RaceParty::spent).sum();
            SessionId session = SessionId.of("thrifty");
            Permit all = pool.tryAcquire(PermitPath.of(session, GLM), context(session, DEADLINE), BUDGET - spent)
                    .orElseThrow(() -> new AssertionError("more than " + spent + " tokens are gone"));
            all.close();
            assertThat(pool.tryAcquire(PermitPath.of(session, GLM), context(session, DEADLINE), 1))
                    .as("less than %d tokens are gone", spent)
                    .isEmpty();
        }
    }

    /** The events of each call come in pairs and in order. */
    private void assertEventsMatch() {
        Map<CallId, String> byCall = new LinkedHashMap<>();
        for (ExaiEvent event : List.copyOf(events)) {
            event.callId().ifPresent(call -> byCall.merge(call, kindOf(event), (a, b) -> a + ' ' + b));
        }
        assertThat(byCall.values())
                .allMatch(story -> story.matches("PermitRefused"
                        + "|PermitQueued PermitLeft"
                        + "|PermitQueued PermitLeft PermitGranted( PermitSuspect PermitCleared)* PermitReturned"
                        + "( PermitReturnedLate)?"));
    }

    private static String kindOf(ExaiEvent event) {
        return event.getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return Stream.concat(parties().stream(), Stream.of(pool))
                        .map(Object::toString)
                        .toList() + "\n" + pool.audit() + "\n" + List.copyOf(events);
    }
}
