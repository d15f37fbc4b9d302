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

/**
 * A question a line, an answer a line. Each connection is a session: its questions run at once, their answers come as
 * they are ready, with the number of the question; when it closes, what it asked is cancelled. Try it with {@code nc}.
 */
public final class LineDaemon {
    private static final int MOST_CONNECTIONS = 100;

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
            for (String line = in.readLine(); line != null; line = in.readLine()) {
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

    private static String reason(Throwable failure) {
        Throwable cause =
                failure.getCause() != null && !(failure instanceof ExaiException) ? failure.getCause() : failure;
        return oneLine(String.valueOf(cause.getMessage()));
    }

    private static String oneLine(String text) {
        return text.replace('\r', ' ').replace('\n', ' ');
    }
}
