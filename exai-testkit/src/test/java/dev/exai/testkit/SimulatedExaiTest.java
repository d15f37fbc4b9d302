package dev.exai.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedExaiTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void await_callThatEndsWell_isItsReply() {
        try (SimulatedExai simulated = SimulatedExai.withSeed(1, "glm")) {
            simulated.provider("glm").script(Script.chunk("hi").complete());

            assertThat(simulated
                            .await(simulated.chat("agent", "glm-fast"), SECOND)
                            .text())
                    .isEqualTo("hi");
            assertThat(simulated.checks().events()).isPositive();
        }
    }

    @Test
    void await_callThatTakesLonger_orFails_saysSoWithTheSeed() {
        try (SimulatedExai simulated = SimulatedExai.withSeed(77, "glm")) {
            simulated
                    .provider("glm")
                    .script(1, Script.after(Duration.ofSeconds(5)).complete())
                    .script(2, Script.fail(Failures.rejected("glm")));
            ChatCall slow = simulated.chat("agent", "glm-fast");

            assertThatThrownBy(() -> simulated.await(slow, SECOND))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("seed 77")
                    .hasMessageContaining("of PT1S");
            assertThatCode(() -> simulated.await(slow, Duration.ofSeconds(4))).doesNotThrowAnyException();
            assertThatThrownBy(() -> simulated.await(simulated.chat("agent", "glm-fast"), SECOND))
                    .hasMessageContaining("it has not ended well");
        }
    }

    @Test
    void session_byName_isTheSameUntilItIsClosed() {
        try (SimulatedExai simulated = SimulatedExai.withSeed(1, "glm")) {
            Session first = simulated.session("agent");
            assertThat(simulated.session("agent")).isSameAs(first);

            first.close();
            assertThat(simulated.session("agent")).isNotSameAs(first);
        }
    }

    @Test
    void settings_areThoseOfTheInstance_theRestIsTheSimulations() {
        Simulation simulation = Simulation.withSeed(1);
        PermitLimits one = PermitLimits.builder().provider("glm", 1).build();
        try (SimulatedExai simulated = SimulatedExai.in(simulation, builder -> builder.limits(one), "glm", "kimi")) {
            simulated.chat("agent", "glm-fast");
            simulated.chat("other", ChatRequest.builder("hi").model("glm-fast").build(), CallOptions.within(SECOND));
            simulation.runFor(SECOND);

            assertThat(simulated.provider("glm").maxInFlight()).isEqualTo(1);
            assertThat(simulated.provider("kimi").opened()).isZero();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> simulated.provider("openai"))
                    .withMessageContaining("glm, kimi");
        }
    }

    @Test
    void leftovers_callUnderWay_isNamed_closeCancelsIt() {
        SimulatedExai simulated = SimulatedExai.withSeed(1, "glm");
        simulated.provider("glm").script(Script.hang());
        ChatCall hung = simulated.chat("agent", "glm-fast");
        simulated.simulation().runFor(SECOND);

        assertThat(List.copyOf(simulated.leftovers()))
                .hasSize(3)
                .anyMatch(line -> line.contains("permit HELD"))
                .anyMatch(line -> line.contains("call of agent/1"))
                .anyMatch(line -> line.contains("exchange open at glm"));

        simulated.close();
        simulated.close();
        assertThat(hung.isDone()).isTrue();
        assertThat(simulated.leftovers()).isEmpty();
    }
}
