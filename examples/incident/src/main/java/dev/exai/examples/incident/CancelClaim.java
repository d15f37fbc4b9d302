package dev.exai.examples.incident;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** 3. 200 calls are cancelled at random moments, with listeners that throw and a provider that answers too late. */
final class CancelClaim implements IncidentDemo.Claim {
    private static final int CALLS = 200;

    @Override
    public void play(Console console) throws Exception {
        console.heading("3. 200 calls cancelled at random moments.");
        Random random = new Random(20251019);
        HttpScript slow = HttpScript.after(Duration.ofMillis(20))
                .texts(20, "word ", Duration.ofMillis(10))
                .complete();
        try (Providers providers = new Providers();
                SystemScheduler clock = SystemScheduler.create("exai-demo-clock")) {
            providers.glmServer.script(slow);
            providers.kimiServer.script(slow);
            ScriptedProvider late = ScriptedProvider.named("late", clock)
                    .script(Script.after(Duration.ofMillis(60))
                            .chunk("too late")
                            .complete()
                            .ignoreAbort());
            try (Exai exai =
                    Exai.builder(providers.glm(), providers.kimi(), late).build()) {
                List<Session> sessions = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    sessions.add(exai.openSession("agent"));
                }
                AtomicInteger cancelled = new AtomicInteger();
                AtomicInteger stillOpen = new AtomicInteger();
                CountDownLatch all = new CountDownLatch(CALLS);
                CountDownLatch told = new CountDownLatch(CALLS);
                String[] models = {
                    "glm-4.7", "kimi-k2.6", "late/" + late.catalog().get(0).id()
                };
                for (int i = 0; i < CALLS; i++) {
                    ChatCall call = sessions.get(i % 10)
                            .chat(ChatRequest.builder("a story")
                                    .model(models[i % 3])
                                    .build());
                    call.addListener(new ThrowingListener(told));
                    clock.schedule(
                            Duration.ofMillis(random.nextInt(400)),
                            () -> new Thread(
                                            () -> {
                                                if (call.cancel("changed my mind")) {
                                                    cancelled.incrementAndGet();
                                                }
                                                if (!call.isDone()) {
                                                    stillOpen.incrementAndGet();
                                                }
                                                all.countDown();
                                            },
                                            "canceller")
                                    .start());
                }
                boolean allDone = all.await(30, TimeUnit.SECONDS);
                console.verdict(
                        allDone && stillOpen.get() == 0, "each of %d calls had ended when cancel returned", CALLS);
                console.say("%d calls: %d cancelled, the others had ended before.", CALLS, cancelled.get());
                console.verdict(
                        exai.snapshot().isIdle(),
                        "the pool is free: %s",
                        exai.snapshot().global());
                console.verdict(exai.audit().isWhole(), "%s", exai.audit());
                console.verdict(
                        told.await(5, TimeUnit.SECONDS),
                        "every listener was told the end, though it throws at everything");
                awaitNoOpenExchanges(providers.glmServer);
                awaitNoOpenExchanges(providers.kimiServer);
                console.verdict(
                        providers.glmServer.openExchanges().isEmpty()
                                && providers.kimiServer.openExchanges().isEmpty(),
                        "the servers see no open exchange; they saw %d aborted",
                        providers.glmServer.abortedByClient() + providers.kimiServer.abortedByClient());
            }
        }
    }

    /** Waits for the news of the last closed sockets; the verdict after it says whether they came. */
    private static void awaitNoOpenExchanges(FakeProviderServer server) throws InterruptedException {
        try {
            server.awaitNoOpenExchanges(Duration.ofSeconds(5));
        } catch (AssertionError stillOpen) {
            // the verdict will say so
        }
    }

    /** A listener that fails whatever it is told. */
    private static final class ThrowingListener implements CallListener<Object> {
        private final CountDownLatch told;

        ThrowingListener(CountDownLatch told) {
            this.told = told;
        }

        @Override
        public void chunk(Chunk chunk) {
            throw new IllegalStateException("a listener that throws, as planned");
        }

        @Override
        public void ended(CallOutcome<?> outcome) {
            told.countDown();
            throw new IllegalStateException("a listener that throws, as planned");
        }
    }
}
