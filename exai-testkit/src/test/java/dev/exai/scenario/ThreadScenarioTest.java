package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.ASK_KIMI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.context.ProviderId;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.UnavailableException;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import dev.exai.model.ModelSelector;
import dev.exai.model.Route;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I7 I8 I9 I10 I12 I13 with real threads")
class ThreadScenarioTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService own = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        release.countDown();
        own.shutdownNow();
    }

    /** Blocks until the test is over; not for ever, so that a test that fails does not hang as it closes. */
    private void block() {
        try {
            release.await(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            block();
        }
    }

    @Test
    @DisplayName("I12: stages of more calls than a session tells listeners at once each wait for another call: all end")
    void stages_manyJoinOtherCalls_allEnd() throws Exception {
        try (Threads threads = new Threads(builder -> builder.limits(PermitLimits.forDevelopment().toBuilder()
                .maxQueuedPerSession(1_000)
                .build()))) {
            threads.glm.script(Script.chunk("a").complete());
            Session session = threads.exai.openSession("s");
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                stages.add(session.chat(ASK_GLM)
                        .toCompletableFuture()
                        .thenAccept(first ->
                                session.chat(ASK_GLM).toCompletableFuture().join()));
            }

            CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new))
                    .get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("I7: wait for the call, then look at the pool: free, always, whoever looks and however")
    void ended_lookedAtInEveryWay_poolIsFree() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.chunk("a").chunk("b").complete());
            Session session = threads.exai.openSession("s");
            for (int round = 0; round < 150; round++) {
                ChatCall call = session.chat(ASK_GLM);
                CompletableFuture<Void> looked = new CompletableFuture<>();
                call.addListener(new CallListener<ChatReply>() {
                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        check(threads, looked);
                    }
                });
                CompletableFuture<Void> continued = call.toCompletableFuture().handle((reply, failure) -> {
                    threads.assertIdle();
                    return null;
                });
                Future<?> spinner = own.submit(() -> {
                    Threads.await(call::isDone);
                    threads.assertIdle();
                });
                if (round % 3 == 0) {
                    call.cancel("enough");
                    threads.assertIdle();
                } else if (round % 3 == 1) {
                    List<String> texts = new ArrayList<>();
                    for (Chunk chunk : call.chunks()) {
                        texts.add(((Chunk.Text) chunk).text());
                    }
                    threads.assertIdle();
                    assertThat(texts).containsExactly("a", "b");
                } else {
                    assertThat(call.await().text()).isEqualTo("ab");
                    threads.assertIdle();
                }
                looked.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
                continued.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
                spinner.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
            }
            // A call that is cancelled while its exchange is being opened leaves a zombie, beside which the next one
            // runs.
            assertThat(threads.glm.maxInFlight()).isLessThanOrEqualTo(2);
        }
    }

    private static void check(Threads threads, CompletableFuture<Void> looked) {
        try {
            threads.assertIdle();
            looked.complete(null);
        } catch (AssertionError e) {
            looked.completeExceptionally(e);
        }
    }

    @Test
    @DisplayName("I9: cancel | completed | deadline, on three threads: one end, one permit, no one left")
    void ended_racing_onePermitOneEnd() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.chunk("a").after(Threads.millis(2)).complete());
            Session session = threads.exai.openSession("s");
            List<ChatCall> calls = new ArrayList<>();
            AtomicInteger ends = new AtomicInteger();
            for (int round = 0; round < 300; round++) {
                ChatCall call = session.chat(ASK_GLM, CallOptions.within(Threads.millis(2 + round % 2)));
                calls.add(call);
                call.addListener(new CallListener<ChatReply>() {
                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        ends.incrementAndGet();
                    }
                });
                if (round % 2 == 0) {
                    boolean cancelled = call.cancel("now");
                    assertThat(cancelled).isEqualTo(call.state() == CallState.CANCELLED);
                    assertThat(call.isDone()).isTrue();
                }
            }
            for (ChatCall call : calls) {
                Threads.await(call);
            }
            Threads.await(() -> ends.get() == 300);
            threads.assertIdle();
            Threads.await(() -> threads.exai.zombies() == 0);
            assertThat(threads.exai.snapshot().granted())
                    .isEqualTo(threads.exai.snapshot().returned());
            Threads.await(() -> session.calls().isEmpty());
        }
    }

    @Test
    @DisplayName("I8: a listener that blocks delays neither the call nor its other listeners")
    void listener_blocks_harmsOnlyItself() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(
                    Script.chunk("a").after(Threads.millis(5)).chunk("b").complete());
            Session session = threads.exai.openSession("s");
            CountDownLatch inside = new CountDownLatch(1);
            CompletableFuture<String> told = new CompletableFuture<>();

            ChatCall call = session.chat(ASK_GLM);
            call.addListener(new CallListener<ChatReply>() {
                @Override
                public void stateChanged(CallState state) {
                    blockInside();
                }

                @Override
                public void ended(CallOutcome<? extends ChatReply> outcome) {
                    blockInside(); // the state may have changed before the listener came
                }

                private void blockInside() {
                    inside.countDown();
                    block();
                }
            });
            call.addListener(new CallListener<ChatReply>() {
                @Override
                public void ended(CallOutcome<? extends ChatReply> outcome) {
                    told.complete(outcome.state().toString());
                }
            });

            assertThat(call.await().text()).isEqualTo("ab");
            assertThat(told.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("SUCCEEDED");
            threads.assertIdle();
            Threads.await(inside);
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("I8: a listener of events that blocks delays nothing; what does not fit its queue is counted")
    void eventListener_blocks_callsGoOn() throws Exception {
        ExaiListener blocks = new ExaiListener() {
            @Override
            public void callStarted(ExaiEvent.CallStarted event) {
                block();
            }
        };
        AtomicInteger ends = new AtomicInteger();
        ExaiListener counts = new ExaiListener() {
            @Override
            public void callEnded(ExaiEvent.CallEnded event) {
                ends.incrementAndGet();
            }
        };
        try (Threads threads = new Threads(builder -> builder.listener(blocks).listener(counts))) {
            threads.glm.script(Script.chunk("ok").complete().insideOpen());
            Session session = threads.exai.openSession("s");
            for (int i = 0; i < 50; i++) {
                assertThat(session.chat(ASK_GLM).await().text()).isEqualTo("ok");
            }
            Threads.await(() -> ends.get() == 50);
            threads.assertIdle();
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("I12: a continuation that blocks its thread is nobody else's: other sessions go on, on other threads")
    void continuation_blocks_otherSessionsGoOn() throws Exception {
        try (Threads threads = new Threads()) {
            AtomicReference<Thread> blocked = new AtomicReference<>();
            CountDownLatch inside = new CountDownLatch(1);
            threads.exai.openSession("a").chat(ASK_GLM).toCompletableFuture().thenAccept(reply -> {
                blocked.set(Thread.currentThread());
                inside.countDown();
                block();
            });
            Threads.await(inside);
            Session other = threads.exai.openSession("b");
            Set<Thread> seen = ConcurrentHashMap.newKeySet();

            for (int i = 0; i < 20; i++) {
                ChatCall call = other.chat(i % 2 == 0 ? ASK_GLM : ASK_KIMI);
                call.toCompletableFuture()
                        .thenAccept(reply -> seen.add(Thread.currentThread()))
                        .get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
            }

            assertThat(blocked.get().getName()).startsWith("exai-user-");
            assertThat(blocked.get().isDaemon()).isTrue();
            assertThat(seen).doesNotContain(blocked.get());
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("I12: nothing of a user runs on the timer or on the threads for effects")
    void userCode_anyKind_runsOnUserThreads() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        ModelSelector selector = (query, catalog) -> {
            names.add(Thread.currentThread().getName());
            return CompletableFuture.completedFuture(List.of(catalog.find("glm-standard")));
        };
        ExaiListener listener = new ExaiListener() {
            @Override
            public void permitGranted(ExaiEvent.PermitGranted event) {
                names.add(Thread.currentThread().getName());
            }
        };
        try (Threads threads =
                new Threads(builder -> builder.modelSelector(selector).listener(listener))) {
            threads.glm.script(Script.after(Threads.millis(20)).chunk("a").complete());
            Session session = threads.exai.openSession("s");
            CountDownLatch told = new CountDownLatch(4);
            for (CallOptions options : List.of(CallOptions.defaults(), CallOptions.within(Threads.millis(5)))) {
                ChatCall call = session.chat(ASK_AUTO, options);
                call.addListener(new CallListener<ChatReply>() {
                    @Override
                    public void chunk(Chunk chunk) {
                        names.add(Thread.currentThread().getName());
                    }

                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        names.add(Thread.currentThread().getName());
                        told.countDown();
                    }
                });
                call.toCompletableFuture().whenComplete((reply, failure) -> {
                    names.add(Thread.currentThread().getName());
                    told.countDown();
                });
            }
            Threads.await(told);

            assertThat(names).isNotEmpty().allMatch(name -> name.startsWith("exai-user-"));
        }
    }

    @Test
    @DisplayName("I10: a listener that closes its session, or everything, from its own thread: no deadlock")
    void listener_closes_noDeadlock() throws Exception {
        for (boolean all : List.of(false, true)) {
            try (Threads threads = new Threads()) {
                threads.glm.script(Script.chunk("a").hang());
                Session session = threads.exai.openSession("s");
                CountDownLatch closed = new CountDownLatch(1);
                List<ChatCall> calls = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    calls.add(session.chat(ASK_GLM));
                }
                calls.get(0).addListener(new CallListener<ChatReply>() {
                    @Override
                    public void chunk(Chunk chunk) {
                        close();
                    }

                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        close();
                        closed.countDown();
                    }

                    private void close() {
                        if (all) {
                            threads.exai.close();
                        } else {
                            session.close();
                        }
                    }
                });
                // the chunk may have come before the listener
                own.submit(session::close);
                Threads.await(closed);

                assertThat(calls).allMatch(ChatCall::isDone);
                threads.assertIdle();
            }
        }
    }

    @Test
    @DisplayName("I13: 1,000 autos of 50 threads, slow selector: one load, no lock shared with an explicit model")
    void auto_fiftyThreads_oneLoad() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        ModelSelector slow = (query, catalog) -> {
            Threads.await(answers);
            return CompletableFuture.completedFuture(List.of(catalog.find("kimi-standard")));
        };
        for (boolean isSlow : List.of(true, false)) {
            try (Threads threads = new Threads(builder -> isSlow ? builder.modelSelector(slow) : builder)) {
                threads.glm.script(Script.chunk("ok").complete());
                threads.kimi.script(Script.chunk("ok").complete());
                CyclicBarrier together = new CyclicBarrier(50);
                List<Future<List<ChatCall>>> futures = new ArrayList<>();
                for (int t = 0; t < 50; t++) {
                    Session session = threads.exai.openSession("t" + t);
                    futures.add(own.submit(() -> {
                        together.await(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
                        List<ChatCall> calls = new ArrayList<>();
                        for (int i = 0; i < 20; i++) {
                            calls.add(session.chat(ASK_AUTO));
                        }
                        return calls;
                    }));
                }
                List<ChatCall> calls = new ArrayList<>();
                for (Future<List<ChatCall>> future : futures) {
                    calls.addAll(future.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS));
                }
                Session session = threads.exai.openSession("explicit");
                assertThat(session.chat(ASK_GLM).await().text()).isEqualTo("ok");
                answers.countDown();
                for (ChatCall call : calls) {
                    assertThat(call.await().text()).isEqualTo("ok");
                }

                assertThat(threads.exai.models().loads()).isEqualTo(1);
                threads.assertIdle();
            }
        }
    }

    @Test
    @DisplayName("I8: a selector that blocks its thread")
    void selector_blocks_callEndsAtItsDeadline() throws Exception {
        ModelSelector blocks = (query, catalog) -> {
            block();
            return CompletableFuture.<List<Route>>failedFuture(new IllegalStateException("released"));
        };
        try (Threads threads = new Threads(builder -> builder.modelSelector(blocks))) {
            Session session = threads.exai.openSession("s");
            ChatCall call = session.chat(ASK_AUTO, CallOptions.within(Threads.millis(100)));

            assertThatThrownBy(call::await)
                    .isInstanceOfSatisfying(
                            DeadlineExceededException.class,
                            late -> assertThat(late.stage()).isEqualTo(DeadlineExceededException.Stage.RESOLVING));
            assertThat(session.chat(ASK_GLM).await().text()).isEqualTo("ok");
        } finally {
            release.countDown();
        }
    }

    /** A provider with the one model that {@link Rig#ASK_GLM} asks for. */
    private interface Glm extends Provider {
        @Override
        default ProviderId id() {
            return ProviderId.of("glm");
        }

        @Override
        default List<ModelInfo> catalog() {
            return List.of(ModelInfo.builder("glm-standard").build());
        }
    }

    /** A provider that blocks where it must not. */
    private final class Blocking implements Glm {
        final boolean inOpen;
        final CountDownLatch opened = new CountDownLatch(1);
        final AtomicInteger aborts = new AtomicInteger();
        final AtomicReference<ReplySink> sink = new AtomicReference<>();

        Blocking(boolean inOpen) {
            this.inOpen = inOpen;
        }

        @Override
        public Exchange open(ProviderCall call, ReplySink told) {
            sink.set(told);
            opened.countDown();
            if (inOpen) {
                block();
            }
            return () -> {
                aborts.incrementAndGet();
                if (!inOpen) {
                    block();
                }
            };
        }
    }

    @Test
    @DisplayName(
            "I8 I9: a provider that blocks in open: cancel and deadline end the call, and open is aborted when it returns")
    void open_blocks_callEndsAndTheExchangeIsAbortedLater() throws Exception {
        Blocking provider = new Blocking(true);
        try (Exai exai = Exai.builder(provider).build();
                Session session = exai.openSession("s")) {
            ChatCall call = session.chat(ASK_GLM, CallOptions.within(Threads.millis(100)));
            Threads.await(provider.opened);

            assertThatThrownBy(call::await).isInstanceOf(DeadlineExceededException.class);
            assertThat(exai.snapshot().isIdle()).isTrue();
            assertThat(exai.zombies()).isEqualTo(1);
            ChatCall second = session.chat(ASK_GLM);
            assertThat(second.cancel("enough")).isTrue();
            assertThat(exai.snapshot().isIdle()).isTrue();

            release.countDown();
            Threads.await(() -> provider.aborts.get() >= 1);
        } finally {
            release.countDown();
        }
    }

    /** Has the thread that opens wait for the abort, if that is lent to it. */
    private final class Borrower implements Glm {
        final AtomicReference<Thread> opener = new AtomicReference<>();
        final AtomicReference<Thread> worker = new AtomicReference<>();
        final CountDownLatch working = new CountDownLatch(1);
        final AtomicInteger refused = new AtomicInteger();

        @Override
        public Exchange open(ProviderCall call, ReplySink sink) {
            opener.set(Thread.currentThread());
            CountDownLatch gone = new CountDownLatch(1);
            Runnable work = () -> {
                worker.set(Thread.currentThread());
                working.countDown();
                Threads.await(gone);
                sink.aborted();
            };
            if (!call.runAfterOpen(work)) {
                refused.incrementAndGet();
                own.execute(work);
            }
            return gone::countDown;
        }
    }

    @Test
    @DisplayName(
            "I9 I12: a provider may have the thread that opens for as long as its exchange lasts: cancel still works")
    void open_borrowsItsThread_othersGoOnAndCancelEndsIt() throws Exception {
        Borrower provider = new Borrower();
        try (Threads threads = new Threads();
                Exai exai = Exai.builder(provider, threads.kimi).build();
                Session session = exai.openSession("s")) {
            threads.kimi.script(Script.chunk("a").complete());
            ChatCall call = session.chat(ASK_GLM);
            Threads.await(provider.working);
            assertThat(provider.worker.get()).isSameAs(provider.opener.get());
            assertThat(provider.worker.get()).isNotSameAs(Thread.currentThread());

            assertThat(session.chat(ASK_KIMI).await().text()).isEqualTo("a");
            assertThat(call.cancel("enough")).isTrue();

            assertThat(exai.snapshot().isIdle()).isTrue();
            Threads.await(() -> exai.zombies() == 0);
            assertThat(provider.refused).hasValue(0);
        }
    }

    @Test
    @DisplayName("I5 I9: work on a lent thread that throws ends the call, and leaves neither permit nor zombie")
    void open_workOnTheLentThreadThrows_callFails() throws Exception {
        AtomicInteger aborts = new AtomicInteger();
        Glm provider = (asked, sink) -> {
            assertThat(asked.runAfterOpen(() -> {
                        throw new IllegalStateException("a bug");
                    }))
                    .isTrue();
            return aborts::incrementAndGet;
        };
        try (Exai exai = Exai.builder(provider).build();
                Session session = exai.openSession("s")) {
            ChatCall call = session.chat(ASK_GLM);

            assertThatThrownBy(call::await).isInstanceOf(InternalErrorException.class);

            assertThat(exai.snapshot().isIdle()).isTrue();
            Threads.await(() -> exai.zombies() == 0);
            assertThat(aborts).hasValue(1);
        }
    }

    @Test
    @DisplayName("I12: an executor for the library's steps that was given is nobody's to block")
    void open_onAGivenExecutor_getsNoThreadOfIt() throws Exception {
        Borrower provider = new Borrower();
        try (Exai exai = Exai.builder(provider).effectsExecutor(own).build();
                Session session = exai.openSession("s")) {
            ChatCall call = session.chat(ASK_GLM);
            Threads.await(provider.working);

            assertThat(provider.refused).hasValue(1);
            assertThat(call.cancel("enough")).isTrue();
            Threads.await(() -> exai.zombies() == 0);
        }
    }

    @Test
    @DisplayName("I8: a provider that blocks in abort breaks its contract; the call still ends soon after its deadline")
    void abort_blocks_othersSeeTheCallEnd() throws Exception {
        Blocking provider = new Blocking(false);
        try (Exai exai = Exai.builder(provider).build();
                Session session = exai.openSession("s")) {
            ChatCall call = session.chat(ASK_GLM, CallOptions.within(Threads.millis(200)));

            Threads.await(call);

            assertThat(call.state()).isEqualTo(CallState.DEADLINE_EXCEEDED);
            assertThat(exai.snapshot().isIdle()).isTrue();
            ChatCall cancelled = session.chat(ASK_GLM, CallOptions.within(Threads.millis(200)));
            Threads.await(() -> cancelled.state() == CallState.RUNNING);
            Future<?> canceller = own.submit(() -> cancelled.cancel("enough"));

            Threads.await(cancelled);

            assertThat(cancelled.state()).isEqualTo(CallState.CANCELLED);
            assertThat(exai.snapshot().isIdle()).isTrue();
            release.countDown();
            canceller.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("I8: what an iterator handed out cannot be taken back: no retry after it")
    void chunks_readThenFailure_isNotRetried() throws Exception {
        try (Threads threads = new Threads()) {
            CountDownLatch read = new CountDownLatch(1);
            threads.glm.script(Script.chunk("a").after(gate(read)).fail(() -> Failures.unavailable("glm")));
            ChatCall call = threads.exai.openSession("s").chat(ASK_GLM);
            Iterator<Chunk> chunks = call.chunks().iterator();
            // the step that waits is asked for after the chunk was told, on the script's thread
            assertThat(chunks.hasNext()).isTrue();
            assertThat(((Chunk.Text) chunks.next()).text()).isEqualTo("a");
            read.countDown();

            assertThatThrownBy(chunks::hasNext).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(chunks::next).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(call::await).isInstanceOf(UnavailableException.class);
            assertThat(threads.glm.opened()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "I8: an iterator that waits as the answer starts over reads the mark, waits on, and reads the new answer")
    void chunks_waitedForAsItStartsOver_readsTheMarkThenTheNewAnswer() throws Exception {
        try (Threads threads = new Threads()) {
            CountDownLatch readPiece = new CountDownLatch(1);
            CountDownLatch readMark = new CountDownLatch(1);
            threads.glm
                    .script(1, Script.chunk("a").after(gate(readPiece)).fail(() -> Failures.unavailable("glm")))
                    .script(2, Script.after(gate(readMark)).chunk("b").complete());
            ChatCall call = threads.exai
                    .openSession("s")
                    .chat(
                            ASK_GLM,
                            CallOptions.builder().restartAfterOutput(true).build());
            Iterator<Chunk> chunks = call.chunks().iterator();

            assertThat(Rig.content(chunks.next())).isEqualTo("a");
            readPiece.countDown();
            assertThat(chunks.next()).isInstanceOf(Chunk.StartedOver.class);
            readMark.countDown();
            assertThat(Rig.content(chunks.next())).isEqualTo("b");

            assertThat(chunks.hasNext()).isFalse();
            threads.assertIdle();
            assertThat(call.await().text()).isEqualTo("b");
            assertThat(threads.glm.opened()).isEqualTo(2);
        }
    }

    /** No time, but not before the latch is open: asked for by the script, on its thread. */
    private static Supplier<Duration> gate(CountDownLatch latch) {
        return () -> {
            Threads.await(latch);
            return Duration.ZERO;
        };
    }

    @Test
    @DisplayName("I9: interrupting the thread that reads cancels the call")
    void chunks_readerInterrupted_cancelsTheCall() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.chunk("a").hang());
            ChatCall call = threads.exai.openSession("s").chat(ASK_GLM);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    call.chunks().forEach(chunk -> {});
                } catch (Throwable e) {
                    flag.complete(Thread.currentThread().isInterrupted());
                    thrown.complete(e);
                }
            });
            reader.start();
            Threads.await(() -> reader.getState() == Thread.State.WAITING && call.state() == CallState.RUNNING);
            reader.interrupt();

            assertThat(thrown.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(dev.exai.error.CallCancelledException.class);
            assertThat(flag.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            threads.assertIdle();
        }
    }

    @Test
    @DisplayName("I12: a reader that never reads holds nobody's permit")
    void chunks_neverRead_callEndsAndStaysReadable() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.chunk("a").chunk("b").complete());
            ChatCall call = threads.exai.openSession("s").chat(ASK_GLM);

            call.await();

            threads.assertIdle();
            for (int i = 0; i < 2; i++) {
                List<Chunk> all = new ArrayList<>();
                call.chunks().forEach(all::add);
                assertThat(all).hasSize(2);
            }
        }
    }

    @Test
    void closeGracefully_callsEndInTime_waitsForThem() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.after(Threads.millis(50)).chunk("ok").complete());
            Session session = threads.exai.openSession("s");
            List<ChatCall> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(session.chat(ASK_GLM));
            }

            assertThat(threads.exai.closeGracefully(java.time.Duration.ofDays(365_000)))
                    .isTrue();

            assertThat(calls).allMatch(call -> call.state() == CallState.SUCCEEDED);
            assertThatThrownBy(() -> threads.exai.openSession("t"))
                    .isInstanceOf(dev.exai.error.SessionClosedException.class);
        }
    }

    @Test
    void closeGracefully_callHangs_isCancelledAtTheLimit() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.opened().hang());
            ChatCall call = threads.exai.openSession("s").chat(ASK_GLM);

            assertThat(threads.exai.closeGracefully(Threads.millis(50))).isFalse();

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            threads.assertIdle();
        }
    }

    @Test
    void closeGracefully_interrupted_closesAllTheSame() throws Exception {
        try (Threads threads = new Threads()) {
            threads.glm.script(Script.opened().hang());
            ChatCall call = threads.exai.openSession("s").chat(ASK_GLM);
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> threads.exai.closeGracefully(java.time.Duration.ofMinutes(1)))
                    .isInstanceOf(InterruptedException.class);

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            threads.assertIdle();
        }
    }

    @Test
    @DisplayName("I9: close <- calls are being started by other threads: refused or cancelled, none left")
    void close_whileCallsAreStarted_noneIsLeft() throws Exception {
        for (int round = 0; round < 30; round++) {
            try (Threads threads = new Threads()) {
                threads.glm.script(Script.opened().hang());
                CyclicBarrier together = new CyclicBarrier(5);
                List<ChatCall> calls = java.util.Collections.synchronizedList(new ArrayList<>());
                List<Future<?>> starters = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    Session session = threads.exai.openSession("s" + t);
                    starters.add(own.submit(() -> {
                        together.await(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
                        try {
                            for (int i = 0; i < 200; i++) {
                                calls.add(session.chat(ASK_GLM));
                            }
                        } catch (dev.exai.error.SessionClosedException closed) {
                            // as it should be
                        }
                        return null;
                    }));
                }
                together.await(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
                threads.exai.close();
                for (Future<?> starter : starters) {
                    starter.get(Threads.LIMIT_SECONDS, TimeUnit.SECONDS);
                }

                assertThat(calls).allMatch(ChatCall::isDone);
                threads.assertIdle();
            }
        }
    }
}
