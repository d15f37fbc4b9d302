package dev.exai.integration;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.error.ExaiException;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.session.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens sessions, makes calls in them, ends those in every way there is, and closes the sessions. */
final class ChaosWorker implements Runnable {
    private static final Duration LATE = Duration.ofSeconds(10);

    private static final Tool<ChatRequest, String> BLOCKING =
            Tool.blocking("asks", (request, ctx) -> ctx.chat(request).await().text());
    private static final Tool<ChatRequest, String> ASYNC = Tool.async(
            "asks later",
            (request, ctx) -> ctx.chat(request).toCompletableFuture().thenApply(reply -> reply.text()));
    private static final Tool<ChatRequest, String> SLOW = Tool.blocking("waits", (request, ctx) -> {
        new java.util.concurrent.CountDownLatch(1).await();
        return "never";
    });

    private final Exai exai;
    private final Random random;
    private final Queue<String> failures;
    private final Map<CallState, Long> ends = new EnumMap<>(CallState.class);
    private volatile boolean stopped;

    ChaosWorker(Exai exai, long seed, Queue<String> failures) {
        this.exai = exai;
        this.random = new Random(seed);
        this.failures = failures;
    }

    void stop() {
        stopped = true;
    }

    /** How the calls ended; to be asked when the thread is over. */
    Map<CallState, Long> ends() {
        return ends;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                session();
            }
        } catch (Throwable e) {
            failures.add(Thread.currentThread().getName() + ": " + e);
        }
    }

    private void session() {
        List<ToolCall<?>> calls = new ArrayList<>();
        SessionOptions options = SessionOptions.named("soak").withWeight(1 + random.nextInt(2));
        try (Session session = exai.openSession(options)) {
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                calls.add(start(session));
                if (random.nextInt(3) > 0) {
                    act(calls.get(random.nextInt(calls.size())));
                }
            }
        }
        for (ToolCall<?> call : calls) {
            if (!call.isDone()) {
                failures.add("not over though its session is closed: " + call);
            }
            ends.merge(call.state(), 1L, Long::sum);
        }
    }

    private ToolCall<?> start(Session session) {
        ChatRequest request = request();
        CallOptions options = CallOptions.builder()
                .deadline(Duration.ofMillis(20 + random.nextInt(1_500)))
                .firstEvent(Duration.ofMillis(100 + random.nextInt(200)))
                .silence(Duration.ofMillis(100 + random.nextInt(200)))
                .maxAttempts(1 + random.nextInt(3))
                .build();
        return switch (random.nextInt(8)) {
            case 0 -> session.submit(BLOCKING, request, options);
            case 1 -> session.submit(ASYNC, request, options);
            case 2 -> session.submit(SLOW, request, options);
            default -> session.chat(request, options);
        };
    }

    private ChatRequest request() {
        String text = "word ".repeat(1 + random.nextInt(2_000));
        return switch (random.nextInt(5)) {
            case 0 -> ChatRequest.of(text);
            case 1, 2 -> ChatRequest.builder(text).model(Vendor.KIMI.model()).build();
            default -> ChatRequest.builder(text).model(Vendor.GLM.model()).build();
        };
    }

    private void act(ToolCall<?> call) {
        switch (random.nextInt(8)) {
            case 0 -> call.cancel("chaos");
            case 1 -> call.toCompletableFuture().cancel(true);
            case 2 -> {
                awaitEnd(call, Duration.ofMillis(random.nextInt(40)));
                call.cancel("chaos, later");
            }
            case 3 -> read(call);
            case 4 -> interrupted(call);
            default -> awaitItsDeadline(call);
        }
    }

    private void awaitItsDeadline(ToolCall<?> call) {
        awaitEnd(call, call.deadline().remaining().plus(LATE));
        if (!call.isDone()) {
            failures.add(LATE + " past its deadline: " + call);
        }
    }

    private static void awaitEnd(ToolCall<?> call, Duration atMost) {
        try {
            call.toCompletableFuture().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException | java.util.concurrent.CancellationException ended) {
            return; // how it ended is counted later
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the first piece, or a few, and then no more. */
    private void read(ToolCall<?> call) {
        if (call instanceof ChatCall chat) {
            try {
                Iterator<?> chunks = chat.chunks().iterator();
                for (int left = 1 + random.nextInt(3); left > 0 && chunks.hasNext(); left--) {
                    chunks.next();
                }
            } catch (ExaiException ended) {
                return; // as it may
            }
        }
    }

    private void interrupted(ToolCall<?> call) {
        Thread.currentThread().interrupt();
        try {
            call.await();
        } catch (InterruptedException | ExaiException ended) {
            return; // an interrupt cancels the call, unless it was over
        } finally {
            if (Thread.interrupted() && !call.isDone()) {
                failures.add("neither over nor cancelled by the interrupt: " + call);
            }
        }
    }
}
