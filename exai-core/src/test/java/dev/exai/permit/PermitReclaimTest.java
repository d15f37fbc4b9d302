package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayName("I5, I6: a permit that nobody has any more comes back, once")
class PermitReclaimTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.exai.permit");

    private final Desk desk = Desk.glm(1);

    @BeforeEach
    void expectWarnings() {
        LOG.setLevel(Level.ERROR);
    }

    @AfterEach
    void poolIsWhole() {
        LOG.setLevel(null);
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    /** Does what the collector does when nobody has a handle any more. */
    private static void drop(Asker asker) {
        HandleRef reference = Objects.requireNonNull(asker.request.entry.reference());
        reference.clear();
        reference.enqueue();
    }

    @Test
    void dropped_poolIsUsedAgain_isReclaimedAndGoesToTheNext() {
        Asker lost = desk.ask("a", "glm");
        drop(lost);
        assertThat(desk.pool.audit().holders())
                .singleElement()
                .satisfies(holder -> assertThat(holder.status()).isEqualTo(PoolAudit.Status.LOST));

        Asker next = desk.ask("b", "glm");

        assertThat(lost.request.state()).isEqualTo(PermitRequest.State.RECLAIMED);
        assertThat(next.holds()).isTrue();
        assertThat(desk.pool.snapshot().reclaimed()).isEqualTo(1);
        assertThat(desk.eventKinds()).containsSubsequence("PermitGranted", "PermitReturned", "PermitGranted");
    }

    @Test // I5: whoever finds the handle after all can raise nothing
    void dropped_closedAfterwards_changesNothing() {
        Asker lost = desk.ask("a", "glm");
        drop(lost);
        Asker next = desk.ask("b", "glm");

        lost.close();
        lost.close();

        assertThat(next.holds()).isTrue();
        assertThat(desk.inUse()).isEqualTo(1);
        assertThat(desk.pool.snapshot().returned()).isZero();
    }

    @Test
    void closed_thenDropped_isReturnedOnly() {
        Asker asker = desk.ask("a", "glm");
        HandleRef reference = Objects.requireNonNull(asker.request.entry.reference());
        asker.close();
        reference.enqueue();
        desk.pool.reclaimDropped();

        assertThat(desk.pool.snapshot().returned()).isEqualTo(1);
        assertThat(desk.pool.snapshot().reclaimed()).isZero();
        assertThat(asker.request.entry.reference()).isNull();
    }

    @Test // the lease came first: then the dropped handle only ends the zombie
    void revoked_thenDropped_zombieIsGone() {
        Asker asker = desk.ask("a", "glm", Duration.ofSeconds(10));
        desk.clock.advance(Duration.ofMinutes(2));
        assertThat(desk.pool.snapshot().zombies()).isEqualTo(1);
        assertThat(desk.pool.audit().holders())
                .singleElement()
                .satisfies(holder -> assertThat(holder.status()).isEqualTo(PoolAudit.Status.REVOKED));
        drop(asker);
        desk.pool.reclaimDropped();

        assertThat(desk.pool.snapshot().zombies()).isZero();
        assertThat(desk.pool.snapshot().revoked()).isEqualTo(1);
        assertThat(desk.pool.snapshot().reclaimed()).isZero();
    }

    @Test // what waits is kept by the pool: it has a listener that will want the permit
    void waiting_handleIsKept() {
        desk.ask("a", "glm");
        Asker waiter = desk.ask("b", "glm");

        assertThat(waiter.request.entry.reference()).isNull();
        assertThat(waiter.request.entry.isLost()).isFalse();
    }

    @Test // the deadline of the dropped one need not come for it: another's alarm is enough
    void dropped_onlyTimePasses_isReclaimedWithTheNextAlarm() {
        Asker lost = desk.ask("a", "glm", Duration.ofHours(2));
        Asker waiter = desk.ask("b", "glm", Duration.ofSeconds(30));
        Asker second = desk.ask("c", "glm", Duration.ofSeconds(60));
        drop(lost);

        desk.clock.advance(Duration.ofSeconds(30));

        assertThat(lost.request.state()).isEqualTo(PermitRequest.State.RECLAIMED);
        assertThat(waiter.holds() || second.holds()).isTrue();
    }
}
