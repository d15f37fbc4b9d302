package dev.exai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.SessionClosedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.event.ExaiEvent;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelResolver;
import dev.exai.model.ModelSelector;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPool;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CallEndTest {
    private static final ProviderId PROVIDER = ProviderId.of("p");
    private static final CallOptions SOON = CallOptions.within(Duration.ofMillis(100));

    private final SystemScheduler clock = SystemScheduler.create("test");
    private final Queue<ExaiEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicReference<ReplySink> sink = new AtomicReference<>();
    private final OpenScope scope = new OpenScope();

    @AfterEach
    void close() {
        clock.close();
    }

    private CallEngine engine(Scheduler scheduler) {
        return engine(scheduler, Runnable::run);
    }

    private CallEngine engine(Scheduler scheduler, Executor userCode) {
        return builder(scheduler, userCode).build();
    }

    private CallEngine.Builder builder(Scheduler scheduler, Executor userCode) {
        return builder(scheduler, userCode, new AtomicReference<>());
    }

    private CallEngine.Builder builder(Scheduler scheduler, Executor userCode, AtomicReference<PermitPool> made) {
        scope.listeners = userCode;
        made.set(PermitPool.builder(PermitLimits.forDevelopment(), scheduler).build());
        Provider provider = new OneExchange();
        ModelResolver resolver = ModelResolver.caching(
                ModelCatalog.of(List.of(provider)), ModelSelector.standard(), scheduler, Runnable::run, Runnable::run);
        return CallEngine.builder(made.get(), resolver, scheduler)
                .providers(Map.of(PROVIDER, provider))
                .events(events::add);
    }

    @Test
    @DisplayName("I8: backstop is set <- its thread stands still for a second <- backstop ends the call | deadline")
    void deadline_backstopComesFirst_endsAllTheSame() {
        Scheduler slow = new Scheduler() {
            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }

            @Override
            public Scheduled schedule(Duration delay, Runnable task) {
                if (delay.equals(Duration.ofSeconds(1))) {
                    Thread other = new Thread(task, "backstop");
                    other.start();
                    try {
                        other.join(5_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return () -> false;
                }
                return clock.schedule(delay, task);
            }
        };
        Tool<String, String> never = Tool.async("never", (input, ctx) -> new CompletableFuture<>());

        ToolCall<String> call = engine(slow).submit(scope, never, "", SOON);

        assertThatThrownBy(() -> call.toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(DeadlineExceededException.class);
        assertThat(call.state()).isEqualTo(CallState.DEADLINE_EXCEEDED);
    }

    @Test
    @DisplayName("I7: piece on its way to a slow listener's neighbour | deadline: the end is the last that it is told")
    void ended_overtakesAPiece_isStillTheLast() {
        ChatCall call = engine(clock).chat(scope, ChatRequest.of("hello"), SOON);
        CountDownLatch end = new CountDownLatch(1);
        call.addListener(new CallListener<ChatReply>() {
            @Override
            public void chunk(Chunk chunk) {
                awaitQuietly(end);
            }
        });
        List<String> told = new CopyOnWriteArrayList<>();
        call.addListener(new CallListener<ChatReply>() {
            @Override
            public void chunk(Chunk chunk) {
                told.add("piece");
            }

            @Override
            public void ended(CallOutcome<? extends ChatReply> outcome) {
                told.add("ended");
                end.countDown();
            }
        });

        sink.get().chunk(Chunk.text("a piece")); // the first listener is told it, and waits; the second hears the end

        assertThat(told).containsExactly("ended");
    }

    @Test
    @DisplayName("I10: an executor that runs tasks on the calling thread lets no throw of a user stop the end half-way")
    void cancel_actionThrowsOnTheCallersThread_endsAllTheSame() {
        Tool<String, String> tool = Tool.async("throws when cancelled", (input, ctx) -> {
            ctx.onCancel(() -> {
                throw new IllegalStateException("as planned");
            });
            return new CompletableFuture<>();
        });
        ToolCall<String> call = engine(clock).submit(scope, tool, "", CallOptions.defaults());

        assertThat(call.cancel("enough")).isTrue();

        assertThat(call.state()).isEqualTo(CallState.CANCELLED);
        assertThat(scope.calls).isEmpty();
    }

    @Test
    @DisplayName("I7: a JVM that can make no more threads ends the call and tells it all the same")
    void cancel_noThreadForListeners_endsAndTellsAllTheSame() {
        ChatCall call = engine(clock, task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                })
                .chat(scope, ChatRequest.of("hello"), CallOptions.defaults());
        List<String> told = new ArrayList<>();
        call.addListener(new CallListener<ChatReply>() {
            @Override
            public void ended(CallOutcome<? extends ChatReply> outcome) {
                told.add("ended");
            }
        });
        CompletableFuture<ChatReply> future = call.toCompletableFuture();

        assertThat(call.cancel("enough")).isTrue();

        assertThat(told).containsExactly("ended");
        assertThat(future).isDone();
        assertThat(scope.calls).isEmpty();
    }

    @Test
    void chat_childRefused_endsOnce() {
        Tool<String, String> tool = Tool.async("asks late", (input, ctx) -> {
            scope.closed = true;
            assertThatThrownBy(() -> ctx.chat(ChatRequest.of("hello"))).isInstanceOf(SessionClosedException.class);
            return new CompletableFuture<>();
        });
        ToolCall<String> call = engine(clock).submit(scope, tool, "", CallOptions.defaults());

        call.cancel("session closed");

        assertThat(events.stream().filter(ExaiEvent.CallStarted.class::isInstance))
                .hasSize(2);
        assertThat(events.stream().filter(ExaiEvent.CallEnded.class::isInstance))
                .hasSize(2);
    }

    @Test
    void onCancel_callEndedWell_isRefused() throws Exception {
        AtomicReference<ToolContext> kept = new AtomicReference<>();
        AtomicReference<String> ran = new AtomicReference<>();
        Tool<String, String> tool = Tool.blocking("keeps its context", (input, ctx) -> {
            kept.set(ctx);
            return "done";
        });
        engine(clock).submit(scope, tool, "", CallOptions.defaults()).await();

        assertThatThrownBy(() -> kept.get().onCancel(() -> ran.set("ran"))).isInstanceOf(IllegalStateException.class);
        assertThat(ran).hasNullValue();
    }

    @Test
    @DisplayName("I8: no thread for the step that ends a call at its deadline: it ends all the same")
    void deadline_noThreadForTheStep_endsAllTheSame() {
        Executor noThread = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        Tool<String, String> never = Tool.async("never", (input, ctx) -> new CompletableFuture<>());
        CallEngine engine = builder(clock, Runnable::run).effects(noThread).build();

        ToolCall<String> call = engine.submit(scope, never, "", SOON);

        assertThatThrownBy(() -> call.toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(DeadlineExceededException.class);
    }

    @Test
    @DisplayName("I1 I7: who is told of events throws at the end of an attempt: its permit is back, and the call ends")
    void attemptEnds_sinkOfEventsThrows_permitIsBackAndTheCallEnds() {
        AtomicReference<PermitPool> pool = new AtomicReference<>();
        CallEngine engine = builder(clock, Runnable::run, pool)
                .events(event -> {
                    if (event instanceof ExaiEvent.CircuitOpened) {
                        throw new IllegalStateException("a sink that breaks its contract");
                    }
                })
                .build();
        for (int i = 0; i < 5; i++) {
            ChatCall call = engine.chat(
                    scope,
                    ChatRequest.of("hello"),
                    CallOptions.builder().maxAttempts(1).build());

            sink.get().failed(new UnavailableException(UpstreamError.of("p"), null));

            assertThat(call.state()).isEqualTo(CallState.FAILED);
            assertThat(pool.get().snapshot().isIdle()).isTrue();
        }
    }

    @Test
    @DisplayName("I7: a resolver throws where it should answer: the call has begun, and fails with that")
    void resolve_throws_failsTheCall() {
        ModelResolver throwing = mock(ModelResolver.class);
        when(throwing.resolve(any(), any())).thenThrow(new IllegalStateException("out of order"));
        PermitPool pool =
                PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
        CallEngine engine = CallEngine.builder(pool, throwing, clock).build();

        ChatCall call = engine.chat(scope, ChatRequest.of("hello"), CallOptions.defaults());

        assertThat(call.state()).isEqualTo(CallState.FAILED);
        assertThat(call.outcome().orElseThrow().error().orElseThrow())
                .isInstanceOf(InternalErrorException.class)
                .hasRootCauseMessage("out of order");
        assertThat(scope.calls).isEmpty();
    }

    @Test
    void future_cancelled_saysSo() {
        ChatCall call = engine(clock).chat(scope, ChatRequest.of("hello"), CallOptions.defaults());
        CompletableFuture<ChatReply> future = call.toCompletableFuture();
        CompletableFuture<ChatReply> other = call.toCompletableFuture();
        assertThat(future.isCancelled()).isFalse();

        assertThat(future.cancel(true)).isTrue();

        assertThat(future.isCancelled()).isTrue();
        assertThat(other.isCancelled()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A provider whose one exchange goes on until it is aborted; the test plays its part. */
    private final class OneExchange implements Provider {
        @Override
        public ProviderId id() {
            return PROVIDER;
        }

        @Override
        public List<ModelInfo> catalog() {
            return List.of(ModelInfo.builder("m").build());
        }

        @Override
        public Exchange open(ProviderCall call, ReplySink opened) {
            sink.set(opened);
            return opened::aborted;
        }

        @Override
        public void close() {}
    }

    /** A session that is open until the test says otherwise. */
    private static final class OpenScope implements CallScope {
        final Queue<ToolCall<?>> calls = new ConcurrentLinkedQueue<>();
        volatile boolean closed;
        volatile Executor listeners = Runnable::run;

        @Override
        public SessionId id() {
            return SessionId.of("s");
        }

        @Override
        public Executor listeners() {
            return listeners;
        }

        @Override
        public Executor continuations() {
            return listeners;
        }

        @Override
        public CallOptions defaults() {
            return CallOptions.defaults();
        }

        @Override
        public Tools tools() {
            return new Tools() {
                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void remove(Runnable task) {}
            };
        }

        @Override
        public void started(ToolCall<?> call) {
            if (closed) {
                throw new SessionClosedException("session s");
            }
            calls.add(call);
        }

        @Override
        public void ended(ToolCall<?> call) {
            calls.remove(call);
        }

        @Override
        public boolean buffer(long bytes) {
            return true;
        }

        @Override
        public long bufferLimitBytes() {
            return Long.MAX_VALUE;
        }
    }
}
