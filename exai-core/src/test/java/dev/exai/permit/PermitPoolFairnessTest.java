package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.NestedPermitException;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I3, I4: work conserving, and fair")
class PermitPoolFairnessTest {
    private Desk desk = Desk.glm(1);

    @AfterEach
    void nothingWaitsThatCouldBeGranted() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    // ---- order

    @Test
    void lane_severalWait_firstComeFirstServed() {
        Asker holder = desk.ask("a", "glm");
        List<Asker> waiters = List.of(desk.ask("a", "glm"), desk.ask("a", "glm"), desk.ask("a", "glm"));

        Asker current = holder;
        for (Asker next : waiters) {
            assertThat(next.waits()).isTrue();
            current.close();
            assertThat(next.holds()).isTrue();
            current = next;
        }
    }

    @Test
    void lanes_oneHasLessInUse_goesFirst() {
        desk = Desk.glm(4);
        Asker freed = desk.ask("other", "glm");
        desk.ask("greedy", "glm");
        desk.ask("greedy", "glm");
        desk.ask("modest", "glm");
        desk.ask("modest", "kimi");
        desk.ask("modest", "kimi");
        Asker greedy = desk.ask("greedy", "glm");
        Asker modest = desk.ask("modest", "glm");

        freed.close();

        assertThat(modest.holds()).as("one at glm, whatever it has at kimi").isTrue();
        assertThat(greedy.waits()).as("two at glm, though it came first").isTrue();
    }

    @Test
    void lanes_equalInUse_leastRecentlyServedGoesFirst() {
        Asker current = desk.ask("a", "glm");
        List<String> served = new ArrayList<>();
        List<Asker> waiters = new ArrayList<>();
        for (String session : List.of("a", "a", "a", "b", "b", "c", "c")) {
            waiters.add(desk.ask(Desk.path(session, "glm"), desk.context(session), permit -> served.add(session)));
        }

        for (int i = 0; i < 7; i++) {
            current.close();
            current = waiters.stream().filter(Asker::holds).findFirst().orElseThrow();
        }

        assertThat(served).containsExactly("b", "c", "a", "b", "c", "a", "a");
    }

    @Test
    void lanes_weights_shareInProportion() {
        desk = Desk.glm(6);
        desk.pool.openSession(SessionId.of("double"), 2);
        desk.pool.openSession(SessionId.of("single"), 1);
        List<Asker> blockers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            blockers.add(desk.ask("other", "glm"));
        }
        for (int i = 0; i < 10; i++) {
            desk.ask("double", "glm");
            desk.ask("single", "glm");
        }

        blockers.forEach(Asker::close);

        assertThat(desk.inUseBy("double")).isEqualTo(4);
        assertThat(desk.inUseBy("single")).isEqualTo(2);
    }

    @Test
    void lanes_alwaysBacklogged_inUseDiffersByOneAtMost() {
        desk = Desk.glm(7);
        List<Asker> holders = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            holders.add(desk.ask("greedy", "glm"));
        }
        for (int i = 0; i < 30; i++) {
            desk.ask("greedy", "glm");
            desk.ask("b", "glm");
            desk.ask("c", "glm");
        }

        holders.forEach(Asker::close);

        assertThat(List.of(desk.inUseBy("greedy"), desk.inUseBy("b"), desk.inUseBy("c")))
                .allSatisfy(used -> assertThat(used).isBetween(2, 3));
    }

    @Test
    void global_scarce_leastInUseOfTheWholeSessionGoesFirst() {
        desk = Desk.of(Desk.limits().global(4));
        Asker freed = desk.ask("other", "glm");
        desk.ask("other", "glm");
        desk.ask("broad", "kimi");
        desk.ask("other", "kimi");
        Asker broad = desk.ask("broad", "glm");
        Asker poor = desk.ask("poor", "kimi");

        freed.close();

        assertThat(poor.holds()).as("holds nothing anywhere").isTrue();
        assertThat(broad.waits())
                .as("came first, holds nothing at glm, but something at kimi")
                .isTrue();
    }

    @Test
    void provider_scarce_useElsewhereDoesNotCount() {
        Asker freed = desk.ask("other", "glm");
        desk.ask("broad", "kimi");
        Asker broad = desk.ask("broad", "glm");
        Asker poor = desk.ask("poor", "glm");

        freed.close();

        assertThat(broad.holds()).as("came first, and both hold nothing at glm").isTrue();
        assertThat(poor.waits()).isTrue();
    }

    @Test
    void session_atItsLimit_othersGoOn() {
        desk = Desk.of(Desk.limits().provider("glm", 3).session(1));
        desk.ask("a", "glm");
        Asker own = desk.ask("a", "glm");
        Asker other = desk.ask("b", "glm");

        assertThat(own.waits()).isTrue();
        assertThat(other.holds()).isTrue();
    }

    @Test // I3: the session, not the provider, stood in its way
    void session_leavesItsLimit_itsOtherLaneIsServed() {
        desk = Desk.of(Desk.limits().session(1));
        Asker holder = desk.ask("a", "glm");
        Asker waiter = desk.ask("a", "kimi");
        assertThat(waiter.waits()).isTrue();

        holder.close();

        assertThat(waiter.holds()).isTrue();
    }

    // ---- the newcomer unit

    @Test
    void newcomerUnit_providerOfThree_isKeptEvenIfNobodyElseIsThere() {
        desk = Desk.of(Desk.limits().provider("glm", 3).newcomerUnit(true));
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        Asker third = desk.ask("a", "glm");

        assertThat(third.waits()).isTrue();
        assertThat(third.request.trouble().orElseThrow()).hasMessageContaining("2 of 3 held");

        Asker newcomer = desk.ask("b", "glm");
        assertThat(newcomer.holds()).isTrue();
        assertThat(desk.ask("c", "glm").waits()).isTrue();

        newcomer.close();
        assertThat(third.waits()).as("the newcomer who waits takes it").isTrue();
        assertThat(desk.inUse("glm")).isEqualTo(3);
    }

    @Test
    void newcomerUnit_lastOfGlobal_isKeptForASessionThatHoldsNothing() {
        desk = Desk.of(Desk.limits().global(3).newcomerUnit(true));
        desk.ask("a", "glm");
        desk.ask("a", "kimi");
        Asker third = desk.ask("a", "glm");

        assertThat(third.waits()).isTrue();
        assertThat(desk.ask("b", "kimi").holds()).isTrue();
    }

    @Test
    void newcomerUnit_limitOfOne_isOff() {
        desk = Desk.of(Desk.limits().provider("glm", 1).newcomerUnit(true));
        desk.pool.openSession(SessionId.of("b"), 1);

        assertThat(desk.ask("a", "glm").holds()).isTrue();
    }

    @Test
    void newcomerUnit_switchedOff_nothingIsKept() {
        desk = Desk.glm(3);

        for (int i = 0; i < 3; i++) {
            assertThat(desk.ask("a", "glm").holds()).isTrue();
        }
    }

    @Test
    void newcomerUnit_limitOfTwoAlone_isOff() {
        desk = Desk.of(Desk.limits().provider("glm", 2).newcomerUnit(true));
        desk.pool.openSession(SessionId.of("a"), 1);

        assertThat(desk.ask("a", "glm").holds()).isTrue();
        assertThat(desk.ask("a", "glm").holds()).isTrue();
    }

    @Test
    void newcomerUnit_limitOfTwoOtherActiveLately_isKeptUntilTimeAloneFreesIt() {
        desk = Desk.of(Desk.limits().provider("glm", 2).newcomerUnit(true));
        desk.pool.openSession(SessionId.of("b"), 1);
        desk.clock.advance(Duration.ofMinutes(2));
        desk.ask("a", "glm");
        Asker second = desk.ask("a", "glm");
        assertThat(second.waits()).isTrue();

        desk.clock.advance(Duration.ofMinutes(3).minusNanos(1));
        assertThat(second.waits()).isTrue();
        desk.clock.advance(Duration.ofNanos(1));

        assertThat(second.holds()).as("nothing happened but time").isTrue();
    }

    @Test
    void newcomerUnit_limitOfTwoOtherCloses_isFreedAtOnce() {
        desk = Desk.of(Desk.limits().provider("glm", 2).newcomerUnit(true));
        desk.pool.openSession(SessionId.of("b"), 1);
        desk.ask("a", "glm");
        Asker second = desk.ask("a", "glm");
        assertThat(second.waits()).isTrue();

        desk.pool.closeSession(SessionId.of("b"));

        assertThat(second.holds()).isTrue();
    }

    @Test
    void newcomerUnit_limitOfTwoOtherClosedButStillHolding_isFreed() {
        desk = Desk.of(Desk.limits().provider("glm", 2).newcomerUnit(true));
        desk.pool.openSession(SessionId.of("b"), 1);
        desk.ask("b", "kimi");
        desk.ask("a", "glm");
        Asker second = desk.ask("a", "glm");
        assertThat(second.waits()).isTrue();

        desk.pool.closeSession(SessionId.of("b"));

        assertThat(second.holds())
                .as("a closed session asks for nothing any more")
                .isTrue();
    }

    @Test
    void newcomerUnit_limitOfTwoOtherInUse_isKeptHoweverLong() {
        desk = Desk.of(Desk.limits().provider("glm", 2).newcomerUnit(true));
        Asker busy = desk.ask("b", "kimi");
        desk.ask("a", "glm", Duration.ofHours(2));
        Asker second = desk.ask("a", "glm", Duration.ofHours(2));

        desk.clock.advance(Duration.ofMinutes(30));
        assertThat(second.waits()).isTrue();

        busy.close();
        assertThat(second.holds()).isTrue();
    }

    // ---- the bypass bound

    @Test
    void bypass_streamOfNewSessions_overtakesAnOldHeadAtMostKTimes() {
        int limit = 3;
        desk = Desk.of(Desk.limits().provider("glm", limit).newcomerUnit(true));
        desk.ask("old", "glm");
        desk.ask("old", "glm");
        Asker head = desk.ask("old", "glm");
        assertThat(head.waits()).isTrue();

        int overtaken = 0;
        Asker newcomer = desk.ask("new0", "glm");
        while (head.waits() && overtaken < 1000) {
            overtaken++;
            Asker next = desk.ask("new" + overtaken, "glm");
            newcomer.close();
            newcomer = next;
        }

        assertThat(head.holds()).isTrue();
        assertThat(overtaken).isEqualTo(2 * limit);
    }

    @Test
    void bypass_boundReached_unitsAreWithheldFromOthersUntilItGoes() {
        desk = Desk.of(Desk.limits().provider("glm", 2).global(2).bypassFactor(1));
        Asker a1 = desk.ask("a", "glm");
        Asker a2 = desk.ask("a", "glm");
        Asker head = desk.ask("a", "glm");
        for (int i = 0; i < 2; i++) {
            Asker passing = desk.ask("b", "glm");
            a1.close();
            assertThat(passing.holds()).as("less in use").isTrue();
            a1 = passing;
        }
        Asker another = desk.ask("c", "glm");

        a2.close();

        assertThat(head.holds()).as("overtaken as often as the bound says").isTrue();
        assertThat(another.waits()).as("though it has less in use").isTrue();
    }

    @Test
    void bypass_headWhoseSessionIsFull_isNotCountedAndHoldsUpNobody() {
        desk = Desk.of(Desk.limits().provider("glm", 2).session(1).bypassFactor(1));
        Asker own = desk.ask("old", "glm");
        Asker head = desk.ask("old", "glm");

        for (int i = 0; i < 20; i++) {
            Asker passing = desk.ask("new" + i, "glm");
            assertThat(passing.holds()).isTrue();
            passing.close();
        }

        assertThat(head.waits()).isTrue();
        assertThat(head.request.entry.lane().overtaken).isZero();
        own.close();
        assertThat(head.holds()).isTrue();
    }

    @Test
    void bypass_atGlobal_anOldHeadIsNotStarvedByAnotherProvider() {
        desk = Desk.of(
                Desk.limits().provider("glm", 3).provider("kimi", 3).global(3).bypassFactor(1));
        desk.ask("old", "glm");
        desk.ask("x", "kimi");
        Asker current = desk.ask("new", "kimi");
        Asker head = desk.ask("old", "glm");

        int overtaken = 0;
        while (head.waits() && overtaken < 1000) {
            overtaken++;
            Asker next = desk.ask("new" + overtaken, "kimi");
            current.close();
            current = next;
        }

        assertThat(head.holds()).isTrue();
        assertThat(overtaken - 1).isLessThanOrEqualTo(3);
    }

    @Test
    void bypass_hugeFactor_isNoBound() {
        desk = Desk.of(Desk.limits().provider("glm", 2).bypassFactor(Integer.MAX_VALUE));
        Asker freed = desk.ask("a", "glm");
        desk.ask("a", "glm");
        Asker head = desk.ask("a", "glm");
        Asker other = desk.ask("b", "glm");

        freed.close();

        assertThat(other.holds()).as("least in use, as always").isTrue();
        assertThat(head.waits()).isTrue();
    }

    // ---- global below the sum of providers

    @Test
    void global_belowSum_idleProviderKeepsOneUnit() {
        desk = Desk.of(
                Desk.limits().provider("glm", 3).provider("kimi", 3).global(4),
                builder -> builder.providers(List.of(ProviderId.of("glm"), ProviderId.of("kimi"))));
        List<Asker> glm =
                List.of(desk.ask("a", "glm"), desk.ask("b", "glm"), desk.ask("c", "glm"), desk.ask("d", "glm"));
        assertThat(glm).filteredOn(Asker::holds).hasSize(3);

        assertThat(desk.ask("a", "kimi").holds()).isTrue();
    }

    @Test
    void global_belowSumOfThree_eachIdleProviderKeepsOneUnit() {
        desk = Desk.of(
                Desk.limits()
                        .provider("glm", 4)
                        .provider("kimi", 4)
                        .otherProviders(4)
                        .global(4),
                builder -> builder.providers(
                        List.of(ProviderId.of("glm"), ProviderId.of("kimi"), ProviderId.of("third"))));
        Asker first = desk.ask("a", "glm");
        Asker second = desk.ask("a", "glm");
        Asker third = desk.ask("a", "glm");
        assertThat(List.of(first.holds(), second.holds(), third.holds())).containsExactly(true, true, false);

        assertThat(desk.ask("b", "kimi").holds()).isTrue();
        assertThat(desk.ask("b", "kimi").waits())
                .as("the last is the third provider's")
                .isTrue();
        assertThat(desk.ask("c", "third").holds()).isTrue();
        assertThat(third.waits()).isTrue();
    }

    @Test
    void global_belowSum_refusedCallToAnUnusedProviderKeepsNothingForIt() {
        desk = Desk.of(Desk.limits().provider("glm", 2).otherProviders(2).global(2));
        Asker first = desk.ask("a", "glm");
        assertThatThrownBy(() -> desk.ask(Desk.path("a", "unused"), first.context, permit -> {}))
                .isInstanceOf(NestedPermitException.class);

        assertThat(desk.ask("b", "glm").holds()).isTrue();
    }

    @Test
    void global_atLeastSum_runningCallsOfOneProviderDelayNoOther() {
        desk = Desk.of(PermitLimits.builder());
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        for (int i = 0; i < 20; i++) {
            desk.ask("c", "glm");
        }

        assertThat(desk.ask("c", "kimi").holds()).isTrue();
        assertThat(desk.ask("c", "kimi").holds()).isTrue();
        assertThat(desk.ask("d", "kimi").holds()).isTrue();
    }

    @Test // I12
    void session_thatFloods_costsOthersOneTurnAtMost() {
        desk = Desk.glm(2);
        Asker holder = desk.ask("flood", "glm");
        desk.ask("flood", "glm");
        for (int i = 0; i < 200; i++) {
            desk.ask("flood", "glm");
        }
        Asker other = desk.ask("b", "glm");

        holder.close();

        assertThat(other.holds()).isTrue();
    }
}
