package dev.exai.examples.linedaemon;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.error.ExaiException;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A question a line, an answer a line. Each connection is a session: its questions run at once, their answers come as
 * they are ready, with the number of the question; when it closes, what it asked is cancelled. Try it with {@code nc}.
 *
 * <p>Any page of the web can make a browser connect to this machine: who begins as a browser does is hung up on, before anything is
 * asked. So is who sends a line without end.
 */
public final class LineDaemon {
    private static final int MOST_CONNECTIONS = 100;
    private static final int LONGEST_LINE = 100_000;

    private LineDaemon() {}

    /**
     * Serves until the process is stopped; needs a key in the environment.
     *
     * @param args the port, 8090 by default
     * @throws IOException if the port is taken
     */
    public static void main(String[] args) throws IOException {
        int port = args.length == 0 ? 8090 : Integer.parseInt(args[0]);
        try (Exai exai = Exai.fromEnvironment(System.getenv()).build();
                ServerSocket server = new ServerSocket(port, MOST_CONNECTIONS, InetAddress.getLoopbackAddress())) {
            System.out.println("listening on 127.0.0.1:" + server.getLocalPort());
            serve(exai, server);
        }
    }

    /** Takes connections until the socket is closed, a thread each. */
    static void serve(Exai exai, ServerSocket server) throws IOException {
        while (!server.isClosed()) {
            Socket socket = server.accept();
            if (exai.sessions().size() >= MOST_CONNECTIONS) {
                socket.close();
                continue;
            }
            Thread thread = new Thread(() -> converse(exai, socket), "line-" + socket.getPort());
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void converse(Exai exai, Socket socket) {
        try (socket;
                Session session = exai.openSession("line"); // closing it cancels whatever is left
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = line(in); line != null; line = line(in)) {
                if (number == 0 && line.matches(".* HTTP/\\d.*")) {
                    throw new IOException("a browser, or what is like one, was hung up on");
                }
                ChatCall call = session.chat(ChatRequest.of(line)); // started; nothing waits here
                String id = Integer.toString(++number);
                var unused = call.toCompletableFuture().handle((reply, failure) -> {
                    out.println(id + " " + (reply != null ? oneLine(reply.text()) : "! " + reason(failure)));
                    return null;
                });
            }
        } catch (IOException | ExaiException gone) {
            System.err.println("connection ended: " + gone.getMessage());
        }
    }

    /** The next line, without its end; null if there is none. */
    private static @Nullable String line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a line has more than " + LONGEST_LINE + " characters");
            }
            line.append((char) next);
        }
        return next < 0 && line.isEmpty() ? null : line.toString().stripTrailing();
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure.getCause() != null && !(failure instanceof ExaiException) ? failure.getCause() : failure;
        return oneLine(String.valueOf(cause.getMessage()));
    }

    private static String oneLine(String text) {
        return text.replace('\r', ' ').replace('\n', ' ');
    }
}
