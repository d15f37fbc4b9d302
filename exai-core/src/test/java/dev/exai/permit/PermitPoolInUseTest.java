package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.error.PermitTimeoutException;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits that change, and providers that are paused, while the pool is in use. */
class PermitPoolInUseTest {
    private static final ProviderId GLM = ProviderId.of("glm");

    private Desk desk = Desk.glm(2);

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    private void resizeGlm(int units) {
        desk.pool.resize(desk.pool.limits().toBuilder().provider("glm", units).build());
    }

    @Test // I3: peers that only raise a number leave those who wait asleep
    void resize_toMore_grantsAtOnceInTheFairOrder() {
        desk.ask("a", "glm");
        desk.ask("a", "glm");
        Asker waitsOfA = desk.ask("a", "glm");
        Asker waitsOfB = desk.ask("b", "glm");

        resizeGlm(3);

        assertThat(waitsOfB.holds()).isTrue();
        assertThat(waitsOfA.waits()).isTrue();

        resizeGlm(4);

        assertThat(waitsOfA.holds()).isTrue();
    }

    @Test // I1, I5: a shrink revokes nothing and blocks nobody; nothing is granted until enough is back
    void resize_toLessThanIsOut_waitsForPermitsToComeBack() {
        desk = Desk.glm(3);
        List<Asker> holders = List.of(desk.ask("a", "glm"), desk.ask("b", "glm"), desk.ask("c", "glm"));
        Asker waiter = desk.ask("d", "glm");

        resizeGlm(1);

        assertThat(holders).allMatch(Asker::holds);
        assertThat(desk.inUse("glm")).isEqualTo(3);
        holders.get(0).close();
        holders.get(1).close();
        assertThat(waiter.waits()).isTrue();
        holders.get(2).close();
        assertThat(waiter.holds()).isTrue();
    }

    @Test
    void resize_everyLevel_isInForceAtOnce() {
        desk.pool.resize(Desk.limits()
                .provider("glm", 5)
                .otherProviders(7)
                .global(6)
                .session(1)
                .build());
        desk.ask("a", "glm");
        desk.ask("a", "other");

        PoolSnapshot snapshot = desk.pool.snapshot();
        assertThat(snapshot.provider(GLM).orElseThrow().limit()).isEqualTo(5);
        assertThat(snapshot.provider(ProviderId.of("other")).orElseThrow().limit())
                .isEqualTo(7);
        assertThat(snapshot.global().limit()).isEqualTo(6);
        assertThat(desk.inUseBy("a")).isEqualTo(1);
        assertThat(desk.eventKinds()).contains("PoolResized");
    }

    @Test
    void toBuilder_globalThatFollowsFromTheProviders_goesOnFollowing() {
        PermitLimits limits = PermitLimits.builder().provider("glm", 10).build();
        assertThat(limits.global()).isEqualTo(13);

        assertThat(limits.toBuilder().provider("glm", 20).build().global()).isEqualTo(23);
        assertThat(limits.toBuilder().global(5).build().toBuilder()
                        .provider("glm", 20)
                        .build()
                        .global())
                .isEqualTo(5);
    }

    @Test
    void pause_whileItLasts_grantsNothingThereAndEverythingElsewhere() {
        desk.pool.pause(GLM, Duration.ofSeconds(30));

        Asker waiter = desk.ask("a", "glm");
        assertThat(waiter.waits()).isTrue();
        assertThat(desk.pool.tryAcquire(Desk.path("b", "glm"), desk.context("b")))
                .isEmpty();
        assertThat(desk.ask("a", "kimi").holds()).isTrue();
        assertThat(desk.pool.snapshot().provider(GLM).orElseThrow().isPaused()).isTrue();

        desk.clock.advance(Duration.ofSeconds(29));
        assertThat(waiter.waits()).isTrue();
        desk.clock.advance(Duration.ofSeconds(1)); // time alone ends it
        assertThat(waiter.holds()).isTrue();
        assertThat(desk.eventKinds()).containsSubsequence("ProviderPaused", "ProviderResumed");
    }

    @Test
    void resume_beforeItsTime_grantsAtOnce() {
        desk.pool.pause(GLM, Duration.ofDays(1));
        Asker waiter = desk.ask("a", "glm");

        desk.pool.resume(GLM);
        desk.pool.resume(GLM);

        assertThat(waiter.holds()).isTrue();
        assertThat(desk.eventKinds()).containsOnlyOnce("ProviderPaused").containsOnlyOnce("ProviderResumed");
    }

    @Test
    void pause_withinAPause_canOnlyMakeItLonger() {
        desk.pool.pause(GLM, Duration.ofSeconds(30));
        desk.pool.pause(GLM, Duration.ofSeconds(10));
        Asker waiter = desk.ask("a", "glm");

        desk.clock.advance(Duration.ofSeconds(15));
        assertThat(waiter.waits()).isTrue();
        desk.pool.pause(GLM, Duration.ofSeconds(30));
        desk.clock.advance(Duration.ofSeconds(29));
        assertThat(waiter.waits()).isTrue();
        desk.clock.advance(Duration.ofSeconds(1));
        assertThat(waiter.holds()).isTrue();
    }

    @Test // I8
    void pause_beyondTheDeadline_timesOutAndSaysWhy() {
        desk.pool.pause(GLM, Duration.ofDays(365_000));
        Asker waiter = desk.ask("a", "glm", Duration.ofSeconds(5));

        desk.clock.advance(Duration.ofSeconds(5));

        assertThat(waiter.failed)
                .singleElement()
                .isInstanceOf(PermitTimeoutException.class)
                .asString()
                .contains("glm (paused): no permit in 5 s");
    }

    @Test // I6: a permit that comes back during a pause is free, and goes to whoever is next when it ends
    void close_duringAPause_freesTheUnit() {
        desk = Desk.glm(1);
        Asker holder = desk.ask("a", "glm");
        Asker waiter = desk.ask("b", "glm");
        desk.pool.pause(GLM, Duration.ofSeconds(30));

        holder.close();

        assertThat(desk.inUse("glm")).isZero();
        assertThat(waiter.waits()).isTrue();
        desk.pool.resume(GLM);
        assertThat(waiter.holds()).isTrue();
    }

    @Test
    void pause_zeroOrLess_doesNothing() {
        desk.pool.pause(GLM, Duration.ZERO);
        desk.pool.pause(GLM, Duration.ofSeconds(-1));

        assertThat(desk.ask("a", "glm").holds()).isTrue();
        assertThat(desk.eventKinds()).doesNotContain("ProviderPaused");
    }

    @Test
    void close_ofThePool_leavesNoTimerOfAPause() {
        Asker holder = desk.ask("a", "glm");
        desk.pool.pause(GLM, Duration.ofSeconds(30));

        desk.pool.close();
        holder.close();

        assertThat(desk.clock.pending()).isZero();
    }
}
