package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.ASK_KIMI;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.error.SessionClosedException;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I9 closing ends everything at once")
class CloseScenarioTest {
    @Test
    void close_withEverythingInFlight_leavesThePoolWhole() {
        Rig.forSeeds(30, builder -> builder.modelSelector((query, catalog) -> new CompletableFuture<>()), rig -> {
            rig.glm
                    .script(1, Script.opened().hang())
                    .script(2, Script.chunk("a").hang().endAfterAbort(seconds(3)))
                    .script(3, Script.fail(() -> Failures.rateLimited("glm", seconds(60))))
                    .script(Script.hang().abortThrows(new IllegalStateException("no")));
            List<ToolCall<?>> calls = new ArrayList<>();
            for (int s = 0; s < 4; s++) {
                Session session = rig.exai.openSession("s" + s);
                for (int i = 0; i < 5; i++) {
                    calls.add(session.chat(ASK_GLM));
                    calls.add(session.chat(ASK_KIMI));
                    calls.add(session.chat(ASK_AUTO));
                }
                calls.add(session.submit(
                        Tool.async("waits", (input, ctx) -> ctx.chat(ASK_GLM).toCompletableFuture()), ""));
            }
            rig.sim.runFor(seconds(2));

            rig.exai.close();

            assertThat(calls).allMatch(ToolCall::isDone);
            rig.assertIdle();
            assertThat(rig.exai.sessions()).isEmpty();
            rig.exai.close();
            rig.assertSettled();
        });
    }

    @Test
    void closed_callsAfterIt_areRefusedAndHoldNothing() {
        Rig rig = new Rig(1);
        Session session = rig.exai.openSession("s");
        session.close();
        session.close();

        assertThatThrownBy(() -> session.chat(ASK_GLM)).isInstanceOf(SessionClosedException.class);
        assertThatThrownBy(() -> session.submit(Tool.blocking("t", (input, ctx) -> input), ""))
                .isInstanceOf(SessionClosedException.class);
        assertThat(session.isOpen()).isFalse();
        assertThat(session.calls()).isEmpty();
        rig.exai.close();
        rig.exai.close();
        assertThatThrownBy(() -> rig.exai.openSession("t")).isInstanceOf(SessionClosedException.class);
        rig.assertSettled();
        assertThat(rig.glm.calls()).isEmpty();
    }

    @Test
    void close_oneSession_othersGoOn() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.after(seconds(5)).chunk("ok").complete());
        Session one = rig.exai.openSession("one");
        Session two = rig.exai.openSession("two");
        ChatCall ofOne = one.chat(ASK_GLM);
        ChatCall ofTwo = two.chat(ASK_GLM);
        rig.sim.runFor(seconds(1));

        one.close();

        assertThat(ofOne.state()).isEqualTo(CallState.CANCELLED);
        rig.assertNothingOf(one);
        assertThat(rig.text(ofTwo)).isEqualTo("ok");
        rig.assertSettled();
    }

    @Test
    @DisplayName("I8: on a simulation's own thread a blocking form fails at once instead of hanging")
    void blockingForms_onTheSimulationsThread_failAtOnce() {
        Rig rig = new Rig(1);
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);

        assertThatThrownBy(call::await).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> call.chunks().iterator().next()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rig.exai.closeGracefully(seconds(30))).isInstanceOf(IllegalStateException.class);

        assertThat(call.isDone()).isFalse();
        assertThat(rig.text(call)).isEqualTo("ok");
    }

    @Test
    void names_twoSessionsOfOneName_areTwo() {
        Rig rig = new Rig(1);

        Session one = rig.exai.openSession("same");
        Session two = rig.exai.openSession("same");

        assertThat(one.id()).isNotEqualTo(two.id());
        assertThatThrownBy(() -> rig.exai.openSession(" ")).isInstanceOf(IllegalArgumentException.class);
    }
}
