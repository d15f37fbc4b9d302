package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.NestedPermitException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitRevokedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.SessionClosedException;
import dev.exai.permit.Desk.Asker;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a request goes through: granted, waiting, refused, timed out, cancelled, closed. */
class PermitPoolTest {
    private Desk desk = Desk.glm(2);

    @AfterEach
    void everyCountEqualsItsHolders() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    // ---- I1: in use is the number of live permits, at every level

    @Test // I1
    void request_unitsFree_countsAtEveryLevel() {
        Asker first = desk.ask("a", "glm");

        assertThat(first.granted).hasSize(1);
        assertThat(desk.inUse()).isEqualTo(1);
        assertThat(desk.inUse("glm")).isEqualTo(1);
        assertThat(desk.inUseBy("a")).isEqualTo(1);

        first.close();

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
        assertThat(desk.pool.snapshot().granted()).isEqualTo(1);
        assertThat(desk.pool.snapshot().returned()).isEqualTo(1);
    }

    @Test // I1
    void request_limitReached_isNeverExceeded() {
        List<Asker> all =
                List.of(desk.ask("a", "glm"), desk.ask("b", "glm"), desk.ask("c", "glm"), desk.ask("d", "glm"));

        assertThat(all).filteredOn(Asker::holds).hasSize(2);
        assertThat(desk.inUse("glm")).isEqualTo(2);
        assertThat(desk.waiting()).isEqualTo(2);
    }

    // ---- I2: a request that waits holds nothing at any level; all or none

    @Test // I2
    void request_providerFull_holdsNothingOfSessionAndGlobal() {
        desk = Desk.of(Desk.limits().provider("glm", 1).global(2).session(1));
        Asker holder = desk.ask("a", "glm");
        Asker waiter = desk.ask("b", "glm");

        assertThat(waiter.waits()).isTrue();
        assertThat(desk.inUse()).isEqualTo(1);
        assertThat(desk.inUseBy("b")).isZero();
        assertThat(desk.ask("b", "kimi").holds())
                .as("what glm's waiter did not take")
                .isTrue();
        assertThat(holder.holds()).isTrue();
    }

    @Test // I2
    void request_sessionFull_holdsNothingOfProviderAndGlobal() {
        desk = Desk.of(Desk.limits().provider("glm", 2).global(2).session(1));
        desk.ask("a", "glm");
        Asker waiter = desk.ask("a", "glm");

        assertThat(waiter.waits()).isTrue();
        assertThat(desk.inUse("glm")).isEqualTo(1);
        assertThat(desk.ask("b", "glm").holds()).isTrue();
    }

    @Test // I2
    void request_globalFull_holdsNothingOfProviderAndSession() {
        desk = Desk.of(Desk.limits().global(1));
        Asker holder = desk.ask("a", "glm");
        Asker waiter = desk.ask("b", "kimi");

        assertThat(waiter.waits()).isTrue();
        assertThat(desk.inUse("kimi")).isZero();
        assertThat(desk.inUseBy("b")).isZero();

        holder.close();

        assertThat(waiter.holds()).isTrue();
        assertThat(desk.inUse("kimi")).isEqualTo(1);
        assertThat(desk.inUseBy("b")).isEqualTo(1);
    }

    @Test // I2: the incident: calls that wait for GLM ate the global units that Kimi's calls needed
    void request_manyWaitForOneProvider_othersAreNotHeldUp() {
        desk = Desk.of(Desk.limits().provider("glm", 2).provider("kimi", 2).global(4));
        for (int i = 0; i < 50; i++) {
            desk.ask("a", "glm");
        }

        assertThat(desk.ask("b", "kimi").holds()).isTrue();
        assertThat(desk.ask("b", "kimi").holds()).isTrue();
    }

    // ---- I5: one ending of a permit

    @Test // I5
    void close_twice_freesOneUnit() {
        Asker first = desk.ask("a", "glm");
        Asker second = desk.ask("b", "glm");

        first.close();
        first.close();
        first.request.cancel();

        assertThat(desk.inUse("glm")).isEqualTo(1);
        assertThat(second.holds()).isTrue();
        assertThat(desk.pool.snapshot().returned()).isEqualTo(1);
    }

    @Test // I5
    void close_manyTimesWithWaiters_neverRaisesCapacity() {
        Asker first = desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker third = desk.ask("c", "glm");
        Asker fourth = desk.ask("d", "glm");

        for (int i = 0; i < 10; i++) {
            first.close();
        }

        assertThat(third.holds()).isTrue();
        assertThat(fourth.waits()).isTrue();
        assertThat(desk.inUse("glm")).isEqualTo(2);
    }

    @Test // I5
    void ensureHeld_afterClose_throws() {
        Asker asker = desk.ask("a", "glm");
        Permit permit = asker.granted.get(0);
        permit.ensureHeld();
        assertThat(permit.isHeld()).isTrue();
        assertThat(permit.path()).isEqualTo(Desk.path("a", "glm"));
        assertThat(permit).hasToString("Permit[a at glm, HELD]");

        permit.close();

        assertThat(permit.isHeld()).isFalse();
        assertThatThrownBy(permit::ensureHeld).isInstanceOf(PermitRevokedException.class);
    }

    // ---- tryAcquire

    @Test
    void tryAcquire_unitFree_takesIt() {
        try (Permit permit =
                desk.pool.tryAcquire(Desk.path("a", "glm"), desk.context("a")).orElseThrow()) {
            assertThat(permit.isHeld()).isTrue();
            assertThat(desk.inUse()).isEqualTo(1);
        }
        assertThat(desk.inUse()).isZero();
    }

    @Test // I2
    void tryAcquire_full_leavesNothingBehind() {
        desk.ask("a", "glm");
        desk.ask("a", "glm");

        Optional<Permit> permit = desk.pool.tryAcquire(Desk.path("b", "glm"), desk.context("b"));

        assertThat(permit).isEmpty();
        assertThat(desk.waiting()).isZero();
        assertThat(desk.pool.snapshot().session(SessionId.of("b"))).isEmpty();
    }

    @Test // I4
    void tryAcquire_othersOfItsLaneWait_doesNotOvertake() {
        desk = Desk.of(Desk.limits().provider("glm", 3).newcomerUnit(true));
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        Asker waiter = desk.ask("a", "glm");
        assertThat(waiter.waits()).as("the last unit is kept for a newcomer").isTrue();

        assertThat(desk.pool.tryAcquire(Desk.path("a", "glm"), desk.context("a")))
                .isEmpty();
        assertThat(desk.pool.tryAcquire(Desk.path("b", "glm"), desk.context("b")))
                .as("a newcomer that fits overtakes nobody who is owed it")
                .isPresent();
    }

    // ---- refusals: what was refused holds nothing

    @Test // I12
    void request_sessionQueueFull_isRefusedWithHint() {
        desk = Desk.of(Desk.limits().provider("glm", 1).maxQueuedPerSession(2));
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        desk.ask("a", "glm");

        OverloadedException refusal = catchThrowableOfType(OverloadedException.class, () -> desk.ask("a", "glm"));

        assertThat(refusal).hasMessageContaining("session a").hasMessageContaining("2 wait");
        assertThat(refusal.isRetryable()).isTrue();
        assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
        assertThat(refusal.callId()).isPresent();
        assertThat(desk.waiting()).isEqualTo(2);
        assertThat(desk.ask("b", "glm").waits()).as("another session may wait").isTrue();
    }

    @Test // I12
    void request_poolQueueFull_isRefusedWithHint() {
        desk = Desk.of(Desk.limits().provider("glm", 1).maxQueued(2));
        Asker holder = desk.ask("a", "glm");
        desk.ask("b", "glm");
        desk.ask("c", "glm");

        assertThatThrownBy(() -> desk.ask("d", "glm")).isInstanceOfSatisfying(OverloadedException.class, refusal -> {
            assertThat(refusal).hasMessageContaining("queue of the pool is full");
            assertThat(refusal.retryAfter()).isPositive();
        });

        assertThat(desk.pool.snapshot().session(SessionId.of("d"))).isEmpty();
        holder.close();
        assertThat(desk.ask("d", "glm").waits()).isTrue();
    }

    @Test // I4, I12: waiting calls of one provider never delay another's
    void request_queueFullOfAnotherProvidersCalls_isGrantedWhereUnitsAreFree() {
        desk = Desk.of(Desk.limits().provider("glm", 1).maxQueued(3).maxQueuedPerSession(2));
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        assertThat(desk.ask("a", "kimi").holds()).as("its own queue is full").isTrue();
        desk.ask("b", "glm");

        assertThat(desk.ask("c", "kimi").holds()).as("the pool's queue is full").isTrue();
        assertThatThrownBy(() -> desk.ask("c", "glm")).isInstanceOf(OverloadedException.class);
        assertThat(desk.waiting()).isEqualTo(3);
    }

    @Test // I8
    void request_deadlinePassed_isRefusedAtOnce() {
        CallContext late = desk.context("a", Duration.ZERO);

        assertThatThrownBy(() -> desk.ask(Desk.path("a", "glm"), late, permit -> {}))
                .isInstanceOfSatisfying(
                        PermitTimeoutException.class,
                        timeout -> assertThat(timeout.waited()).isZero());

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
        assertThat(desk.pool.snapshot().session(SessionId.of("a"))).isEmpty();
    }

    @Test // I8
    void request_deadlineLongPast_isRefusedAtOnce() {
        CallContext late = desk.context("a", Duration.ofSeconds(Long.MIN_VALUE));

        assertThatThrownBy(() -> desk.ask(Desk.path("a", "glm"), late, permit -> {}))
                .isInstanceOf(PermitTimeoutException.class);
    }

    @Test // I2
    void request_sameCallHoldsOrWaits_isRefused() {
        Asker holder = desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker waiter = desk.ask("c", "glm");

        for (Asker first : List.of(holder, waiter)) {
            PermitPath path = PermitPath.of(first.context.sessionId(), ProviderId.of("kimi"));
            assertThatThrownBy(() -> desk.ask(path, first.context, permit -> {}))
                    .isInstanceOfSatisfying(
                            NestedPermitException.class,
                            nested -> assertThat(nested.holder())
                                    .isEqualTo(first.context.callId().value()));
            assertThatThrownBy(() -> desk.pool.tryAcquire(path, first.context))
                    .isInstanceOf(NestedPermitException.class);
        }

        holder.close();
        assertThat(desk.ask(Desk.path("a", "kimi"), holder.context, permit -> {})
                        .holds())
                .as("after it was given back, the same call may ask again, as a retry does")
                .isTrue();
    }

    @Test // I2
    void request_ancestorHoldsOrWaits_isRefused() {
        Asker holder = desk.ask("a", "glm");
        CallContext child = holder.context.child("tool", Deadline.after(Desk.LONG, desk.clock));
        CallContext grandchild = child.child("chat", Deadline.after(Desk.LONG, desk.clock));

        for (CallContext nested : List.of(child, grandchild)) {
            assertThatThrownBy(() -> desk.ask(Desk.path("a", "kimi"), nested, permit -> {}))
                    .isInstanceOf(NestedPermitException.class)
                    .hasMessageContaining(holder.context.callId().value());
        }

        holder.close();
        assertThat(desk.ask(Desk.path("a", "kimi"), grandchild, permit -> {}).holds())
                .isTrue();
    }

    @Test
    void request_pathOfAnotherSession_isMisuse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> desk.ask(Desk.path("b", "glm"), desk.context("a"), permit -> {}))
                .withMessageContaining("session b");
        assertThatNullPointerException()
                .isThrownBy(() -> desk.pool.prepare(Desk.path("a", "glm"), desk.context("a"), null));
    }

    // ---- time

    @Test // I8
    void request_deadlinePassesInQueue_failsWithTheFacts() {
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker waiter = desk.ask("c", "glm", Duration.ofSeconds(2));

        desk.clock.advance(Duration.ofMillis(1_999));
        assertThat(waiter.waits()).isTrue();
        desk.clock.advance(Duration.ofMillis(1));

        assertThat(waiter.failed).singleElement().isInstanceOfSatisfying(PermitTimeoutException.class, timeout -> {
            assertThat(timeout.pool()).isEqualTo("glm");
            assertThat(timeout.waited()).isEqualTo(Duration.ofSeconds(2));
            assertThat(timeout.held()).isEqualTo(2);
            assertThat(timeout.limit()).isEqualTo(2);
            assertThat(timeout).hasMessageContaining("glm: no permit in 2 s; 2 of 2 held");
            assertThat(timeout.callId()).contains(waiter.context.callId().value());
        });
        assertThat(waiter.granted).isEmpty();
        assertThat(desk.waiting()).isZero();
        assertThat(desk.inUse()).isEqualTo(2);
    }

    @Test // I8
    void request_timesOut_namesTheLevelThatIsFull() {
        desk = Desk.of(Desk.limits().session(1));
        desk.ask("a", "glm");
        assertThat(poolInTheWay(desk.ask("a", "glm"))).isEqualTo("a");

        desk = Desk.of(Desk.limits().global(1));
        desk.ask("a", "glm");
        assertThat(poolInTheWay(desk.ask("b", "kimi"))).isEqualTo("global");
    }

    private static String poolInTheWay(Asker waiting) {
        return ((PermitTimeoutException) waiting.request.trouble().orElseThrow()).pool();
    }

    @Test // I8
    void trouble_timedOut_isWhatItFailedWith() {
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker late = desk.ask("c", "glm", Duration.ofSeconds(10));

        desk.clock.advance(Duration.ofSeconds(10));

        assertThat(late.request.trouble()).containsSame(late.failed.get(0));
    }

    @Test // I8
    void request_deadlinesOutOfOrder_eachEndsAtItsOwn() {
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker late = desk.ask("c", "glm", Duration.ofSeconds(30));
        Asker soon = desk.ask("c", "glm", Duration.ofSeconds(10));
        Asker middle = desk.ask("d", "glm", Duration.ofSeconds(20));

        desk.clock.advance(Duration.ofSeconds(10));
        assertThat(List.of(soon.failed.size(), middle.failed.size(), late.failed.size()))
                .containsExactly(1, 0, 0);
        desk.clock.advance(Duration.ofSeconds(10));
        assertThat(List.of(soon.failed.size(), middle.failed.size(), late.failed.size()))
                .containsExactly(1, 1, 0);
        desk.clock.advance(Duration.ofSeconds(10));
        assertThat(late.failed).hasSize(1);
    }

    @Test // I8: the queue's timer is for those that wait; see PermitLeaseTest for holders
    void request_granted_isNotTimedOutByTheQueue() {
        Asker holder = desk.ask("a", "glm", Duration.ofSeconds(1));

        desk.clock.advance(Duration.ofSeconds(20));

        assertThat(holder.holds()).isTrue();
        assertThat(holder.failed).isEmpty();
    }

    @Test
    void trouble_notWaiting_isNoneAndBringsNobodyIntoThePool() {
        Asker asker = desk.prepare(Desk.path("a", "glm"), desk.context("a"), permit -> {});

        assertThat(asker.request.trouble()).isEmpty();

        assertThat(desk.pool.snapshot().session(SessionId.of("a"))).isEmpty();
    }

    // ---- prepare, cancel

    @Test // I9
    void submit_cancelledBefore_neverEntersTheQueue() {
        Asker asker = desk.prepare(Desk.path("a", "glm"), desk.context("a"), permit -> {});
        assertThat(asker.request.state()).isEqualTo(State.NEW);
        asker.request.cancel();

        asker.request.submit();

        assertThat(asker.request.state()).isEqualTo(State.LEFT);
        assertThat(asker.granted).isEmpty();
        assertThat(asker.failed).isEmpty();
        assertThat(desk.pool.snapshot().granted()).isZero();
        assertThat(desk.events).isEmpty();
    }

    @Test // I5
    void submit_twice_asksOnce() {
        Asker asker = desk.prepare(Desk.path("a", "glm"), desk.context("a"), permit -> {});

        asker.request.submit();
        asker.request.submit();
        asker.close();
        asker.request.submit();

        assertThat(asker.granted).hasSize(1);
        assertThat(desk.pool.snapshot().granted()).isEqualTo(1);
        assertThat(asker.request.state()).isEqualTo(State.RETURNED);
    }

    @Test // I9
    void cancel_waiting_leavesNoTrace() {
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker waiter = desk.ask("c", "glm");
        Asker next = desk.ask("d", "glm");

        waiter.request.cancel();
        waiter.request.cancel();

        assertThat(waiter.request.state()).isEqualTo(State.LEFT);
        assertThat(waiter.failed).as("who cancels is not told").isEmpty();
        assertThat(desk.waiting()).isEqualTo(1);
        assertThat(desk.pool.snapshot().session(SessionId.of("c"))).isEmpty();
        assertThat(next.waits()).isTrue();
    }

    @Test // I3: the lost wake-up of other pools: the head gave up, and nobody looked at who is behind it
    void cancel_headThatDoesNotFit_grantsWhoIsBehindIt() {
        desk = Desk.of(
                Desk.limits().provider("glm", 1).provider("kimi", 1).global(1).bypassFactor(1));
        Asker holder = desk.ask("a", "glm");
        Asker head = desk.ask("b", "glm");
        Asker behind = desk.ask("b", "glm");

        holder.close();
        assertThat(head.holds()).isTrue();
        head.request.cancel();

        assertThat(behind.holds()).isTrue();
    }

    @Test // I9
    void cancel_held_givesTheUnitBackBeforeItReturns() {
        Asker holder = desk.ask("a", "glm");

        holder.request.cancel();

        assertThat(desk.inUse()).isZero();
        assertThat(holder.granted.get(0).isHeld()).isFalse();
        assertThat(holder.request.state()).isEqualTo(State.RETURNED);
    }

    @Test // I9
    void cancel_ended_changesNothing() {
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker late = desk.ask("c", "glm", Duration.ofSeconds(1));
        desk.clock.advance(Duration.ofSeconds(1));

        late.request.cancel();

        assertThat(late.request.state()).isEqualTo(State.LEFT);
        assertThat(desk.inUse()).isEqualTo(2);
    }

    // ---- session close, pool close

    @Test // I6, I9
    void closeSession_waitingAndHolding_failsTheWaitingAndRefusesNewOnes() {
        desk.pool.openSession(SessionId.of("a"), 1);
        Asker holder = desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker first = desk.ask("a", "glm");
        Asker second = desk.ask("a", "glm");
        Asker other = desk.ask("b", "glm");

        desk.pool.closeSession(SessionId.of("a"));
        desk.pool.closeSession(SessionId.of("a"));

        for (Asker waiter : List.of(first, second)) {
            assertThat(waiter.failed).singleElement().isInstanceOf(SessionClosedException.class);
        }
        assertThat(other.waits()).isTrue();
        assertThat(holder.holds())
                .as("a holder keeps its permit until it closes it")
                .isTrue();
        assertThatThrownBy(() -> desk.ask("a", "kimi")).isInstanceOf(SessionClosedException.class);
        assertThatThrownBy(() -> desk.pool.tryAcquire(Desk.path("a", "kimi"), desk.context("a")))
                .isInstanceOf(SessionClosedException.class);

        holder.close();
        assertThat(other.holds()).isTrue();
        assertThat(desk.pool.snapshot().session(SessionId.of("a"))).isEmpty();
    }

    @Test
    void openSession_closedWhileItHeld_isOpenAgain() {
        SessionId session = SessionId.of("a");
        desk.pool.openSession(session, 1);
        Asker holder = desk.ask("a", "glm");
        desk.pool.closeSession(session);

        desk.pool.openSession(session, 1);

        assertThat(desk.ask("a", "glm").holds()).isTrue();
        holder.close();
        assertThat(desk.ask("a", "glm").holds()).isTrue();
    }

    @Test
    void closeSession_unknown_changesNothing() {
        desk.pool.closeSession(SessionId.of("nobody"));

        assertThat(desk.pool.snapshot().session(SessionId.of("nobody"))).isEmpty();
    }

    @Test
    void openSession_idle_isRememberedUntilClosed() {
        desk.pool.openSession(SessionId.of("a"), 1);
        desk.ask("a", "glm").close();
        assertThat(desk.pool.snapshot().session(SessionId.of("a"))).isPresent();

        desk.pool.closeSession(SessionId.of("a"));

        assertThat(desk.pool.snapshot().session(SessionId.of("a"))).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> desk.pool.openSession(SessionId.of("a"), 0))
                .withMessage("weight < 1: 0");
    }

    @Test // I6
    void close_holdingAndWaiting_failsTheWaitingAndTakesPermitsBack() {
        Asker holder = desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker waiter = desk.ask("c", "glm");

        desk.pool.close();
        desk.pool.close();

        assertThat(waiter.failed).singleElement().isInstanceOf(SessionClosedException.class);
        assertThatThrownBy(() -> desk.ask("d", "glm"))
                .isInstanceOf(SessionClosedException.class)
                .hasMessageContaining("pool is closed");
        assertThat(desk.clock.pending()).as("no timer is left").isZero();
        assertThat(desk.inUse()).isEqualTo(2);

        holder.close();
        assertThat(desk.inUse()).isEqualTo(1);
    }

    // ---- events

    @Test
    void events_everyEnding_comeInMatchedPairs() {
        Asker granted = desk.ask("a", "glm");
        Asker cancelledHolding = desk.ask("b", "glm");
        Asker timedOut = desk.ask("c", "glm", Duration.ofSeconds(1));
        Asker cancelledWaiting = desk.ask("d", "glm");
        desk.pool.openSession(SessionId.of("e"), 1);
        desk.ask("e", "glm");
        desk.pool.tryAcquire(Desk.path("f", "glm"), desk.context("f"));

        desk.clock.advance(Duration.ofSeconds(1));
        cancelledWaiting.request.cancel();
        desk.pool.closeSession(SessionId.of("e"));
        cancelledHolding.request.cancel();
        granted.close();
        granted.close();
        desk.pool.close();

        assertThat(desk.eventKinds()).filteredOn("PermitQueued"::equals).hasSize(6);
        assertThat(desk.eventKinds()).filteredOn("PermitLeft"::equals).hasSize(6);
        assertThat(desk.eventKinds()).filteredOn("PermitGranted"::equals).hasSize(2);
        assertThat(desk.eventKinds()).filteredOn("PermitReturned"::equals).hasSize(2);
        assertThat(desk.events)
                .filteredOn(event -> event.callId().equals(Optional.of(timedOut.context.callId())))
                .extracting(event -> event.getClass().getSimpleName() + " " + event.detail())
                .containsExactly("PermitQueued ", "PermitLeft timed out");
        assertThat(desk.events)
                .filteredOn(event -> event.callId().equals(Optional.of(granted.context.callId())))
                .extracting(event -> event.getClass().getSimpleName() + " " + event.detail())
                .containsExactly("PermitQueued ", "PermitLeft granted", "PermitGranted ", "PermitReturned closed");
    }

    @Test
    void events_refused_saysWhy() {
        desk.pool.close();
        assertThatThrownBy(() -> desk.ask("a", "glm")).isInstanceOf(SessionClosedException.class);

        assertThat(desk.eventKinds()).containsExactly("PermitRefused");
        assertThat(desk.events.get(0).detail()).contains("pool is closed");
    }

    // ---- values

    @Test
    void path_sameSessionAndProvider_isEqual() {
        assertThat(Desk.path("a", "glm"))
                .isEqualTo(Desk.path("a", "glm"))
                .hasSameHashCodeAs(Desk.path("a", "glm"))
                .isNotEqualTo(Desk.path("b", "glm"))
                .isNotEqualTo(Desk.path("a", "kimi"))
                .isNotEqualTo("a at glm")
                .hasToString("a at glm");
    }

    @Test
    void toString_request_showsNoContent() {
        Asker asker = desk.ask("a", "glm");

        assertThat(asker.request).hasToString("PermitRequest[a at glm, " + asker.context.callId() + ", HELD]");
    }

    @Test // option: why wait for what cannot come in time
    void request_deadlineBeforeItsTurn_isRefusedAtOnceIfAskedFor() {
        desk = Desk.of(Desk.limits().provider("glm", 1).refuseHopeless(true));
        desk.ask("a", "glm");
        desk.ask("b", "glm");

        assertThatThrownBy(() -> desk.ask("c", "glm", Duration.ofSeconds(1)))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("Its turn would come in about");
        assertThat(desk.ask("c", "glm", Duration.ofMinutes(5)).waits()).isTrue();
        assertThat(desk.waiting()).isEqualTo(2);
    }

    @Test // a session's place is its turn, not the length of others' queues
    void request_othersHaveLongQueues_isNotHopeless() {
        desk = Desk.of(Desk.limits().provider("glm", 1).refuseHopeless(true));
        desk.ask("a", "glm");
        for (int i = 0; i < 50; i++) {
            desk.ask("a", "glm");
        }

        assertThat(desk.ask("b", "glm", Duration.ofSeconds(20)).waits()).isTrue();
    }

    @Test
    void request_pausedBeyondItsDeadline_isHopeless() {
        desk = Desk.of(Desk.limits().provider("glm", 1).refuseHopeless(true));
        desk.pool.pause(ProviderId.of("glm"), Duration.ofMinutes(2));

        assertThatThrownBy(() -> desk.ask("c", "glm", Duration.ofMinutes(1))).isInstanceOf(OverloadedException.class);
    }
}
