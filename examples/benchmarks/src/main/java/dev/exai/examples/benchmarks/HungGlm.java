package dev.exai.examples.benchmarks;

import dev.exai.Exai;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.util.ArrayList;
import java.util.List;

/** The incident: what a Kimi call of a fourth session waits for while GLM hangs under the calls of three others. */
final class HungGlm {
    private static final int[] CALLS = {24, 48, 480};

    private HungGlm() {}

    static List<Figure> figures(Scale scale) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (FakeProviderServer glm = FakeProviderServer.glm();
                FakeProviderServer kimi = FakeProviderServer.kimi()) {
            glm.script(HttpScript.hang());
            kimi.script(HttpScript.text("ok").complete());
            kimiCall(glm, kimi, 0, scale); // loads classes
            for (int calls : CALLS) {
                double idle = kimiCall(glm, kimi, 0, scale);
                double hung = kimiCall(glm, kimi, calls, scale);
                figures.add(Figure.of(
                                "a Kimi call while GLM hangs under " + calls + " calls",
                                "the same, nobody else there",
                                "ms",
                                idle,
                                hung,
                                Spread.of(hung / idle))
                        .within(Figure.Bound.MORE, 10, Double.NaN));
            }
        }
        return figures;
    }

    /** The median of some Kimi calls, in milliseconds. */
    private static double kimiCall(FakeProviderServer glm, FakeProviderServer kimi, int hung, Scale scale)
            throws Exception {
        double[] times = new double[scale.exchanges()];
        try (Exai exai = Exai.builder(OnSockets.glm(glm.baseUrl().toString()), OnSockets.kimi(kimi))
                .build()) {
            List<Session> crowd = List.of(exai.openSession("one"), exai.openSession("two"), exai.openSession("three"));
            for (int i = 0; i < hung; i++) {
                crowd.get(i % 3).chat(OnSockets.askGlm());
            }
            if (hung > 0) {
                glm.awaitInFlight(exai.limits().provider(OnSockets.GLM), OnSockets.PATIENCE);
            }
            try (Session fourth = exai.openSession("four")) {
                fourth.chat(OnSockets.askKimi()).await(); // connects
                for (int i = 0; i < times.length; i++) {
                    long start = System.nanoTime();
                    fourth.chat(OnSockets.askKimi()).await();
                    times[i] = OnSockets.millis(System.nanoTime() - start);
                }
            }
        }
        glm.awaitNoOpenExchanges(OnSockets.PATIENCE);
        return Spread.of(times).median();
    }
}
