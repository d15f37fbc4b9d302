package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.PermitRevokedException;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** I6: every permit comes back, also from a holder that never closes it; and the ladder that leads there. */
class PermitLeaseTest {
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final Duration TOLD = Duration.ofSeconds(15); // the deadline and a sixth of the grace of 30 s
    private static final Duration REVOKED = Duration.ofSeconds(40);

    private Desk desk = Desk.glm(1);

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    @Test // I1, I5, I6
    void holder_thatNeverCloses_isToldThenRevoked_andItsUnitGoesToTheNext() {
        Asker holder = desk.ask("a", "glm", CALL);
        Asker waiter = desk.ask("b", "glm");
        List<String> told = new ArrayList<>();
        holder.granted.get(0).onOverdue(() -> told.add("overdue"));

        desk.clock.advance(TOLD.minusMillis(1));
        assertThat(told).isEmpty();
        desk.clock.advance(Duration.ofMillis(1));
        assertThat(told).containsExactly("overdue");
        assertThat(holder.holds()).isTrue();

        desk.clock.advance(REVOKED.minus(TOLD).minusMillis(1));
        assertThat(waiter.waits()).isTrue();
        desk.clock.advance(Duration.ofMillis(1));

        assertThat(holder.request.state()).isEqualTo(PermitRequest.State.REVOKED);
        assertThat(waiter.holds()).isTrue();
        assertThat(desk.inUse("glm")).isEqualTo(1);
        assertThat(desk.pool.snapshot().revoked()).isEqualTo(1);
        assertThat(desk.pool.snapshot().zombies()).isEqualTo(1);
        assertThat(desk.eventKinds())
                .containsSubsequence(
                        "PermitGranted", "PermitSuspect", "PermitCleared", "PermitReturned", "PermitGranted");
    }

    @Test // the fence: a holder that was revoked can find out, and so can what it works on
    void revokedHolder_isFencedOff() {
        Permit permit = desk.ask("a", "glm", CALL).granted.get(0);
        permit.ensureHeld();
        desk.clock.advance(REVOKED);
        Permit next = desk.ask("b", "glm").granted.get(0);

        assertThatThrownBy(permit::ensureHeld)
                .isInstanceOf(PermitRevokedException.class)
                .hasMessageContaining("held for too long");
        assertThat(permit.isHeld()).isFalse();
        assertThat(next.fence()).isGreaterThan(permit.fence());
    }

    @Test // I5: a late return frees nothing, and is reported as what it is
    void close_afterRevocation_changesNothingButTheZombies() {
        Asker holder = desk.ask("a", "glm", CALL);
        desk.clock.advance(REVOKED);
        Asker next = desk.ask("b", "glm");

        holder.close();
        holder.close();

        assertThat(next.holds()).isTrue();
        assertThat(desk.inUse("glm")).isEqualTo(1);
        assertThat(desk.pool.snapshot().zombies()).isZero();
        assertThat(desk.eventKinds()).containsOnlyOnce("PermitReturnedLate");
    }

    @Test // a suspect that comes back was slow, not lost
    void close_whileSuspect_clearsIt() {
        Asker holder = desk.ask("a", "glm", CALL);
        desk.clock.advance(TOLD);
        assertThat(desk.pool.audit().holders())
                .singleElement()
                .satisfies(found -> assertThat(found.status()).isEqualTo(PoolAudit.Status.SUSPECT));

        holder.close();

        assertThat(desk.pool.snapshot().revoked()).isZero();
        assertThat(desk.eventKinds()).containsSubsequence("PermitSuspect", "PermitCleared", "PermitReturned");
    }

    @Test
    void close_inTime_tellsNobody() {
        Asker holder = desk.ask("a", "glm", CALL);
        List<String> told = new ArrayList<>();
        holder.granted.get(0).onOverdue(() -> told.add("overdue"));

        holder.close();
        desk.clock.advance(Duration.ofDays(1));

        assertThat(told).isEmpty();
        assertThat(desk.eventKinds()).doesNotContain("PermitSuspect", "PermitCleared");
    }

    @Test
    void onOverdue_ofAPermitThatIsOverdue_runsAtOnce() {
        Asker holder = desk.ask("a", "glm", CALL);
        desk.clock.advance(TOLD);
        List<String> told = new ArrayList<>();

        holder.granted.get(0).onOverdue(holder::close);

        assertThat(holder.request.state()).isEqualTo(PermitRequest.State.RETURNED);
        assertThat(told).isEmpty();
    }

    @Test // the owner's own work-around: it is told, aborts, and gives the permit back in time
    void onOverdue_thatCloses_savesTheRevocation() {
        Asker holder = desk.ask("a", "glm", CALL);
        Asker waiter = desk.ask("b", "glm");
        holder.granted.get(0).onOverdue(holder::close);

        desk.clock.advance(TOLD);

        assertThat(waiter.holds()).isTrue();
        assertThat(desk.pool.snapshot().revoked()).isZero();
    }

    @Test // I10: what an owner does when it is told runs outside the lock, and harms nobody else
    void onOverdue_thatThrows_isRevokedAllTheSame() {
        Asker holder = desk.ask("a", "glm", CALL);
        holder.granted.get(0).onOverdue(() -> {
            assertThat(desk.pool.isLockedByCurrentThread()).isFalse();
            throw new IllegalStateException("an owner that throws");
        });

        desk.clock.advance(REVOKED);

        assertThat(holder.request.state()).isEqualTo(PermitRequest.State.REVOKED);
    }

    @Test
    void idleLease_untouched_endsBeforeTheDeadline_touched_goesOn() {
        desk = Desk.of(Desk.limits()
                .provider("glm", 2)
                .idleLease(Duration.ofSeconds(60))
                .grace(Duration.ofSeconds(6)));
        Asker idle = desk.ask("a", "glm", Duration.ofHours(1));
        Asker busy = desk.ask("b", "glm", Duration.ofHours(1));

        for (int i = 0; i < 10; i++) {
            desk.clock.advance(Duration.ofSeconds(30));
            busy.granted.get(0).touch();
        }

        assertThat(idle.request.state()).isEqualTo(PermitRequest.State.REVOKED);
        assertThat(busy.holds()).isTrue();
        assertThat(desk.eventKinds()).containsOnlyOnce("PermitSuspect");
    }

    @Test
    void touch_ofASuspect_clearsIt() {
        desk = Desk.of(Desk.limits().provider("glm", 1).idleLease(Duration.ofSeconds(60)));
        Asker slow = desk.ask("a", "glm", Duration.ofHours(1));
        desk.clock.advance(Duration.ofSeconds(61));
        assertThat(desk.eventKinds()).contains("PermitSuspect");

        slow.granted.get(0).touch();
        desk.clock.advance(Duration.ofSeconds(25));

        assertThat(slow.holds()).isTrue();
        assertThat(desk.eventKinds()).containsSubsequence("PermitSuspect", "PermitCleared");
    }

    @Test // I8: touching does not outlive the deadline
    void touch_beyondTheDeadline_doesNotHelp() {
        desk = Desk.of(Desk.limits().provider("glm", 1).idleLease(Duration.ofSeconds(60)));
        Asker holder = desk.ask("a", "glm", CALL);

        for (int i = 0; i < 45; i++) {
            desk.clock.advance(Duration.ofSeconds(1));
            holder.granted.get(0).touch();
        }

        assertThat(holder.request.state()).isEqualTo(PermitRequest.State.REVOKED);
    }

    @Test
    void limits_badGraceOrLease_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PermitLimits.builder().grace(Duration.ZERO))
                .withMessageContaining("grace");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PermitLimits.builder().idleLease(Duration.ofDays(2)))
                .withMessageContaining("idleLease");
    }
}
