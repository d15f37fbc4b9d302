package dev.exai.examples.incident;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** 2. Kimi hangs: retries inside retries, against one deadline over everything. */
final class CascadeClaim implements IncidentDemo.Claim {
    private static final int SDK_ATTEMPTS = 3;
    private static final int OUTER_ATTEMPTS = 2;
    private static final Duration DEADLINE = Providers.HANG_LIMIT.multipliedBy(4);

    @Override
    public void play(Console console) throws Exception {
        console.heading("2. Kimi hangs. Three SDK attempts under outer retries, against one deadline.");
        try (Providers providers = new Providers()) {
            Duration old = cascade(providers.kimiServer.baseUrl());
            long oldRequests = providers.kimiServer.opened();
            try (Exai exai = Exai.builder(providers.kimi()).build();
                    Session session = exai.openSession("editor")) {
                ChatCall call = session.chat(
                        ChatRequest.of(Providers.HANG),
                        CallOptions.builder()
                                .deadline(DEADLINE)
                                .firstEvent(Providers.HANG_LIMIT)
                                .build());
                ExaiException failure = null;
                long start = System.nanoTime();
                try {
                    call.await();
                } catch (ExaiException e) {
                    failure = e;
                }
                Duration now = Duration.ofNanos(System.nanoTime() - start);
                console.say(
                        "A provider timeout of %d ms stands for the 180 s of the incident.",
                        Providers.HANG_LIMIT.toMillis());
                console.bar(OUTER_ATTEMPTS + " x " + SDK_ATTEMPTS + " attempts", old, old);
                console.bar("ExAI, deadline " + DEADLINE.toMillis() + " ms", now, old);
                console.say(
                        "At full scale: %d s of waiting for %d requests, against %d s.",
                        old.toMillis() * 180 / Providers.HANG_LIMIT.toMillis(),
                        oldRequests,
                        DEADLINE.toMillis() * 180 / Providers.HANG_LIMIT.toMillis());
                console.timeline("the call", call.timeline());
                console.say("%s", failure == null ? "it succeeded" : failure.getMessage());
                console.verdict(
                        failure != null && now.compareTo(DEADLINE.plusMillis(300)) < 0,
                        "the call ended %d ms after it began; its deadline is %d ms",
                        now.toMillis(),
                        DEADLINE.toMillis());
                console.verdict(
                        (failure instanceof AttemptTimeoutException || failure instanceof DeadlineExceededException)
                                && failure.callId().equals(Optional.of(call.id().value()))
                                && !failure.advice().isEmpty(),
                        "its error says which call, what it waited for, and what can be done");
                long requests = providers.kimiServer.opened() - oldRequests;
                console.verdict(
                        requests <= 3 && requests < oldRequests,
                        "one retry layer: Kimi saw %d requests, %d before",
                        requests,
                        oldRequests);
                console.verdict(exai.snapshot().isIdle(), "its permit was back when it ended");
            }
        }
    }

    /** What the outer layers of the old daemon called one call. */
    private static Duration cascade(URI kimi) throws InterruptedException {
        long start = System.nanoTime();
        try (OldDaemon daemon = new OldDaemon()) {
            for (int outer = 0; outer < OUTER_ATTEMPTS; outer++) {
                for (int sdk = 0; sdk < SDK_ATTEMPTS; sdk++) {
                    daemon.post(kimi, "kimi-k2.6", Providers.HANG);
                }
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
