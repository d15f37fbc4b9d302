package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.CallCancelledException;
import dev.exai.error.UnavailableException;
import dev.exai.message.Chunk;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the pieces of an answer as a publisher, by the rules of Reactive Streams")
class PublisherScenarioTest {
    private static final Script THREE = Script.after(seconds(1))
            .chunk("a")
            .after(seconds(1))
            .chunk("b")
            .after(seconds(1))
            .chunk("c")
            .complete();

    private final Rig rig = new Rig(1);

    private ChatCall ask(Script script) {
        rig.glm.script(script);
        return rig.exai.openSession("s").chat(ASK_GLM, Rig.once());
    }

    @Test
    void subscribe_asksForAll_getsThemAsTheyCome() {
        ChatCall call = ask(THREE);
        Reader reader = new Reader(Long.MAX_VALUE, Long.MAX_VALUE);
        call.publisher().subscribe(reader);
        rig.at(seconds(2).plusMillis(500), () -> assertThat(reader.told).containsExactly("subscribed", "a", "b"));

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "a", "b", "c", "completed");
        rig.assertSettled();
    }

    @Test
    void subscribe_asksForOneAtATime_getsOneAtATime_andTheEndUnasked() {
        ChatCall call = ask(THREE);
        Reader reader = new Reader(1, 1);
        call.publisher().subscribe(reader);

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "a", "b", "c", "completed");
    }

    /** I12: who asks for little holds nobody's permit. */
    @Test
    void subscribe_asksForNothing_callEndsAllTheSame() {
        ChatCall call = ask(THREE);
        Reader reader = new Reader(0, 0);
        call.publisher().subscribe(reader);

        rig.assertSettled();

        assertThat(call.state()).isEqualTo(CallState.SUCCEEDED);
        assertThat(reader.told).containsExactly("subscribed");
        reader.subscription.request(2);
        rig.sim.run();
        assertThat(reader.told).containsExactly("subscribed", "a", "b");
        reader.subscription.request(1);
        rig.sim.run();
        assertThat(reader.told).containsExactly("subscribed", "a", "b", "c", "completed");
    }

    @Test
    void subscribe_twice_eachGetsAll_alsoAfterTheEnd() {
        ChatCall call = ask(THREE);
        Reader early = new Reader(10, 0);
        call.publisher().subscribe(early);
        rig.sim.run();
        Reader late = new Reader(10, 0);
        call.publisher().subscribe(late);
        rig.sim.run();

        assertThat(late.told).isEqualTo(early.told).containsExactly("subscribed", "a", "b", "c", "completed");
    }

    @Test
    void callFails_piecesThatCameAreGivenFirst() {
        ChatCall call = ask(Script.chunk("a").fail(() -> Failures.unavailable("glm")));
        Reader reader = new Reader(10, 0);
        call.publisher().subscribe(reader);

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "a", "failed");
        assertThat(reader.failure).isInstanceOf(UnavailableException.class);
    }

    /** I9: of a call that was cancelled nothing more is given but its end. */
    @Test
    void callCancelled_piecesNotYetGivenAreDropped() {
        ChatCall call = ask(THREE);
        Reader reader = new Reader(1, 0);
        call.publisher().subscribe(reader);
        rig.at(seconds(2).plusMillis(500), () -> call.cancel("enough"));

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "a", "failed");
        assertThat(reader.failure).isInstanceOf(CallCancelledException.class);
    }

    @Test
    void subscriptionCancelled_toldNothingMore_callGoesOn() {
        ChatCall call = ask(THREE);
        Reader reader = new Reader(1, 0) {
            @Override
            public void onNext(Chunk chunk) {
                super.onNext(chunk);
                subscription.cancel();
                subscription.request(5);
            }
        };
        call.publisher().subscribe(reader);

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "a");
        assertThat(call.state()).isEqualTo(CallState.SUCCEEDED);
    }

    @Test
    void request_zeroOrLess_endsWithRule39() {
        ChatCall call = ask(THREE);
        Reader reader = new Reader(-1, 0);
        call.publisher().subscribe(reader);

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "failed");
        assertThat(reader.failure).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
    }

    /** I10: a subscriber that throws harms itself alone. */
    @Test
    void subscriberThrows_isToldNothingMore_othersAre() {
        ChatCall call = ask(THREE);
        Reader bad = new Reader(10, 0) {
            @Override
            public void onNext(Chunk chunk) {
                super.onNext(chunk);
                throw new IllegalStateException("on purpose");
            }
        };
        Reader good = new Reader(10, 0);
        call.publisher().subscribe(bad);
        call.publisher().subscribe(good);

        rig.sim.run();

        assertThat(bad.told).containsExactly("subscribed", "a");
        assertThat(good.told).containsExactly("subscribed", "a", "b", "c", "completed");
        assertThat(call.state()).isEqualTo(CallState.SUCCEEDED);
    }

    /** I10: the stack does not grow with the pieces. */
    @Test
    void manyPieces_oneAtATime_doNotNest() {
        Script.Steps script = Script.chunk("0");
        for (int i = 1; i < 20_000; i++) {
            script = script.chunk("x");
        }
        ChatCall call = ask(script.complete());
        Reader reader = new Reader(1, 1);

        rig.sim.run();
        call.publisher().subscribe(reader);
        rig.sim.run();

        assertThat(reader.told).hasSize(20_002).endsWith("completed");
    }

    /** A piece that was given may not be given again by another attempt. */
    @Test
    void failureAfterAPieceWasGiven_isNotTriedAgain() {
        rig.glm.script(1, Script.chunk("a").after(seconds(1)).fail(() -> Failures.unavailable("glm")));
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        Reader reader = new Reader(10, 0);
        call.publisher().subscribe(reader);

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "a", "failed");
        assertThat(call.timeline().attempts()).isEqualTo(1);
    }

    @Test
    void failureBeforeAPieceWasGiven_isTriedAgain_andGivenOnce() {
        rig.glm.script(1, Script.chunk("a").after(seconds(1)).fail(() -> Failures.unavailable("glm")));
        rig.glm.script(2, Script.chunk("b").complete());
        ChatCall call = rig.exai.openSession("s").chat(ASK_GLM);
        Reader reader = new Reader(0, 0);
        call.publisher().subscribe(reader);
        rig.sim.run();
        reader.subscription.request(9);

        rig.sim.run();

        assertThat(reader.told).containsExactly("subscribed", "b", "completed");
    }

    @Test
    void subscribe_null_isRefused() {
        ChatCall call = ask(THREE);
        assertThatThrownBy(() -> call.publisher().subscribe(null)).isInstanceOf(NullPointerException.class);
    }
}
