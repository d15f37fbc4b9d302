package dev.exai.examples.incident;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.call.Timeline;
import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** 1. GLM hangs under the calls of three sessions, and two more sessions come: do they notice? */
final class HungProviderClaim implements IncidentDemo.Claim {
    private static final CallOptions HUNG = CallOptions.builder()
            .firstEvent(Providers.HANG_LIMIT)
            .maxAttempts(1)
            .label("hung")
            .build();
    private static final PermitLimits LIMITS = PermitLimits.forDevelopment();
    private static final int GLM = 3;
    private static final Duration SLACK = Duration.ofMillis(300);

    @Override
    public void play(Console console) throws Exception {
        console.heading("1. GLM hangs. Three sessions send it 24, then 48 calls; two more sessions come later.");
        console.say("Both sides have the same limits: global 8, GLM 3, Kimi 3, a session 4.");
        console.say(
                "A hung call meets its limit after %d ms, which stand for the 180 s of the incident.",
                Providers.HANG_LIMIT.toMillis());
        try (Providers providers = new Providers()) {
            Duration idle = idleKimi(providers);
            for (int calls : new int[] {24, 48}) {
                Duration old = oldKimi(providers, calls);
                Duration now = crowd(console, providers, calls, idle);
                console.say("A Kimi call while GLM hangs under %d calls:", calls);
                console.bar("idle system", idle, old);
                console.bar("three nested semaphores", old, old);
                console.bar("ExAI", now, old);
            }
            greedy(console, providers);
        }
    }

    /** A Kimi call with nobody else there: the median of five, the first being warm-up. */
    private static Duration idleKimi(Providers providers) throws InterruptedException {
        try (Exai exai = exai(providers);
                Session session = exai.openSession("idle")) {
            List<Duration> times = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                times.add(ask(session, "kimi-k2.6"));
            }
            return times.subList(1, 6).stream().sorted().toList().get(2);
        }
    }

    private static Duration ask(Session session, String model) throws InterruptedException {
        long start = System.nanoTime();
        session.chat(ChatRequest.builder("hello").model(model).build()).await();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** The same on three nested semaphores. */
    private static Duration oldKimi(Providers providers, int calls) throws Exception {
        try (OldDaemon daemon = new OldDaemon()) {
            List<Semaphore> sessions = List.of(OldDaemon.session(), OldDaemon.session(), OldDaemon.session());
            for (int i = 0; i < calls; i++) {
                daemon.send(providers.glmServer.baseUrl(), sessions.get(i % 3), Providers.HANG);
            }
            providers.glmServer.awaitInFlight(GLM, Duration.ofSeconds(5));
            Future<Duration> kimi = daemon.ask(providers.kimiServer.baseUrl(), OldDaemon.session(), "hello");
            return kimi.get(60, TimeUnit.SECONDS);
        }
    }

    private static Duration crowd(Console console, Providers providers, int calls, Duration idle)
            throws InterruptedException {
        providers.glmServer.awaitNoOpenExchanges(Duration.ofSeconds(5));
        GlmGrants grants = new GlmGrants();
        try (Exai exai = builder(providers).listener(grants).build()) {
            List<Session> crowd = List.of(exai.openSession("one"), exai.openSession("two"), exai.openSession("three"));
            for (int i = 0; i < calls; i++) {
                crowd.get(i % 3).chat(glm(Providers.HANG), HUNG);
            }
            providers.glmServer.awaitInFlight(GLM, Duration.ofSeconds(5));

            Session four = exai.openSession("four");
            Session five = exai.openSession("five");
            ChatCall glmOfFive = five.chat(glm("hello"));
            ChatCall kimiOfFour =
                    four.chat(ChatRequest.builder("hello").model("kimi-k2.6").build());
            kimiOfFour.await();
            Duration kimi = took(kimiOfFour);
            glmOfFive.await();
            int before = grants.between(glmOfFive);
            console.timeline("session four's Kimi call", kimiOfFour.timeline());
            console.timeline("session five's GLM call", glmOfFive.timeline());
            console.verdict(
                    kimi.compareTo(idle.plus(SLACK)) < 0,
                    "%d hung GLM calls: session four's Kimi call took %d ms, %d ms on the idle system",
                    calls,
                    kimi.toMillis(),
                    idle.toMillis());
            console.verdict(
                    before < 2,
                    "%d hung GLM calls: session five's GLM call got grant %d after a hung call met its limit",
                    calls,
                    before + 1);
            console.verdict(
                    providers.glmServer.maxInFlight() <= GLM,
                    "the GLM server never saw more than %d calls in flight",
                    providers.glmServer.maxInFlight());
            exai.close();
            console.verdict(exai.audit().isWhole() && exai.snapshot().isIdle(), "pool: %s", exai.audit());
            return kimi;
        }
    }

    /** Keeps which calls GLM's permits went to: in the order in which they were granted, whichever thread was told first. */
    private static final class GlmGrants implements ExaiListener {
        private final BlockingQueue<CallId> calls = new LinkedBlockingQueue<>();

        @Override
        public void permitGranted(ExaiEvent.PermitGranted event) {
            if (event.provider().filter(ProviderId.of("glm")::equals).isPresent()) {
                event.callId().ifPresent(calls::add);
            }
        }

        /** {@return how many hung calls were granted after the first one met its limit, and before this call was} */
        int between(ChatCall call) throws InterruptedException {
            int before = 0;
            CallId next = calls.poll(5, TimeUnit.SECONDS);
            while (!call.id().equals(next)) {
                if (next == null) {
                    throw new IllegalStateException("nobody told of the grant of " + call.id());
                }
                before++;
                next = calls.poll(5, TimeUnit.SECONDS);
            }
            return before - GLM;
        }
    }

    private static void greedy(Console console, Providers providers) throws InterruptedException {
        providers.glmServer.awaitNoOpenExchanges(Duration.ofSeconds(5));
        try (Exai exai = exai(providers)) {
            Session greedy = exai.openSession("greedy");
            List<ChatCall> hung = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                hung.add(greedy.chat(glm(Providers.HANG), HUNG));
            }
            providers.glmServer.awaitInFlight(GLM - 1, Duration.ofSeconds(5));
            Session newcomer = exai.openSession("newcomer");
            Duration time = ask(newcomer, "glm-4.7");
            long given = hung.stream().filter(ChatCall::isDone).count(); // units that it may have waited for
            console.say("One greedy session sends 24 hung GLM calls; a newcomer comes:");
            console.say("%s", exai.snapshot());
            console.verdict(
                    given == 0,
                    "the newcomer's GLM call took %d ms, on the unit kept for it: %d hung calls had ended by then",
                    time.toMillis(),
                    given);
        }
    }

    private static Exai exai(Providers providers) {
        return builder(providers).build();
    }

    private static Exai.Builder builder(Providers providers) {
        return Exai.builder(providers.glm(), providers.kimi()).limits(LIMITS);
    }

    private static ChatRequest glm(String prompt) {
        return ChatRequest.builder(prompt).model("glm-4.7").build();
    }

    private static Duration took(ChatCall call) {
        List<Timeline.Entry> entries = call.timeline().entries();
        return entries.get(entries.size() - 1).at();
    }
}
