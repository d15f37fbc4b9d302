package dev.exai.examples.benchmarks;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.DeadlineExceededException;
import dev.exai.session.Session;
import dev.exai.testkit.http.ConnectionFault;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.WireFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long after its deadline a call's end is seen by whoever waits for it, for each way in which a provider hangs. */
final class Overrun {
    private static final Duration DEADLINE = Duration.ofMillis(100);
    private static final Duration OFTEN = Duration.ofMillis(5);
    private static final double MOST_MILLIS = 50;

    private Overrun() {}

    static List<Figure> figures(Scale scale) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.add(scripted("sends nothing", scale, HttpScript.hang()));
        figures.add(scripted("sends its head only", scale, HttpScript.headers().hang()));
        figures.add(
                scripted("stops in mid-answer", scale, HttpScript.text("once").hang()));
        figures.add(scripted(
                "sends keep-alives for ever", scale, HttpScript.text("once").keepAliveForEver(OFTEN)));
        figures.add(scripted(
                "answers for ever",
                scale,
                HttpScript.after(OFTEN).texts(100_000, "on ", OFTEN).complete()));
        try (FakeProviderServer server = FakeProviderServer.glm()) {
            server.everyConnection(ConnectionFault.STALL);
            figures.add(measured("does not read the request", scale, server));
        }
        figures.add(unreachable(scale));
        return figures;
    }

    private static Figure scripted(String how, Scale scale, HttpScript script) throws Exception {
        try (FakeProviderServer server = FakeProviderServer.glm().script(script)) {
            return measured(how, scale, server);
        }
    }

    private static Figure unreachable(Scale scale) throws Exception {
        List<Socket> fillers = new ArrayList<>();
        try (FakeProviderServer server =
                FakeProviderServer.builder(WireFormat.GLM).backlog(1).start()) {
            server.stallAccept();
            fill(server, fillers);
            return measured("cannot be connected to", scale, server);
        } finally {
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    private static void fill(FakeProviderServer server, List<Socket> fillers) throws IOException {
        try {
            for (int i = 0; i < 10; i++) {
                Socket socket = new Socket();
                fillers.add(socket);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 200);
            }
        } catch (SocketTimeoutException full) {
            return;
        }
        throw new IllegalStateException("the queue of connections never filled");
    }

    private static Figure measured(String how, Scale scale, FakeProviderServer server) throws Exception {
        double[] overruns = new double[scale.exchanges()];
        try (Exai exai =
                        Exai.builder(OnSockets.glm(server.baseUrl().toString())).build();
                Session session = exai.openSession("benchmark")) {
            once(session); // loads classes
            for (int i = 0; i < overruns.length; i++) {
                overruns[i] = OnSockets.millis(once(session));
            }
        }
        return Figure.alone(
                        "overrun past the deadline, GLM " + how,
                        "ms",
                        Spread.of(overruns).median())
                .within(Figure.Bound.COST, MOST_MILLIS, Double.NaN);
    }

    private static long once(Session session) throws InterruptedException {
        ChatCall call = session.chat(OnSockets.askGlm(), CallOptions.within(DEADLINE));
        try {
            throw new IllegalStateException("it was answered: " + call.await());
        } catch (DeadlineExceededException late) {
            return System.nanoTime() - call.deadline().atNanos();
        }
    }
}
