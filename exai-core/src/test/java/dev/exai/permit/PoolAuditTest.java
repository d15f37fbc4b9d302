package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.Desk.Asker;
import dev.exai.permit.PoolAudit.Status;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I6: in use is never reported as a leak")
class PoolAuditTest {
    private final Desk desk = Desk.glm(2);

    private CallContext context(String session, String label, Duration budget) {
        return CallContext.create(SessionId.of(session), label, Deadline.after(budget, desk.clock));
    }

    private Asker holder(String session, String label, Duration budget) {
        return desk.ask(Desk.path(session, "glm"), context(session, label, budget), permit -> {});
    }

    @Test
    void audit_fullPool_isWholeAndNamesEachHolder() {
        Asker slow = holder("editor", "explain", Duration.ofMinutes(20));
        holder("agent", "plan", Duration.ofMinutes(20));
        desk.clock.advance(Duration.ofMinutes(10));

        PoolAudit audit = desk.pool.audit();

        assertThat(audit.isWhole()).isTrue();
        assertThat(audit.problems()).isEmpty();
        assertThat(audit.holders())
                .hasSize(2)
                .allSatisfy(holder -> assertThat(holder.status()).isEqualTo(Status.HELD));
        assertThat(audit.holders())
                .filteredOn(holder -> holder.session().equals(SessionId.of("editor")))
                .singleElement()
                .satisfies(holder -> {
                    assertThat(holder.call()).isEqualTo(slow.context.callId());
                    assertThat(holder.label()).isEqualTo("explain");
                    assertThat(holder.provider()).isEqualTo(ProviderId.of("glm"));
                    assertThat(holder.age()).isEqualTo(Duration.ofMinutes(10));
                    assertThat(holder.thread()).isEqualTo(Thread.currentThread().getName());
                    assertThat(holder.site()).contains("PoolAuditTest").contains(".java:");
                });
    }

    @Test
    void holder_ofAPathWithAModel_namesIt() {
        desk.ask(
                PermitPath.of(SessionId.of("editor"), ProviderId.of("glm"), "glm-4.7"),
                context("editor", "explain", Duration.ofMinutes(20)),
                permit -> {});
        holder("agent", "plan", Duration.ofMinutes(20));

        assertThat(desk.pool.audit().holders())
                .extracting(PoolAudit.Holder::model)
                .containsExactlyInAnyOrder(Optional.of("glm-4.7"), Optional.empty());
    }

    @Test
    void toString_audit_tellsWhoHoldsAndNeverSpeaksOfALeak() {
        Asker slow = holder("editor", "explain", Duration.ofMinutes(20));
        desk.clock.advance(Duration.ofMillis(1500));

        String text = desk.pool.audit().toString();

        assertThat(text)
                .startsWith("PoolAudit: whole, 1 held")
                .contains("HELD editor at glm by " + slow.context.callId() + " explain for 1500 ms, from ")
                .contains("PoolAuditTest")
                .contains(Thread.currentThread().getName());
        assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain("leak").doesNotContain("broken");
    }

    @Test
    void audit_holderBeyondItsDeadline_isSuspectAndStillCounted() {
        holder("editor", "explain", Duration.ofSeconds(10));

        desk.clock.advance(Duration.ofSeconds(10));
        assertThat(desk.pool.audit().holders())
                .singleElement()
                .extracting(PoolAudit.Holder::status)
                .isEqualTo(Status.HELD);
        desk.clock.advance(Duration.ofNanos(1));

        PoolAudit audit = desk.pool.audit();
        assertThat(audit.holders())
                .singleElement()
                .extracting(PoolAudit.Holder::status)
                .isEqualTo(Status.SUSPECT);
        assertThat(audit.isWhole()).as("overdue is not a wrong count").isTrue();
        assertThat(audit.toString()).contains("SUSPECT editor at glm").doesNotContainIgnoringCase("leak");
        assertThat(desk.inUse()).isEqualTo(1);
    }

    @Test
    void audit_requestsWait_areNoHolders() {
        holder("a", "x", Desk.LONG);
        holder("b", "x", Desk.LONG);
        holder("c", "x", Desk.LONG);

        assertThat(desk.pool.audit().holders())
                .extracting(holder -> holder.session().value())
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void snapshot_busyPool_showsEveryLevel() {
        holder("a", "x", Desk.LONG);
        holder("a", "x", Desk.LONG);
        holder("b", "x", Desk.LONG);

        PoolSnapshot snapshot = desk.pool.snapshot();

        assertThat(snapshot)
                .hasToString("PoolSnapshot[global 2/1000 +1 waiting, {glm=2/2 +1 waiting}, sessions "
                        + "{a=2/100, b=0/100 +1 waiting}]");
        assertThat(desk.pool).hasToString(snapshot.toString());
        assertThat(snapshot.isIdle()).isFalse();
        assertThat(snapshot.provider(ProviderId.of("kimi"))).isEmpty();
        PoolSnapshot.Usage glm = snapshot.provider(ProviderId.of("glm")).orElseThrow();
        assertThat(glm.limit()).isEqualTo(2);
        assertThat(glm.inUse()).isEqualTo(2);
        assertThat(glm.waiting()).isEqualTo(1);
    }

    @Test
    void snapshot_laterChanges_doNotShowInIt() {
        PoolSnapshot before = desk.pool.snapshot();

        holder("a", "x", Desk.LONG);

        assertThat(before.isIdle()).isTrue();
        assertThat(before.provider(ProviderId.of("glm"))).isEmpty();
    }

    // ---- that a wrong count is seen: the audit is what other tests stand on

    @Test
    void audit_countDrifted_namesLevelAndNumbers() {
        Ledger ledger = new Ledger(Desk.glm(1).pool, Desk.limits().build());
        ledger.provider(ProviderId.of("glm")).level.used = 1;
        ledger.global.used = 2;
        ledger.session(SessionId.of("a")).level.used = 3;
        ledger.waiting = 4;

        PoolAudit audit = PoolAudit.of(ledger, true, 0);

        assertThat(audit.isWhole()).isFalse();
        assertThat(audit.problems())
                .contains(
                        "glm: counted 1, found 0",
                        "global: counted 2, found 0",
                        "a: counted 3, found 0",
                        "waiting: counted 4, found 0",
                        "a waiting request could be granted and is not");
        assertThat(audit.toString()).startsWith("PoolAudit: BROKEN");
    }
}
