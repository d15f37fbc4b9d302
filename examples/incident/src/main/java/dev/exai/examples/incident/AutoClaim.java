package dev.exai.examples.incident;

import dev.exai.Exai;
import dev.exai.context.Deadline;
import dev.exai.context.SystemScheduler;
import dev.exai.model.ModelRequest;
import dev.exai.model.ModelSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** 4. "auto" is asked for a thousand times from fifty threads: how often is a model chosen? */
final class AutoClaim implements IncidentDemo.Claim {
    private static final int TIMES = 1_000;
    private static final int THREADS = 50;

    @Override
    public void play(Console console) throws Exception {
        console.heading("4. \"auto\", 1,000 times from 50 threads.");
        resolve(console, "the default selector", ModelSelector.standard());
        resolve(
                console,
                "a selector that takes 300 ms",
                (query, catalog) -> CompletableFuture.supplyAsync(
                                () -> null, CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS))
                        .thenCompose(nothing -> ModelSelector.standard().select(query, catalog)));
    }

    private static void resolve(Console console, String who, ModelSelector selector) throws Exception {
        AtomicInteger chosen = new AtomicInteger(); // by the selector's own count, not the library's
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Providers providers = new Providers();
                SystemScheduler clock = SystemScheduler.create("exai-demo-clock");
                Exai exai = Exai.builder(providers.glm(), providers.kimi())
                        .modelSelector((query, catalog) -> {
                            chosen.incrementAndGet();
                            return selector.select(query, catalog);
                        })
                        .build()) {
            ModelRequest auto = ModelRequest.auto().build();
            CountDownLatch go = new CountDownLatch(1);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < TIMES; i++) {
                answers.add(threads.submit(() -> {
                    go.await();
                    return exai.models()
                            .resolve(auto, Deadline.after(Duration.ofSeconds(10), clock))
                            .get(10, TimeUnit.SECONDS)
                            .first()
                            .toString();
                }));
            }
            long start = System.nanoTime();
            go.countDown();
            long different = 0;
            String first = answers.get(0).get(20, TimeUnit.SECONDS);
            for (Future<String> answer : answers) {
                different += answer.get(20, TimeUnit.SECONDS).equals(first) ? 0 : 1;
            }
            console.verdict(
                    chosen.get() == 1 && different == 0,
                    "%s: %d answers (%s) in %d ms, chosen %d time",
                    who,
                    TIMES,
                    first,
                    (System.nanoTime() - start) / 1_000_000,
                    chosen.get());
        } finally {
            threads.shutdownNow();
        }
    }
}
