package dev.exai.examples.benchmarks;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Locale;

/** What a whole call that waits for its permit keeps in memory: future, deadline, timeline and all. */
final class QueuedCalls {
    private QueuedCalls() {}

    static List<Figure> figures(Scale scale) {
        double[] weights = new double[scale.rounds()];
        weigh(scale); // loads classes
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weigh(scale);
        }
        return List.of(Figure.alone(
                String.format(Locale.ROOT, "heap of a call that waits, one of %,d", scale.waiters()),
                "B",
                Spread.of(weights).median()));
    }

    private static double weigh(Scale scale) {
        int count = scale.waiters();
        PermitLimits limits = PermitLimits.builder()
                .provider("instant", 1)
                .maxQueued(Integer.MAX_VALUE)
                .maxQueuedPerSession(Integer.MAX_VALUE)
                .build();
        ChatRequest request = ChatRequest.builder("hello").model("m").build();
        try (Exai exai = Exai.builder(new InstantProvider(false))
                .executor(Runnable::run)
                .effectsExecutor(Runnable::run)
                .limits(limits)
                .build()) {
            Session[] sessions = new Session[scale.sessions()];
            for (int i = 0; i < sessions.length; i++) {
                sessions[i] = exai.openSession("benchmark");
                sessions[i].chat(request); // the first holds the unit; and each session has its lane
            }
            ChatCall[] calls = new ChatCall[count];
            long before = Heap.used();
            for (int i = 0; i < count; i++) {
                calls[i] = sessions[i % sessions.length].chat(request);
            }
            double each = (double) (Heap.used() - before) / count;
            if (exai.snapshot().global().waiting() != count + sessions.length - 1) {
                throw new IllegalStateException("not all wait: " + exai.snapshot());
            }
            Reference.reachabilityFence(calls); // whoever may want to cancel keeps it
            return each;
        }
    }
}
