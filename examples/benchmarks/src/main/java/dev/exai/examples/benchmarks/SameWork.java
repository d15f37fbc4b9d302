package dev.exai.examples.benchmarks;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The same calls, of five sessions and of one: does it take longer to share? */
final class SameWork {
    private static final int CALLS = 60;
    private static final Duration EACH = Duration.ofMillis(20);

    private SameWork() {}

    static List<Figure> figures(Scale scale) throws Exception {
        double[] ofOne = new double[scale.rounds()];
        double[] ofFive = new double[scale.rounds()];
        double[] ratios = new double[scale.rounds()];
        try (FakeProviderServer server = FakeProviderServer.glm()) {
            server.script(HttpScript.after(EACH).text("ok").complete());
            makespan(server, 5); // loads classes
            for (int i = 0; i < ratios.length; i++) {
                ofOne[i] = makespan(server, 1);
                ofFive[i] = makespan(server, 5);
                ratios[i] = ofFive[i] / ofOne[i];
            }
        }
        return List.of(Figure.of(
                CALLS + " GLM calls of " + EACH.toMillis() + " ms, 3 at a time, of 5 sessions",
                "the same, of 1 session",
                "ms",
                Spread.of(ofOne).median(),
                Spread.of(ofFive).median(),
                Spread.of(ratios)));
    }

    /** Without the unit for newcomers, which one session alone would leave unused. */
    private static double makespan(FakeProviderServer server, int sessions) throws Exception {
        PermitLimits limits =
                PermitLimits.builder().provider("glm", 3).newcomerUnit(false).build();
        try (Exai exai = Exai.builder(OnSockets.glm(server.baseUrl().toString()))
                .limits(limits)
                .build()) {
            List<Session> all = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                all.add(exai.openSession("benchmark"));
            }
            long start = System.nanoTime();
            List<ChatCall> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(all.get(i % sessions).chat(OnSockets.askGlm()));
            }
            for (ChatCall call : calls) {
                call.await();
            }
            return OnSockets.millis(System.nanoTime() - start);
        }
    }
}
