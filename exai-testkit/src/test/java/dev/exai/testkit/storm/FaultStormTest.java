package dev.exai.testkit.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("I1 to I12 after each event, in storms of everything at once")
@Timeout(120)
class FaultStormTest {
    @Test
    void run_someSeeds_allInvariantsHoldAndAllKindsOfEndsAreSeen() {
        long[] ends = new long[CallState.values().length];
        int few = 0;
        int many = 0;
        long calls = 0;
        long events = 0;
        for (long seed = 1; seed <= 12; seed++) {
            FaultStorm.Report report = FaultStorm.withSeed(seed).calls(250).run();

            assertThat(report.calls()).isGreaterThanOrEqualTo(250);
            assertThat(report.events()).isGreaterThan(2 * report.calls());
            calls += report.calls();
            events += report.events();
            few += report.sessions() < 10 ? 1 : 0;
            many += report.sessions() > 50 ? 1 : 0;
            for (CallState state : CallState.values()) {
                ends[state.ordinal()] += report.calls(state);
            }
        }

        assertThat(events).as("of %d calls", calls).isGreaterThan(5 * calls);
        assertThat(few).isPositive();
        assertThat(many).isPositive();
        for (CallState state : CallState.values()) {
            if (state.isTerminal()) {
                assertThat(ends[state.ordinal()]).as("%s", state).isGreaterThan(150);
            }
        }
    }

    @Test
    void run_sameSeed_sameTrace_otherSeed_another() {
        FaultStorm first = FaultStorm.withSeed(11).calls(300);
        FaultStorm second = FaultStorm.withSeed(11).calls(300);
        FaultStorm other = FaultStorm.withSeed(12).calls(300);

        assertThat(first.run()).isEqualTo(second.run()).isNotEqualTo(other.run());
        assertThat(first.simulation().trace()).isEqualTo(second.simulation().trace());
        assertThat(first.simulation().traceHash())
                .isEqualTo(second.simulation().traceHash())
                .isNotEqualTo(other.simulation().traceHash());
    }

    @Test
    void run_oneSession_works() {
        assertThat(FaultStorm.withSeed(3)
                        .sessions(1)
                        .calls(50)
                        .auditEvery(1)
                        .run()
                        .audits())
                .isGreaterThan(20);
    }

    @Test
    void run_twice_isRefused() {
        FaultStorm storm = FaultStorm.withSeed(1).sessions(2).calls(10);
        storm.run();

        assertThatThrownBy(storm::run).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void run_somethingBroken_namesTheSeedAndTheInvariant() {
        FaultStorm storm = FaultStorm.withSeed(5).sessions(2).calls(10);
        storm.simulation().checkAtRest(() -> {
            throw new InvariantBroken("I0", "s0/1#1", "made up");
        });

        assertThatThrownBy(storm::run)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("FaultStorm.withSeed(5L).sessions(2).calls(10)")
                .hasMessageContaining("I0 is broken by call s0/1#1: made up")
                .hasCauseInstanceOf(InvariantBroken.class);
    }
}
