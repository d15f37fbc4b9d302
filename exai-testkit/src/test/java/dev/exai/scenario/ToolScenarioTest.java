package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.GLM;
import static dev.exai.scenario.Rig.KIMI;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.call.ToolContext;
import dev.exai.call.ToolProgress;
import dev.exai.error.CallCancelledException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.error.NestedPermitException;
import dev.exai.error.OverloadedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.error.ToolFailedException;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I9 I12 tools")
class ToolScenarioTest {
    private static final int TOOLS_AT_ONCE = 32;

    private final Threads threads = new Threads();
    private final Session session = threads.exai.openSession("s");

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void blocking_asksAModel_childHasItsOwnPermit() throws Exception {
        Tool<String, String> tool = Tool.blocking("asks", (input, ctx) -> {
            assertThat(threads.exai.snapshot().isIdle())
                    .as("a tool holds no permit")
                    .isTrue();
            return input + ctx.chat(ASK_GLM).await().text();
        });

        ToolCall<String> call = session.submit(tool, "it is ");

        assertThat(call.await()).isEqualTo("it is ok");
        threads.assertIdle();
        assertThat(threads.exai.zombies()).isZero();
    }

    @Test
    @DisplayName(
            "I9 I12: progress is told while the call runs; a slow listener is told the latest, and none after the end")
    void progress_whileItRuns_isToldTheLatestAndNothingAfterTheEnd() throws Exception {
        CountDownLatch inListener = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch heardAll = new CountDownLatch(1);
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicReference<ToolContext> kept = new AtomicReference<>();
        CountDownLatch listening = new CountDownLatch(1);
        Tool<String, String> tool = Tool.blocking("works", (input, ctx) -> {
            kept.set(ctx);
            listening.await();
            ctx.progress(ToolProgress.of("begun"));
            inListener.await();
            for (int i = 0; i <= 1_000; i++) {
                ctx.progress(ToolProgress.of(i / 1_000.0, "file " + i));
            }
            goOn.countDown();
            heardAll.await();
            return "done";
        });

        ToolCall<String> call = session.submit(tool, "");
        call.addListener(new CallListener<String>() {
            @Override
            public void progressed(ToolProgress progress) {
                told.add(progress.toString());
                inListener.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (progress.fraction().orElse(0) == 1) {
                    heardAll.countDown();
                }
            }
        });
        listening.countDown();

        assertThat(call.await()).isEqualTo("done");
        kept.get().progress(ToolProgress.of("too late"));
        assertThat(told).containsExactly("begun", "100 % file 1000");
        threads.assertIdle();
    }

    @Test
    void child_longerDeadline_isCutToTheParents() throws Exception {
        AtomicReference<ChatCall> child = new AtomicReference<>();
        Tool<String, String> tool = Tool.blocking("asks", (input, ctx) -> {
            child.set(ctx.chat(ASK_GLM, within(86_400)));
            return child.get().await().text();
        });

        ToolCall<String> call = session.submit(tool, "", within(30));
        Threads.await(call);

        assertThat(child.get().deadline().atNanos()).isEqualTo(call.deadline().atNanos());
    }

    @Test
    @DisplayName("I9: a parent that succeeds does not leave its children running")
    void child_parentEndsFirst_isCancelled() throws Exception {
        threads.glm.script(Script.opened().hang());
        AtomicReference<ChatCall> child = new AtomicReference<>();
        Tool<String, String> tool = Tool.blocking("forgets", (input, ctx) -> {
            child.set(ctx.chat(ASK_GLM));
            return "done";
        });

        assertThat(session.submit(tool, "").await()).isEqualTo("done");

        assertThat(child.get().state()).isEqualTo(CallState.CANCELLED);
        threads.assertIdle();
    }

    @Test
    void withPermit_bodyRuns_holdsOneUnitForItsTime() throws Exception {
        Tool<String, String> tool = Tool.blocking(
                "own client",
                (input, ctx) -> ctx.withPermit(GLM, () -> {
                    assertThat(threads.exai.audit().holders()).singleElement().satisfies(holder -> {
                        assertThat(holder.call()).isEqualTo(ctx.callId());
                        assertThat(holder.site()).contains("ToolScenarioTest");
                    });
                    return "body";
                }));

        assertThat(session.submit(tool, "").await()).isEqualTo("body");
        threads.assertIdle();
    }

    @Test
    void withPermit_bodyThrows_permitIsBack() throws Exception {
        Tool<String, String> tool = Tool.blocking("own client", (input, ctx) -> {
            assertThatThrownBy(() -> ctx.withPermit(GLM, () -> {
                        throw new IOException("the body's own");
                    }))
                    .isInstanceOf(IOException.class);
            threads.assertIdle();
            return ctx.withPermit(KIMI, () -> "again");
        });

        assertThat(session.submit(tool, "").await()).isEqualTo("again");
    }

    @Test
    @DisplayName("I2: a tool that has a permit cannot ask for another, by itself or by a child")
    void withPermit_nested_isRefused() throws Exception {
        Tool<String, String> tool = Tool.blocking(
                "nests",
                (input, ctx) -> ctx.withPermit(GLM, () -> {
                    assertThatThrownBy(() -> ctx.withPermit(KIMI, () -> "inner"))
                            .isInstanceOfSatisfying(
                                    NestedPermitException.class,
                                    nested -> assertThat(nested.holder())
                                            .isEqualTo(ctx.callId().value()));
                    assertThatThrownBy(() -> ctx.chat(ASK_GLM).await()).isInstanceOf(NestedPermitException.class);
                    assertThat(threads.exai.audit().holders()).hasSize(1);
                    return "outer";
                }));

        assertThat(session.submit(tool, "").await()).isEqualTo("outer");
        threads.assertIdle();
    }

    @Test
    void withPermit_noneUntilTheDeadline_failsWithWhy() throws Exception {
        threads.glm.script(Script.opened().hang());
        for (int i = 0; i < 3; i++) {
            threads.exai.openSession("occupier").chat(ASK_GLM);
        }
        Tool<String, String> tool = Tool.blocking("waits", (input, ctx) -> ctx.withPermit(GLM, () -> "never"));

        ToolCall<String> call = session.submit(tool, "", CallOptions.within(Threads.millis(200)));
        Threads.await(call);

        assertThat(Rig.failureOf(call.outcome().orElseThrow()))
                .isInstanceOfAny(DeadlineExceededException.class, ToolFailedException.class)
                .hasCauseInstanceOf(PermitTimeoutException.class);
        assertThat(threads.exai.snapshot().global().waiting()).isZero();
    }

    @Test
    @DisplayName("I9: cancel <- a thread of the tool waits for a permit: it is let go, and told why")
    void withPermit_cancelledWhileAnotherThreadWaits_letsItGo() throws Exception {
        threads.glm.script(Script.opened().hang());
        for (int i = 0; i < 3; i++) {
            threads.exai.openSession("occupier").chat(ASK_GLM);
        }
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Tool<String, String> tool = Tool.async("spawns", (input, ctx) -> {
            Thread thread = new Thread(() -> {
                try {
                    ctx.withPermit(GLM, () -> "never");
                    told.complete(new AssertionError("granted"));
                } catch (Throwable e) {
                    told.complete(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
            return new CompletableFuture<>();
        });
        ToolCall<String> call = session.submit(tool, "");
        Threads.await(() -> threads.exai
                .snapshot()
                .session(session.id())
                .filter(usage -> usage.waiting() == 1)
                .isPresent());

        call.cancel("enough");

        assertThat(threads.exai.snapshot().global().waiting()).isZero();
        assertThat(told.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
    }

    @Test
    void throwsAnything_failsWithItAsTheCause() throws Exception {
        IOException own = new IOException("the tool's own");
        List<Tool<String, String>> tools = List.of(
                Tool.blocking("t", (input, ctx) -> {
                    throw own;
                }),
                Tool.async("t", (input, ctx) -> {
                    throw own;
                }),
                Tool.async("t", (input, ctx) -> CompletableFuture.failedFuture(own)),
                Tool.async(
                        "t",
                        (input, ctx) ->
                                CompletableFuture.<String>failedFuture(own).thenApply(text -> text)));
        for (Tool<String, String> tool : tools) {
            ToolCall<String> call = session.submit(tool, "");

            assertThatThrownBy(call::await)
                    .isInstanceOfSatisfying(
                            ToolFailedException.class,
                            failed -> assertThat(failed.tool()).isEqualTo("t"))
                    .hasCause(own);
        }
        ToolCall<String> returnsNull = session.submit(Tool.async("t", (input, ctx) -> null), "");
        assertThatThrownBy(returnsNull::await)
                .isInstanceOf(ToolFailedException.class)
                .hasCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void context_afterTheEnd_refusesEverything() throws Exception {
        AtomicReference<ToolContext> kept = new AtomicReference<>();
        Tool<String, String> tool = Tool.blocking("keeps", (input, ctx) -> {
            kept.set(ctx);
            return "done";
        });
        session.submit(tool, "").await();
        ToolContext ctx = kept.get();

        assertThat(ctx.isActive()).isFalse();
        assertThatThrownBy(ctx::ensureActive).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ctx.chat(ASK_GLM)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ctx.withPermit(GLM, () -> "no")).isInstanceOf(IllegalStateException.class);
        threads.assertIdle();
        assertThat(threads.glm.calls()).isEmpty();
    }

    @Test
    void context_afterACancel_refusesWithIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicReference<ToolContext> kept = new AtomicReference<>();
        CompletableFuture<String> never = new CompletableFuture<>();
        ToolCall<String> call = session.submit(
                Tool.async("waits", (input, ctx) -> {
                    kept.set(ctx);
                    inside.countDown();
                    return never;
                }),
                "");
        Threads.await(inside);

        call.cancel("enough");

        assertThatThrownBy(kept.get()::ensureActive)
                .isInstanceOfSatisfying(
                        CallCancelledException.class,
                        cancelled -> assertThat(cancelled.reason()).isEqualTo("enough"));
        assertThatThrownBy(() -> kept.get().chat(ASK_GLM)).isInstanceOf(CallCancelledException.class);
        assertThatThrownBy(() -> kept.get().withPermit(GLM, () -> "no")).isInstanceOf(CallCancelledException.class);
        Threads.await(never::isCancelled);
    }

    @Test
    @DisplayName("I9: a running tool is interrupted, its child too, and counts as a zombie until it returns")
    void cancel_blockedTool_endsAtOnceAndIsAZombieUntilItReturns() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        Tool<String, String> tool = Tool.blocking("stubborn", (input, ctx) -> {
            inside.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            mayReturn.await();
            return "too late";
        });
        ToolCall<String> call = session.submit(tool, "");
        Threads.await(inside);

        assertThat(call.cancel("enough")).isTrue();

        assertThat(call.state()).isEqualTo(CallState.CANCELLED);
        assertThat(threads.exai.zombies()).isEqualTo(1);
        Threads.await(interrupted);
        mayReturn.countDown();
        Threads.await(() -> threads.exai.zombies() == 0);
        assertThat(call.state()).isEqualTo(CallState.CANCELLED);
    }

    @Test
    @DisplayName("I9: an async tool that is cancelled inside its code and then returns nonsense is a zombie no longer")
    void cancel_asyncToolReturnsNullAfterwards_zombieIsGone() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        Tool<String, String> tool = Tool.async("stubborn", (input, ctx) -> {
            inside.countDown();
            boolean returns = false;
            while (!returns) {
                try {
                    mayReturn.await();
                    returns = true;
                } catch (InterruptedException e) {
                    // stubborn
                }
            }
            return null;
        });
        ToolCall<String> call = session.submit(tool, "");
        Threads.await(inside);

        call.cancel("enough");
        assertThat(threads.exai.zombies()).isEqualTo(1);
        mayReturn.countDown();

        Threads.await(() -> threads.exai.zombies() == 0);
    }

    @Test
    @DisplayName("I9: the interrupt of a cancelled tool does not reach what its thread does next")
    void cancel_interrupt_doesNotLeakIntoThePooledThread() throws Exception {
        AtomicInteger tainted = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        Tool<String, String> next = Tool.blocking("next", (input, ctx) -> {
            ran.incrementAndGet();
            if (Thread.currentThread().isInterrupted()) {
                tainted.incrementAndGet();
            }
            return "ok";
        });
        for (int round = 0; round < 200; round++) {
            CountDownLatch inside = new CountDownLatch(1);
            AtomicBoolean go = new AtomicBoolean();
            Tool<String, String> spins = Tool.blocking("spins", (input, ctx) -> {
                inside.countDown();
                while (!go.get() && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                return "done"; // with the interrupt still set
            });
            ToolCall<String> call = session.submit(spins, "");
            Threads.await(inside);
            go.set(round % 2 == 0); // tool returns | cancel
            call.cancel("enough");

            assertThat(session.submit(next, "").await()).isEqualTo("ok");
        }

        assertThat(ran).hasValue(200);
        assertThat(tainted).hasValue(0);
        Threads.await(() -> threads.exai.zombies() == 0);
    }

    @Test
    @DisplayName("I9: a tool that waits for its turn is cancelled where it stands, and its place is gone")
    void cancel_toolWaitingForItsTurn_leavesItsPlace() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(TOOLS_AT_ONCE);
        Tool<String, String> blocks = Tool.blocking("blocks", (input, ctx) -> {
            inside.countDown();
            release.await();
            return "ok";
        });
        List<ToolCall<String>> running = new ArrayList<>();
        for (int i = 0; i < TOOLS_AT_ONCE; i++) {
            running.add(session.submit(blocks, ""));
        }
        Threads.await(inside);
        AtomicInteger ran = new AtomicInteger();
        Tool<String, String> counts = Tool.blocking("counts", (input, ctx) -> {
            ran.incrementAndGet();
            return "ok";
        });

        for (int i = 0; i < 3_000; i++) {
            ToolCall<String> waiting = session.submit(counts, "");
            assertThat(waiting.state()).as("call %s", i).isEqualTo(CallState.QUEUED);
            waiting.cancel("enough");
            assertThat(waiting.state()).isEqualTo(CallState.CANCELLED);
        }
        ToolCall<String> last = session.submit(counts, "");
        release.countDown();

        assertThat(last.await()).isEqualTo("ok");
        for (ToolCall<String> call : running) {
            assertThat(call.await()).isEqualTo("ok");
        }
        assertThat(ran).hasValue(1);
    }

    @Test
    @DisplayName("I12: tools of one session beyond its cap wait, those of another do not; too many are refused")
    void tools_oneSessionFillsItsCap_anotherRuns() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Tool<String, String> blocks = Tool.blocking("blocks", (input, ctx) -> {
            release.await();
            return "ok";
        });
        List<ToolCall<String>> calls = new ArrayList<>();
        for (int i = 0; i < TOOLS_AT_ONCE + 1_024; i++) {
            calls.add(session.submit(blocks, ""));
        }
        ToolCall<String> tooMany = session.submit(blocks, "");

        assertThatThrownBy(tooMany::await).isInstanceOf(OverloadedException.class);
        assertThat(threads.exai
                        .openSession("other")
                        .submit(Tool.blocking("quick", (input, ctx) -> input), "ok")
                        .await())
                .isEqualTo("ok");
        release.countDown();
        for (ToolCall<String> call : calls) {
            assertThat(call.await()).isEqualTo("ok");
        }
    }

    @Test
    void onCancel_endedWell_isNotRun() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Tool<String, String> succeeds = Tool.blocking("t", (input, ctx) -> {
            ctx.onCancel(runs::incrementAndGet);
            return "ok";
        });
        Tool<String, String> fails = Tool.blocking("t", (input, ctx) -> {
            ctx.onCancel(runs::incrementAndGet);
            throw new IOException("the tool's own");
        });
        Tool<String, String> waits = Tool.async("t", (input, ctx) -> {
            ctx.onCancel(runs::incrementAndGet);
            return new CompletableFuture<>();
        });

        Threads.await(session.submit(succeeds, ""));
        Threads.await(session.submit(fails, ""));
        ToolCall<String> cancelled = session.submit(waits, "");
        Threads.await(() -> cancelled.state() == CallState.RUNNING);
        Threads.await(session.submit(waits, "", CallOptions.within(Threads.millis(100))));
        Threads.await(() -> runs.get() >= 1);
        assertThat(runs).hasValue(1); // by the deadline
        cancelled.cancel("enough");

        Threads.await(() -> runs.get() == 2 || cancelled.state() != CallState.CANCELLED);
    }

    @Test
    @DisplayName("I8: a tool that ignores everything ends at its deadline, for everyone but its thread")
    void deadline_toolIgnoresInterrupts_callEnds() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        Tool<String, String> ignores = Tool.blocking("ignores", (input, ctx) -> {
            while (!release.get()) {
                Thread.onSpinWait();
            }
            return "too late";
        });

        ToolCall<String> call = session.submit(ignores, "", CallOptions.within(Threads.millis(100)));

        assertThatThrownBy(call::await)
                .isInstanceOfSatisfying(
                        DeadlineExceededException.class,
                        late -> assertThat(late.stage()).isEqualTo(DeadlineExceededException.Stage.RUNNING));
        assertThat(threads.exai.zombies()).isEqualTo(1);
        release.set(true);
        Threads.await(() -> threads.exai.zombies() == 0);
    }

    @Test
    @DisplayName("I9: interrupting the thread that waits cancels the call")
    void await_interrupted_cancelsTheCall() throws Exception {
        threads.glm.script(Script.opened().hang());
        ChatCall call = session.chat(ASK_GLM);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                call.await();
            } catch (Throwable e) {
                thrown.complete(e);
            }
        });
        waiter.start();
        Threads.await(() -> waiter.getState() == Thread.State.WAITING);

        waiter.interrupt();

        assertThat(thrown.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(call.state()).isEqualTo(CallState.CANCELLED);
        threads.assertIdle();
        waiter.join(10_000);
    }

    @Test
    @DisplayName("I7: a failed child is told to the tool as itself, not wrapped")
    void child_fails_toolSeesWhy() throws Exception {
        threads.glm.script(Script.fail(() -> Failures.rejected("glm")));
        Tool<String, String> tool = Tool.blocking("asks", (input, ctx) -> {
            try {
                return ctx.chat(ASK_GLM).await().text();
            } catch (ExaiException e) {
                return e.getClass().getSimpleName();
            }
        });

        assertThat(session.submit(tool, "").await()).isEqualTo("RejectedException");
    }

    @Test
    @DisplayName("I9: a tool waiting for its child is let go when the session closes inside the tool itself")
    void close_fromInsideATool_doesNotDeadlock() throws Exception {
        Tool<String, String> closes = Tool.blocking("closes", (input, ctx) -> {
            ctx.chat(ASK_GLM);
            session.close();
            return "too late";
        });

        ToolCall<String> call = session.submit(closes, "");
        Threads.await(call);

        assertThat(call.state()).isEqualTo(CallState.CANCELLED);
        threads.assertIdle();
    }
}
