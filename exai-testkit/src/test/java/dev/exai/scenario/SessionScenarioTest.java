package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.SessionClosedException;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PoolSnapshot;
import dev.exai.session.Session;
import dev.exai.session.SessionOptions;
import dev.exai.testkit.script.Script;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("sessions: their options, and their end when nothing is asked of them")
class SessionScenarioTest {
    private static final SessionOptions IDLE_AFTER_A_MINUTE =
            SessionOptions.named("s").withIdleExpiry(seconds(60));

    private final Rig rig = new Rig(1);

    @Test
    void idleExpiry_nothingAsked_closesItself() {
        Session session = rig.exai.openSession(IDLE_AFTER_A_MINUTE);

        rig.sim.run();

        assertThat(session.isOpen()).isFalse();
        assertThat(rig.exai.sessions()).isEmpty();
        assertThat(rig.exai.snapshot().session(session.id())).isEmpty();
        assertThatThrownBy(() -> session.chat(ASK_GLM))
                .isInstanceOf(SessionClosedException.class)
                .hasMessageContaining("idle for PT1M");
        rig.assertSettled();
    }

    @Test
    void closeListener_anyWayOfClosing_isToldOnce() {
        List<String> told = new ArrayList<>();
        Session closed = rig.exai.openSession("closed");
        Session expired = rig.exai.openSession(IDLE_AFTER_A_MINUTE);
        Session late = rig.exai.openSession("late");
        closed.addCloseListener(() -> {
            throw new IllegalStateException("harms only itself");
        });
        closed.addCloseListener(() -> told.add("closed"));
        expired.addCloseListener(() -> told.add("expired"));
        Runnable removed = () -> told.add("removed");
        closed.addCloseListener(removed);
        closed.removeCloseListener(removed);

        closed.close();
        closed.close();
        rig.sim.run();
        late.close();
        late.addCloseListener(() -> told.add("late"));
        rig.sim.run();

        assertThat(told).containsExactly("closed", "expired", "late");
    }

    @Test
    @DisplayName(
            "I12: thousands of sessions cost little: a few objects each, no thread, no timer, and nothing afterwards")
    void open_thousands_costLittle() {
        int count = 5_000;
        rig.exai.openSession("warm").close();
        int threads = Thread.activeCount();
        long before = allocated();
        List<Session> sessions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sessions.add(rig.exai.openSession("s"));
        }
        long bytes = (allocated() - before) / count;

        assertThat(bytes).as("bytes for each").isLessThan(4_096);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
        assertThat(rig.sim.pendingTasks()).as("%s", rig.sim.pending()).isZero();
        List<ChatCall> calls = new ArrayList<>();
        for (int i = 0; i < count; i += 100) {
            calls.add(sessions.get(i).chat(ASK_GLM));
        }
        calls.forEach(call -> assertThat(rig.text(call)).isEqualTo("ok"));
        sessions.forEach(Session::close);
        assertThat(rig.exai.sessions()).isEmpty();
        PoolSnapshot after = rig.exai.snapshot();
        assertThat(sessions).allMatch(each -> after.session(each.id()).isEmpty());
        rig.assertSettled();
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void idleExpiry_callUnderWay_isNotIdle() {
        Script.Steps slow = Script.after(seconds(40)).chunk("word");
        for (int i = 0; i < 4; i++) {
            slow = slow.after(seconds(40)).chunk("word");
        }
        rig.glm.script(slow.complete());
        Session session = rig.exai.openSession(IDLE_AFTER_A_MINUTE);
        ChatCall call = session.chat(ASK_GLM, within(1_000));
        rig.at(seconds(199), () -> assertThat(session.isOpen()).isTrue());
        rig.at(seconds(259), () -> assertThat(session.isOpen()).isTrue());
        rig.at(seconds(261), () -> assertThat(session.isOpen()).isFalse());

        rig.end(call);
        assertThat(call.state()).isEqualTo(CallState.SUCCEEDED);
        rig.assertSettled();
    }

    @Test
    void idleExpiry_askedNowAndThen_staysOpen() {
        Session session = rig.exai.openSession(IDLE_AFTER_A_MINUTE);
        for (int i = 1; i <= 10; i++) {
            rig.at(seconds(50L * i), () -> session.chat(ASK_GLM));
        }
        rig.at(seconds(550), () -> assertThat(session.isOpen()).isTrue());

        rig.sim.run();

        assertThat(session.isOpen()).isFalse();
    }

    @Test
    void idleExpiry_closedBefore_leavesNoTimer() {
        rig.exai.openSession(IDLE_AFTER_A_MINUTE).close();

        assertThat(rig.sim.pendingTasks()).isZero();
    }

    /** The limit of its own holds through a change of the others, until it is closed. */
    @Test
    void limit_ofItsOwn_isKept() {
        PermitLimits plenty = PermitLimits.builder()
                .provider("glm", 8)
                .provider("kimi", 8)
                .session(5)
                .newcomerUnit(false)
                .build();
        rig.exai.resize(plenty);
        rig.glm.script(Script.hang());
        Session narrow = rig.exai.openSession(SessionOptions.named("narrow").withLimit(1));
        Session wide = rig.exai.openSession("wide");
        Stream.of(narrow, wide).forEach(session -> {
            for (int i = 0; i < 4; i++) {
                session.chat(ASK_GLM, within(100));
            }
        });
        rig.exai.resize(plenty.toBuilder().session(4).build());
        rig.at(seconds(1), () -> assertThat(inUse(narrow, wide)).containsExactly(1, 4));

        rig.assertSettled();
    }

    private List<Integer> inUse(Session... sessions) {
        return Stream.of(sessions)
                .map(session ->
                        rig.exai.snapshot().session(session.id()).orElseThrow().inUse())
                .toList();
    }

    @Test
    void callDefaults_ofItsOwn_areUsed() {
        rig.glm.script(Script.hang());
        Session hasty = rig.exai.openSession(SessionOptions.named("hasty").withCallDefaults(within(3)));

        ChatCall call = hasty.chat(ASK_GLM);
        rig.end(call);

        assertThat(call.state()).isEqualTo(CallState.DEADLINE_EXCEEDED);
        assertThat(call.timeline().total()).isEqualTo(seconds(3));
    }

    @Test
    void options_thatMakeNoSense_areRefused() {
        SessionOptions options = SessionOptions.named("s");
        assertThatThrownBy(() -> SessionOptions.named(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withWeight(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withLimit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withIdleExpiry(seconds(0))).isInstanceOf(IllegalArgumentException.class);
    }

    /** Two agents of one name are two sessions: neither can be mistaken for the other. */
    @Test
    void openSession_sameNameTwice_idsDiffer() {
        assertThat(rig.exai.openSession("agent").id())
                .isNotEqualTo(rig.exai.openSession("agent").id());
    }
}
