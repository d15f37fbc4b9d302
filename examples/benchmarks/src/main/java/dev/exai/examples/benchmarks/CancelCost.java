package dev.exai.examples.benchmarks;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.util.List;

/** How long a cancel takes in mid-answer, and how long it is until the server sees its connection closed. */
final class CancelCost {
    private CancelCost() {}

    static List<Figure> figures(Scale scale) throws Exception {
        double[] returned = new double[scale.exchanges()];
        double[] seen = new double[scale.exchanges()];
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai =
                        Exai.builder(OnSockets.glm(server.baseUrl().toString())).build();
                Session session = exai.openSession("benchmark")) {
            server.script(HttpScript.text("once").hang());
            for (int i = -1; i < returned.length; i++) {
                ChatCall call = session.chat(OnSockets.askGlm());
                call.chunks().iterator().next();
                long start = System.nanoTime();
                call.cancel("measured");
                long end = System.nanoTime();
                server.awaitNoOpenExchanges(OnSockets.PATIENCE);
                long closed = System.nanoTime();
                if (i >= 0) { // the first one loads classes
                    returned[i] = OnSockets.millis(end - start);
                    seen[i] = OnSockets.millis(closed - start);
                }
            }
            if (server.abortedByClient() != returned.length + 1) {
                throw new IllegalStateException("not all were seen aborted: " + server);
            }
        }
        return List.of(
                Figure.alone(
                                "cancel in mid-answer, until it returns",
                                "ms",
                                Spread.of(returned).median())
                        .within(Figure.Bound.COST, 5, Double.NaN),
                Figure.alone(
                                "cancel in mid-answer, until the server sees it",
                                "ms",
                                Spread.of(seen).median())
                        .within(Figure.Bound.COST, 100, Double.NaN));
    }
}
