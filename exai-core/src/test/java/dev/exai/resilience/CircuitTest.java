package dev.exai.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.FakeScheduler;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.CircuitOpenException.Reason;
import dev.exai.error.ExaiException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.resilience.Circuit.Change;
import dev.exai.resilience.Circuit.Pass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A circuit: when it opens, and that it never stays half open")
class CircuitTest {
    private static final ExaiException DOWN = new UnavailableException(UpstreamError.of("glm"), null);

    private final FakeScheduler clock = new FakeScheduler(Long.MAX_VALUE - 1_000_000_000L);
    private final Circuit circuit = new Circuit("glm/a", clock, Resilience.defaults());

    private Pass pass() {
        return Objects.requireNonNull(circuit.tryPass(), "a pass");
    }

    private void open() {
        for (int i = 0; i < 5; i++) {
            pass().failed(DOWN);
        }
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void failed_fiveInARow_opens() {
        for (int i = 0; i < 4; i++) {
            assertThat(pass().failed(DOWN)).isEqualTo(Change.NONE);
        }
        pass().well();
        for (int i = 0; i < 4; i++) {
            assertThat(pass().failed(DOWN)).isEqualTo(Change.NONE);
        }
        assertThat(pass().failed(DOWN)).isEqualTo(Change.OPENED);
        assertThat(circuit.tryPass()).isNull();
        CircuitOpenException refusal = Objects.requireNonNull(circuit.refusal());
        assertThat(refusal.reason()).isEqualTo(Reason.FAILURES);
        assertThat(refusal.nextProbe()).isEqualTo(Duration.ofSeconds(5));
        assertThat(refusal).hasCause(DOWN).hasMessageContaining("glm/a").hasMessageContaining("5 s");
    }

    @Test
    void failed_manyResults_goesByTheirShare() {
        for (int i = 0; i < 100; i++) {
            pass().well();
            if (i % 3 == 0) {
                assertThat(pass().failed(DOWN)).isEqualTo(Change.NONE);
            }
        }
        Change last = Change.NONE;
        int more = 0;
        while (last == Change.NONE) {
            last = pass().failed(DOWN);
            more++;
        }
        assertThat(more)
                .as("34 of 134 had failed: half of them have with 66 more")
                .isEqualTo(66);
    }

    @Test
    void failed_longAgo_countsNoMore() {
        for (int i = 0; i < 19; i++) {
            pass().well();
        }
        clock.advance(Duration.ofSeconds(40));
        for (int i = 0; i < 4; i++) {
            pass().failed(DOWN);
        }
        assertThat(circuit.results()).isEqualTo(4);
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    @DisplayName("half open lets one call through, and its end decides")
    void probe_one_decides() {
        open();
        clock.advance(Duration.ofSeconds(5));
        assertThat(circuit.refusal()).isNull();

        Pass probe = pass();

        assertThat(circuit.tryPass()).as("one at a time").isNull();
        assertThat(Objects.requireNonNull(circuit.refusal()).nextProbe()).isZero();
        assertThat(probe.failed(DOWN)).isEqualTo(Change.PROBE_FAILED);
        assertThat(circuit.untilProbe()).as("twice as long").isEqualTo(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(10));
        assertThat(pass().well()).isEqualTo(Change.CLOSED);
        assertThat(circuit.tryPass()).isNotNull();
        assertThat(circuit.state()).isEqualTo("closed");
    }

    @Test
    @DisplayName("R2: a probe that comes to no verdict leaves room for the next, at once")
    void probe_noVerdict_nextMayGo() {
        open();
        clock.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 100; i++) {
            pass().noVerdict();
        }
        assertThat(pass().well()).isEqualTo(Change.CLOSED);
    }

    @Test
    void probe_failsAgainAndAgain_waitsAMinuteAtMost() {
        open();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waits.add(circuit.untilProbe().toSeconds());
            clock.advance(circuit.untilProbe());
            pass().failed(DOWN);
        }
        assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 60L, 60L, 60L, 60L);
    }

    @Test
    void pass_ofBefore_countsNoMore() {
        Pass slow = pass();
        open();
        clock.advance(Duration.ofSeconds(5));
        Pass probe = pass();

        assertThat(slow.failed(DOWN)).isEqualTo(Change.NONE);
        assertThat(slow.well()).isEqualTo(Change.NONE);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(probe.well()).isEqualTo(Change.CLOSED);
        assertThat(probe.failed(DOWN)).as("told twice").isEqualTo(Change.NONE);
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void trip_outOfBalance_parksForLong() {
        Pass one = pass();
        Pass other = pass();

        assertThat(one.trip(Reason.OUT_OF_BALANCE, DOWN)).isEqualTo(Change.OPENED);
        assertThat(other.trip(Reason.OUT_OF_BALANCE, DOWN)).as("once").isEqualTo(Change.NONE);
        assertThat(circuit.untilProbe()).isEqualTo(Duration.ofMinutes(10));
        clock.advance(Duration.ofMinutes(10));
        assertThat(pass().trip(Reason.OUT_OF_BALANCE, DOWN)).isEqualTo(Change.PROBE_FAILED);
        assertThat(circuit.untilProbe()).isEqualTo(Duration.ofMinutes(20));
        assertThat(circuit.reset()).isTrue();
        assertThat(circuit.reset()).as("it is closed").isFalse();
        assertThat(circuit.refusal()).isNull();
    }
}
