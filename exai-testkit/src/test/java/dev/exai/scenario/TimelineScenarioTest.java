package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.ChatCall;
import dev.exai.call.Timeline;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a timeline says where the time of a call went")
class TimelineScenarioTest {
    private final Rig rig = new Rig(
            1,
            builder -> builder.limits(PermitLimits.builder()
                    .provider("glm", 1)
                    .provider("kimi", 1)
                    .session(4)
                    .build()));
    private final Session session = rig.exai.openSession("s");

    @Test
    void figures_queuedThenBackingOffThenAnswered_addUpToTheTotal() {
        rig.glm.script(1, Script.after(seconds(5)).chunk("first").complete());
        rig.glm.script(2, Script.fail(() -> Failures.rateLimited("glm", seconds(7))));
        rig.glm.script(
                3,
                Script.after(seconds(2)).chunk("a").after(seconds(3)).chunk("b").complete());
        session.chat(ASK_GLM);
        ChatCall call = session.chat(ASK_GLM);

        rig.end(call);
        Timeline timeline = call.timeline();

        assertThat(timeline.queued()).isEqualTo(seconds(5));
        assertThat(timeline.backingOff()).isGreaterThanOrEqualTo(seconds(7)).isLessThan(seconds(15));
        assertThat(timeline.running()).isEqualTo(seconds(5));
        assertThat(timeline.overhead()).isZero();
        assertThat(timeline.total())
                .isEqualTo(timeline.queued().plus(timeline.running()).plus(timeline.backingOff()));
        assertThat(timeline.attempts()).isEqualTo(2);
        assertThat(timeline.pieces()).isEqualTo(2);
        assertThat(timeline.firstPiece()).contains(timeline.total().minus(seconds(3)));
        assertThat(timeline.longestSilence()).isEqualTo(seconds(3));
        assertThat(timeline.toString())
                .contains(
                        "attempt 1 queued",
                        "attempt 2 granted",
                        "attempt 2 first piece",
                        "succeeded",
                        "of the library");
    }

    @Test
    void figures_whileItIsUnderWay_areThoseUpToNow() {
        rig.glm.script(Script.hang());
        ChatCall call = session.chat(ASK_GLM);
        rig.at(seconds(9), () -> {
            assertThat(call.timeline().running()).isEqualTo(seconds(9));
            assertThat(call.timeline().total()).isEqualTo(seconds(9));
            call.cancel("seen enough");
        });

        rig.end(call);

        assertThat(call.timeline().total()).isEqualTo(seconds(9));
        assertThat(call.timeline().firstPiece()).isEmpty();
    }

    @Test
    void total_afterTheEnd_standsStill() {
        ChatCall call = session.chat(ASK_GLM);
        rig.end(call);
        Duration total = call.timeline().total();

        rig.at(seconds(100), () -> assertThat(call.timeline().total()).isEqualTo(total));
        rig.sim.run();
    }
}
