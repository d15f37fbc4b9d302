package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Timeline;
import dev.exai.error.CallCancelledException;
import dev.exai.error.ReplyTooLargeException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import dev.exai.model.ModelRequest;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What whoever reads is told where the caller allows an answer to begin anew although pieces of it were read. */
@Timeout(60)
@DisplayName("I8 an answer that may start over, as subscribers, listeners and iterators are told of it")
class RestartScenarioTest {
    private static final CallOptions MAY_START_OVER =
            CallOptions.builder().restartAfterOutput(true).build();

    /** Says a, b and c at 1, 2 and 3 s, and breaks off at 4 s. */
    private static final Script BROKEN = Script.after(seconds(1))
            .chunk("a")
            .after(seconds(1))
            .chunk("b")
            .after(seconds(1))
            .chunk("c")
            .after(seconds(1))
            .fail(() -> Failures.unavailable("glm"));

    private static final Script WHOLE =
            Script.after(seconds(1)).chunk("x").after(seconds(1)).chunk("y").complete();

    /** The first attempt breaks off at 4 s, the second one begins half a second later at most and takes 2 s. */
    private static final Duration IN_BACK_OFF = Duration.ofMillis(4_100);

    private static final Duration IN_SECOND_ATTEMPT = Duration.ofMillis(5_900);

    private static final int BIG = 3_000_000;

    /** Notes the pieces that it is told, and the end. */
    private static class Listener implements CallListener<ChatReply> {
        final List<String> told = new ArrayList<>();

        @Override
        public void chunk(Chunk chunk) {
            told.add(Rig.content(chunk));
        }

        @Override
        public void ended(CallOutcome<? extends ChatReply> outcome) {
            told.add("ended " + outcome.state());
        }
    }

    private static ChatCall ask(Rig rig, Script... attempts) {
        for (int i = 0; i < attempts.length; i++) {
            rig.glm.script(i + 1, attempts[i]);
        }
        return rig.exai.openSession("s").chat(ASK_GLM, MAY_START_OVER);
    }

    private static Reader subscribed(ChatCall call, Reader reader) {
        call.publisher().subscribe(reader);
        return reader;
    }

    private static Script breaksOffAfter(String text) {
        return Script.chunk(text).after(seconds(1)).fail(() -> Failures.unavailable("glm"));
    }

    private static long marks(ChatCall call) {
        return call.timeline().entries().stream()
                .map(Timeline.Entry::what)
                .filter(what -> what.startsWith("started over"))
                .count();
    }

    @Test
    @DisplayName("I8: one piece at a time: what came, one mark, the new answer and one end")
    void subscriber_asksForOneAtATime_isToldOfTheRestartInItsPlace() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader reader = subscribed(call, new Reader(1, 1));

            assertThat(rig.text(call)).isEqualTo("xy");
            rig.assertSettled();

            assertThat(reader.told).containsExactly("subscribed", "a", "b", "c", "StartedOver", "x", "y", "completed");
            assertThat(call.timeline().attempts()).isEqualTo(2);
            assertThat(marks(call)).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("I8 I12: pieces that wait for demand as the answer starts over keep their place, and hold no permit")
    void subscriber_asksLater_getsWhatWasBufferedThenTheMark() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader reader = subscribed(call, new Reader(1, 0));

            assertThat(rig.text(call)).isEqualTo("xy");
            rig.assertSettled();

            List<String> expected = new ArrayList<>(List.of("subscribed", "a"));
            assertThat(reader.told).isEqualTo(expected);
            for (String next : List.of("b", "c", "StartedOver", "x")) {
                reader.subscription.request(1);
                rig.sim.run();
                expected.add(next);
                assertThat(reader.told).isEqualTo(expected);
            }
            reader.subscription.request(1);
            rig.sim.run();
            expected.addAll(List.of("y", "completed"));
            assertThat(reader.told).isEqualTo(expected);
            reader.subscription.request(1);
            rig.sim.run();
            assertThat(reader.told).as("one end").isEqualTo(expected);
        });
    }

    @Test
    @DisplayName(
            "I8: demand at any moments: a subscriber is told the same as an iterator reads, and of a mark if it must")
    void subscriber_asksAtAnyMoments_isToldWhatAnIteratorReads() {
        Set<Long> seen = new HashSet<>();
        Rig.forSeeds(100, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader reader = subscribed(call, new Reader(0, 0));
            int earliest = rig.sim.random().nextInt(6_000);
            for (int i = 0; i < 6; i++) {
                rig.at(
                        Duration.ofMillis(earliest + rig.sim.random().nextInt(2_000)),
                        () -> reader.subscription.request(1));
            }

            rig.assertSettled();

            List<String> read = new ArrayList<>();
            call.chunks().forEach(chunk -> read.add(Rig.content(chunk)));
            List<String> expected =
                    marks(call) == 0 ? List.of("x", "y") : List.of("a", "b", "c", "StartedOver", "x", "y");
            assertThat(read).isEqualTo(expected);
            assertThat(reader.told).startsWith("subscribed").endsWith("completed");
            assertThat(reader.told.subList(1, reader.told.size() - 1)).isEqualTo(expected);
            seen.add(marks(call));
        });
        assertThat(seen).as("both are tried").containsExactlyInAnyOrder(0L, 1L);
    }

    @Test
    void subscriber_cancelsAtTheMark_isToldNothingMore_andTheCallGoesOn() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader leaver = subscribed(call, new Reader(10, 0) {
                @Override
                public void onNext(Chunk chunk) {
                    super.onNext(chunk);
                    if (chunk instanceof Chunk.StartedOver) {
                        subscription.cancel();
                        subscription.request(5);
                    }
                }
            });
            Reader stayer = subscribed(call, new Reader(10, 0));

            assertThat(rig.text(call)).isEqualTo("xy");
            rig.assertSettled();

            assertThat(leaver.told).containsExactly("subscribed", "a", "b", "c", "StartedOver");
            assertThat(stayer.told).containsExactly("subscribed", "a", "b", "c", "StartedOver", "x", "y", "completed");
        });
    }

    @Test
    @DisplayName(
            "I9: a subscriber that cancels the call at the mark: nothing is asked again, and it is told the end alone")
    void subscriber_cancelsTheCallAtTheMark_noOtherAttemptIsMade() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader reader = subscribed(call, new Reader(10, 0) {
                @Override
                public void onNext(Chunk chunk) {
                    super.onNext(chunk);
                    if (chunk instanceof Chunk.StartedOver) {
                        call.cancel("not again");
                    }
                }
            });

            rig.assertSettled();

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(reader.told).containsExactly("subscribed", "a", "b", "c", "StartedOver", "failed");
            assertThat(reader.failure).isInstanceOf(CallCancelledException.class);
            assertThat(rig.glm.opened()).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("I9: cancelled after the restart, what waits for demand is dropped, the mark too")
    void callCancelled_inBackOffAfterTheRestart_dropsWhatWasBuffered() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader slow = subscribed(call, new Reader(1, 0));
            Reader quick = subscribed(call, new Reader(10, 0));
            rig.at(IN_BACK_OFF, () -> {
                assertThat(call.state()).isEqualTo(CallState.BACKING_OFF);
                call.cancel("enough");
            });

            rig.assertSettled();

            assertThat(slow.told).containsExactly("subscribed", "a", "failed");
            assertThat(quick.told).containsExactly("subscribed", "a", "b", "c", "StartedOver", "failed");
            assertThat(rig.glm.opened()).isEqualTo(1);
        });
    }

    @Test
    @DisplayName(
            "I8: who subscribes after the restart is given all from the first piece on, with the mark in its place")
    void subscriber_comesAfterTheMark_isToldAllInTheSameOrder() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            subscribed(call, new Reader(1, 1));
            List<Reader> late = List.of(new Reader(1, 1), new Reader(1, 1), new Reader(10, 0));
            rig.at(IN_BACK_OFF, () -> subscribed(call, late.get(0)));
            rig.at(IN_SECOND_ATTEMPT, () -> subscribed(call, late.get(1)));

            rig.assertSettled();
            subscribed(call, late.get(2));
            rig.assertSettled();

            assertThat(late)
                    .allSatisfy(reader -> assertThat(reader.told)
                            .containsExactly("subscribed", "a", "b", "c", "StartedOver", "x", "y", "completed"));
        });
    }

    @Test
    @DisplayName(
            "I8: an answer of which nobody has read anything starts over without a mark, also where one is allowed")
    void restart_nothingRead_leavesNoTrace() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Reader silent = subscribed(call, new Reader(0, 0));
            Reader late = new Reader(10, 0);
            rig.at(IN_BACK_OFF, () -> subscribed(call, late));
            rig.assertSettled();
            silent.subscription.request(10);

            rig.assertSettled();

            assertThat(silent.told).containsExactly("subscribed", "x", "y", "completed");
            assertThat(late.told).isEqualTo(silent.told);
            assertThat(marks(call)).isZero();
        });
    }

    @Test
    @DisplayName("I8: a mark for each answer that was read and became void")
    void restart_twice_isToldTwice() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, breaksOffAfter("a"), breaksOffAfter("b"), WHOLE);
            Reader quick = subscribed(call, new Reader(1, 1));
            Reader slow = subscribed(call, new Reader(0, 0));
            Listener listener = new Listener();
            call.addListener(listener);

            assertThat(rig.text(call)).isEqualTo("xy");
            rig.assertSettled();
            slow.subscription.request(10);
            rig.assertSettled();

            List<String> pieces = List.of("a", "StartedOver", "b", "StartedOver", "x", "y");
            assertThat(quick.told.subList(1, quick.told.size() - 1)).isEqualTo(pieces);
            assertThat(slow.told).isEqualTo(quick.told);
            assertThat(listener.told.subList(0, listener.told.size() - 1)).isEqualTo(pieces);
            assertThat(marks(call)).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("I8: one mark, if the attempt after it gave nothing before it failed")
    void restart_thenFailsAtOnce_isToldOnce() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, breaksOffAfter("a"), Script.fail(() -> Failures.unavailable("glm")), WHOLE);
            Reader reader = subscribed(call, new Reader(1, 1));

            rig.assertSettled();

            assertThat(reader.told).containsExactly("subscribed", "a", "StartedOver", "x", "y", "completed");
            assertThat(marks(call)).isEqualTo(1);
        });
    }

    @Test
    @DisplayName(
            "I8: a mark that was read is no output: pieces after it that nobody took are dropped without another one")
    void restart_markReadAndNoMore_isToldOnce() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, breaksOffAfter("a"), breaksOffAfter("unseen"), WHOLE);
            Reader reader = subscribed(call, new Reader(2, 0));

            rig.assertSettled();
            assertThat(reader.told).containsExactly("subscribed", "a", "StartedOver");
            reader.subscription.request(10);
            rig.assertSettled();

            assertThat(reader.told).containsExactly("subscribed", "a", "StartedOver", "x", "y", "completed");
            assertThat(marks(call)).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("I8: an answer that breaks off in the last attempt stands, and its failure follows, once")
    void restart_lastAttemptFailsToo_isNoMark() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, breaksOffAfter("a"), breaksOffAfter("b"), breaksOffAfter("c"), WHOLE);
            Reader reader = subscribed(call, new Reader(1, 1));

            rig.assertSettled();

            assertThat(reader.told)
                    .containsExactly("subscribed", "a", "StartedOver", "b", "StartedOver", "c", "failed");
            assertThat(reader.failure).isInstanceOf(UnavailableException.class);
            assertThat(rig.failure(call).getSuppressed()).hasSize(2);
            assertThat(rig.glm.opened()).isEqualTo(3);
        });
    }

    @Test
    @DisplayName("I8: where the call may fall back too, another model begins anew, and the reply names it")
    void restart_byAnotherModel_isToldTheSame() {
        Rig.forSeeds(20, rig -> {
            rig.glm.script(1, BROKEN);
            rig.kimi.script(1, WHOLE);
            ChatCall call = rig.exai
                    .openSession("s")
                    .chat(
                            ASK_GLM,
                            CallOptions.builder()
                                    .restartAfterOutput(true)
                                    .models(ModelRequest.named("glm-standard")
                                            .fallBack(true)
                                            .build())
                                    .build());
            Reader reader = subscribed(call, new Reader(1, 1));

            assertThat(rig.text(call)).isEqualTo("xy");
            rig.assertSettled();

            assertThat(reader.told).containsExactly("subscribed", "a", "b", "c", "StartedOver", "x", "y", "completed");
            assertThat(rig.end(call))
                    .isInstanceOfSatisfying(
                            CallOutcome.Succeeded.class,
                            end -> assertThat(((ChatReply) end.value()).provider())
                                    .isEqualTo("kimi"));
        });
    }

    /** Three of these are more than the buffer of a call holds, two are not; eleven are more than a session's. */
    private static Script bigPiece() {
        return Script.chunk("x".repeat(BIG)).after(seconds(1)).fail(() -> Failures.unavailable("glm"));
    }

    private static List<String> shortened(List<String> told) {
        return told.stream().map(what -> what.length() == BIG ? "big" : what).toList();
    }

    @Test
    @DisplayName("I12: void pieces count towards the limit of the call, so that starting over is no way around it")
    void buffer_voidPieces_count() {
        Rig rig = new Rig(1);
        ChatCall call = ask(rig, bigPiece(), bigPiece(), bigPiece());
        Reader reader = subscribed(call, new Reader(1, 1));

        rig.assertSettled();

        assertThat(shortened(reader.told))
                .containsExactly("subscribed", "big", "StartedOver", "big", "StartedOver", "failed");
        assertThat(reader.failure).isInstanceOf(ReplyTooLargeException.class).hasMessageContaining("call's buffer");
        assertThat(rig.glm.opened()).isEqualTo(3);
    }

    @Test
    @DisplayName("I12: a session has the void pieces of its calls back, however many have started over")
    void buffer_voidPieces_areGivenBackAtTheEnd() {
        Rig rig = new Rig(1);
        rig.glm.script(Script.chunk("x".repeat(BIG)).complete()).script(asked -> asked.attempt() == 1, bigPiece());
        Session session = rig.exai.openSession("s");
        for (int i = 0; i < 12; i++) {
            ChatCall call = session.chat(ASK_GLM, MAY_START_OVER);
            Reader reader = subscribed(call, new Reader(1, 1));

            rig.assertSettled();

            assertThat(shortened(reader.told)).containsExactly("subscribed", "big", "StartedOver", "big", "completed");
            rig.sim.runFor(Duration.ofMinutes(1)); // a session may try again so often a minute
        }
    }

    @Test
    @DisplayName("I12: pieces that were dropped unseen count no more, so the answer that follows them fits")
    void buffer_droppedPieces_countNoMore() {
        Rig rig = new Rig(1);
        String big = "x".repeat(BIG);
        ChatCall call = ask(rig, bigPiece(), bigPiece(), Script.chunk(big).complete());
        Reader reader = subscribed(call, new Reader(2, 0));

        assertThat(rig.text(call)).hasSize(BIG);
        rig.assertSettled();
        reader.subscription.request(1);
        rig.assertSettled();

        assertThat(shortened(reader.told)).containsExactly("subscribed", "big", "StartedOver", "big", "completed");
    }

    @Test
    @DisplayName("I8: a listener is told what came, one mark, the new answer and one end")
    void listener_isToldOfTheRestartInItsPlace() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Listener listener = new Listener();
            call.addListener(listener);

            rig.assertSettled();

            assertThat(listener.told).containsExactly("a", "b", "c", "StartedOver", "x", "y", "ended SUCCEEDED");
        });
    }

    @Test
    @DisplayName("I8: a listener that comes after the restart has nothing to take back: no mark, the new answer alone")
    void listener_comesAfterTheMark_isToldTheNewAnswerAlone() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            call.addListener(new Listener());
            Listener late = new Listener();
            rig.at(IN_BACK_OFF, () -> call.addListener(late));

            rig.assertSettled();

            assertThat(late.told).containsExactly("x", "y", "ended SUCCEEDED");
        });
    }

    @Test
    @DisplayName(
            "I8: pieces on their way to a listener as another reader's answer starts over are not told after the mark")
    void listener_behindItsExecutor_isToldNothingVoidAfterTheMark() {
        List<Runnable> held = new ArrayList<>();
        Rig rig = new Rig(1, builder -> builder.executor(held::add));
        ChatCall call = ask(rig, BROKEN, WHOLE);
        Listener listener = new Listener();
        call.addListener(listener);
        Reader subscriber = subscribed(call, new Reader(10, 0));
        rig.at(
                seconds(2),
                () -> assertThat(Rig.content(call.chunks().iterator().next())).isEqualTo("a"));

        assertThat(rig.text(call)).isEqualTo("xy");
        while (!held.isEmpty()) {
            held.remove(0).run();
        }

        assertThat(listener.told).containsExactly("StartedOver", "x", "y", "ended SUCCEEDED");
        assertThat(subscriber.told).containsExactly("subscribed", "a", "b", "c", "StartedOver", "x", "y", "completed");
        rig.assertSettled();
    }

    @Test
    @DisplayName("I10: a listener and a subscriber that throw at the mark harm themselves alone")
    void reader_throwsAtTheMark_othersAreToldAll() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Listener bad = new Listener() {
                @Override
                public void chunk(Chunk chunk) {
                    super.chunk(chunk);
                    if (chunk instanceof Chunk.StartedOver) {
                        throw new IllegalStateException("a listener's own");
                    }
                }
            };
            Listener good = new Listener();
            call.addListener(bad);
            call.addListener(good);
            Reader worse = subscribed(call, new Reader(10, 0) {
                @Override
                public void onNext(Chunk chunk) {
                    super.onNext(chunk);
                    if (chunk instanceof Chunk.StartedOver) {
                        throw new IllegalStateException("a subscriber's own");
                    }
                }
            });

            assertThat(rig.text(call)).isEqualTo("xy");
            rig.assertSettled();

            assertThat(good.told).containsExactly("a", "b", "c", "StartedOver", "x", "y", "ended SUCCEEDED");
            assertThat(bad.told).as("a listener is told on").isEqualTo(good.told);
            assertThat(worse.told).containsExactly("subscribed", "a", "b", "c", "StartedOver");
        });
    }

    @Test
    @DisplayName(
            "I9: a listener that cancels the call at the mark: nothing is asked again, and it is told the end alone")
    void listener_cancelsAtTheMark_noOtherAttemptIsMade() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Listener listener = new Listener() {
                @Override
                public void chunk(Chunk chunk) {
                    super.chunk(chunk);
                    if (chunk instanceof Chunk.StartedOver) {
                        call.cancel("not again");
                    }
                }
            };
            call.addListener(listener);

            rig.assertSettled();

            assertThat(listener.told).containsExactly("a", "b", "c", "StartedOver", "ended CANCELLED");
            assertThat(rig.glm.opened()).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("I8: an iterator that is in mid-answer as it starts over reads what came, the mark and the new answer")
    void iterator_inMidAnswer_readsTheMarkInItsPlace() {
        Rig.forSeeds(20, rig -> {
            ChatCall call = ask(rig, BROKEN, WHOLE);
            Iterator<Chunk> reader = call.chunks().iterator();
            List<String> read = new ArrayList<>();
            rig.at(seconds(2), () -> read.add(Rig.content(reader.next())));
            rig.assertSettled();

            reader.forEachRemaining(chunk -> read.add(Rig.content(chunk)));

            assertThat(read).containsExactly("a", "b", "c", "StartedOver", "x", "y");
        });
    }
}
